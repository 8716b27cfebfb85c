"""The network as a document: nodes, edges, and the changes that are the only way to edit it."""

from workbench.graph.changes import (
    AddNode,
    Batch,
    Change,
    Connect,
    Disconnect,
    MoveNodes,
    RemoveNode,
    RenameNode,
    SetField,
    SetParam,
    change_from_plain,
)
from workbench.graph.direction import Arrangement
from workbench.graph.ignoring import Ignored
from workbench.graph.model import Edge, Endpoint, Graph, Node
from workbench.graph.notes import Note
from workbench.graph.own_layers import OwnLayers
from workbench.graph.problems import Fix, Problem
from workbench.graph.record_changes import DropRecord, InBlock, PutRecord
from workbench.graph.starting_weights import StartingWeights

__all__ = [
    "AddNode",
    "Arrangement",
    "Batch",
    "Change",
    "Connect",
    "Disconnect",
    "DropRecord",
    "Edge",
    "Endpoint",
    "Fix",
    "Graph",
    "Ignored",
    "InBlock",
    "MoveNodes",
    "Node",
    "Note",
    "OwnLayers",
    "Problem",
    "PutRecord",
    "RemoveNode",
    "RenameNode",
    "SetField",
    "SetParam",
    "StartingWeights",
    "change_from_plain",
]

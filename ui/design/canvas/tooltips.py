"""What the canvas says about the thing under the pointer, as plain text."""

from __future__ import annotations

import html
import textwrap
from typing import Final

from ui.design.canvas.hover import Hover
from ui.design.canvas.picture import Picture
from ui.design.costs import parameter_facts, work_facts
from workbench.graph.blocks import block_of
from workbench.graph.inference import describe_axes
from workbench.graph.ports import input_ports, output_ports

_LINE: Final = 64
"""Letters in a line of a tooltip: Qt alone would make a narrow column of a sentence."""


def tooltip(picture: Picture, hover: Hover) -> str:
    """Return the tooltip as rich text whose every word is escaped, or "" for none."""
    words = _of_port(picture, hover) or _of_node(picture, hover) or _of_edge(picture, hover)
    return plain(words)


def plain(words: str) -> str:
    """Return text that a tooltip shows as it is, wrapped at a readable width."""
    if not words:
        return ""
    lines = [part for line in words.split("\n") for part in textwrap.wrap(line, _LINE) or [""]]
    shown = "<br>".join(html.escape(line) for line in lines)
    return f'<div style="white-space: nowrap">{shown}</div>'


def _of_node(picture: Picture, hover: Hover) -> str:
    figure = picture.nodes.get(hover.node)
    if figure is None:
        return ""
    lines = list(figure.reasons)
    node = figure.node
    if node.shared_with and node.shared_with in picture.graph:
        lines.append(f"Shares the weights of {picture.graph.node(node.shared_with).name}.")
    block = block_of(picture.graph.records, picture.graph.owner(node).layer)
    if block is not None and block.help:
        lines.append(block.help)
    if not node.trainable:
        lines.append("Frozen: training does not change its weights.")
    info = picture.inference.nodes.get(node.id) if picture.inference else None
    if info is not None and info.outputs:
        axes = next(iter(info.axes.values()), ())
        lines.append(f"Gives {describe_axes(info.output, axes)} for each row")
        facts = parameter_facts(info) + work_facts(info, 0)
        lines += [f"{name}: {value}" for name, value in facts if value != "0"]
    return "\n".join(lines)


def _of_port(picture: Picture, hover: Hover) -> str:
    if hover.port is None or hover.port.end.node not in picture.graph:
        return ""
    node = picture.graph.node(hover.port.end.node)
    ports = input_ports if hover.port.side == "input" else output_ports
    for port in ports(picture.graph, picture.catalog, node):
        if port.id == hover.port.end.port:
            title = port.title or port.id
            kind = "" if port.required else " (optional)"
            does = "\nClick to add what comes next" if hover.port.side == "output" else ""
            return f"{title}{kind}" + (f"\n{port.help}" if port.help else "") + does
    return "This port does not exist any more. Delete the connection or move it."


def _of_edge(picture: Picture, hover: Hover) -> str:
    figure = picture.edges.get(hover.edge) if hover.edge else None
    if figure is None:
        return ""
    nodes = picture.graph.nodes
    ends = f"{nodes[figure.edge.source.node].name} → {nodes[figure.edge.target.node].name}"
    if not figure.shape:
        return f"{ends}\nShape not known"
    shape, source = figure.shape, figure.edge.source
    if picture.inference is not None:
        tensor = picture.inference.tensor(source.node, source.port)
        shape = describe_axes(tensor, picture.inference.axes(source.node, source.port)) or shape
    return f"{ends}\n{shape} ({figure.dtype}) for each row"

"""Figures: what is drawn for a node or an edge, made from the documents and thrown away freely.

A figure holds only what follows from the graph, the catalog, the inferred shapes and the problems;
nothing is kept here that the documents lack.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from ui.design.blocks.counting import layers_inside
from ui.design.canvas import geometry
from ui.design.canvas.lettering import text_width
from ui.design.canvas.tensor_words import flow_words, size_words
from ui.design.titles import is_port, title_of_key
from workbench.graph import Edge, Graph, Node
from workbench.graph.blocks import REPEAT, block_of, is_block
from workbench.graph.direction import direction_of
from workbench.graph.formulas import as_read, formula_text
from workbench.graph.ports import input_ports, node_params, output_ports
from workbench.graph.specs import spec_of
from workbench.graph.text import headline
from workbench.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.catalog import Catalog, Family, LayerSpec, PortSpec
    from workbench.graph.inference import Inference, NodeInfo
    from workbench.graph.problems import Severity
    from workbench.plain import Plain

Side = Literal["input", "output"]
Form = Literal["layer", "block", "repeated", "port"]

_TITLE_LEFT = 34.0
_RIGHT_PADDING = 12.0
_NAME_GAP = 12.0
_SIDE_STEP = 18.0
_MAIN_ROOM, _SIDE_ROOM = 20.0, 14.0
"""Height that a port at the side of a node takes, a needed and an optional one."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A port as it is drawn.

    Attributes:
        port: Id of the port.
        title: Label, shown for ports that need telling apart.
        x: Distance from the node's middle, along the edge.
        width: Room along the edge; more than 0 for variadic ports with several edges.
        variadic: Takes any number of edges.
        optional: The layer works without it; drawn small until it is used.
    """

    port: str
    title: str
    x: float
    width: float = 0.0
    variadic: bool = False
    optional: bool = False


_LOOKS: dict[object, int] = {}


@dataclass(slots=True)
class NodeFigure:
    """What is drawn for one node.

    Attributes:
        node: The node.
        family: Its layer's family.
        headline: Its main parameters in words.
        shape: Shape of its output; "" while it is not known.
        count: Number of its parameters; "" for none.
        severity: How bad the worst problem with it is, or None.
        reasons: What is wrong with it.
        rect: Its box in scene units.
        inputs: Its ports on the upper edge, or on the left one.
        outputs: Its ports on the lower edge, or on the right one.
        title: What kind of layer it is; for a block its name, "× 6" where it is repeated.
        form: Outline: blocks have a double edge, repeated ones lie in a pile, ports are round.
        across: Whether tensors flow to the right, through ports at the left and right edges.
        look: The same number for all nodes whose bodies (all but the words) look the same.
    """

    node: Node
    family: Family
    headline: str
    shape: str
    count: str
    severity: Severity | None
    reasons: tuple[str, ...]
    rect: QRectF
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    title: str = ""
    form: Form = "layer"
    across: bool = False
    look: int = field(init=False)

    def __post_init__(self) -> None:
        """Number the looks, so that painters can tell equal bodies apart at the cost of an int."""
        body = (
            self.family, self.rect.width(), self.rect.height(), self.severity,
            self.node.trainable, bool(self.node.shared_with), self.inputs, self.outputs, self.form,
            self.across,
        )  # fmt: skip
        self.look = _LOOKS.setdefault(body, len(_LOOKS))

    @property
    def id(self) -> str:
        """Id of the node."""
        return self.node.id

    def slots(self, side: Side) -> tuple[Slot, ...]:
        """Return the ports of one side."""
        return self.inputs if side == "input" else self.outputs

    def slot(self, side: Side, port: str) -> Slot | None:
        """Return a port of one side, or None."""
        return next((s for s in self.slots(side) if s.port == port), None)

    def labels(self, side: Side, *, all_ports: bool = False) -> list[Slot]:
        """Return the ports of a side that need a label to be told apart."""
        slots = self.slots(side)
        needed = [slot for slot in slots if not slot.optional]
        if all_ports and len(slots) > 1:
            return list(slots)
        return needed if len(needed) > 1 else []

    def port_point(self, side: Side, port: str) -> QPointF:
        """Return where a port is, in scene units; the middle of that side for unknown ports."""
        slot = self.slot(side, port)
        return self.slot_point(side, slot.x if slot else 0.0, self.rect)

    def slot_point(self, side: Side, along: float, rect: QRectF) -> QPointF:
        """Return where a port is that stands so far from the middle of a side of a box."""
        if self.across:
            x = rect.left() if side == "input" else rect.right()
            return QPointF(x, rect.center().y() + along)
        y = rect.top() if side == "input" else rect.bottom()
        return QPointF(rect.center().x() + along, y)

    def slot_box(self, side: Side, slot: Slot, rect: QRectF) -> QRectF:
        """Return the mark of a port in the node's box: a dot, or a bar for many edges."""
        radius = geometry.PORT_RADIUS * (0.7 if slot.optional else 1.0)
        long = slot.variadic and not slot.optional
        half = max(min(slot.width, 56.0) / 2, radius) if long else radius
        at = self.slot_point(side, slot.x, rect)
        wide, high = (radius, half) if self.across else (half, radius)
        return QRectF(at.x() - wide, at.y() - high, 2 * wide, 2 * high)


@dataclass(slots=True)
class EdgeFigure:
    """What is drawn for one edge; the curve is made when it is first asked for.

    Attributes:
        edge: The edge.
        start: Where it leaves, scene units.
        end: Where it arrives.
        shape: Shape of the tensor; "" while it is not known.
        dtype: Number format of the tensor.
        labelled_end: Whether the port it arrives at has its name beside it.
        crowded: Whether other edges arrive at the same port.
        across: Whether it leaves to the right and not downwards.
        line: The straight line from start to end.
        bounds: A box around the curve.
    """

    edge: Edge
    start: QPointF
    end: QPointF
    shape: str
    dtype: str
    labelled_end: bool = False
    crowded: bool = False
    across: bool = False
    line: QLineF = field(init=False)
    bounds: QRectF = field(init=False)
    _path: QPainterPath | None = None

    def __post_init__(self) -> None:
        self.line = QLineF(self.start, self.end)
        around = QRectF(self.start, self.end).normalized()
        if self.across:
            slack = 48.0 if self.end.x() > self.start.x() else 240.0
            self.bounds = around.adjusted(-slack, -8, slack, 8)
            return
        slack = 48.0 if self.end.y() > self.start.y() else 240.0
        self.bounds = around.adjusted(-8, -slack, 8, slack)

    @property
    def path(self) -> QPainterPath:
        """The curve in scene units."""
        if self._path is None:
            self._path = geometry.edge_path(self.start, self.end, across=self.across)
        return self._path

    def shifted(self, start: QPointF, end: QPointF) -> EdgeFigure:
        """Return the edge with its ends moved."""
        return EdgeFigure(
            self.edge,
            self.start + start,
            self.end + end,
            self.shape,
            self.dtype,
            self.labelled_end,
            self.crowded,
            self.across,
        )


def make_node_figure(
    graph: Graph,
    catalog: Catalog,
    node: Node,
    info: NodeInfo | None,
    problems: tuple[tuple[Severity, str], ...],
) -> NodeFigure:
    """Make the figure of a node.

    Args:
        graph: The network it stands in.
        catalog: The layers that exist.
        node: The node.
        info: What shape inference knows of it, or None.
        problems: Severity and message of what is wrong with it.
    """
    spec = spec_of(graph, catalog, node.layer)
    summary = headline(node, spec, catalog, _written(graph, node, spec)) if spec else ""
    title = title_of_key(node.layer)
    form: Form = "port" if is_port(node.layer) else "layer"
    if is_block(node.layer):
        title, summary, form = _block_words(graph, node, summary)
    across = direction_of(graph) == "horizontal"
    tall = room_at_sides(graph, catalog, node) if across else 0.0
    box = geometry.node_size(_content_width(node, title, summary), bool(summary), tall)
    side = box[1] if across else box[0]
    shape, size = size_words(info)
    worst: Severity | None = None
    for severity in ("error", "warning"):
        if any(found == severity for found, _ in problems):
            worst = severity
            break
    return NodeFigure(
        node=node,
        family=spec.family if spec else "custom",
        headline=summary,
        shape=shape,
        count=size,
        severity=worst,
        reasons=tuple(message for severity, message in problems if severity != "info"),
        rect=geometry.node_rect(node.position, box),
        inputs=_input_slots(graph, catalog, node, side, across),
        outputs=_output_slots(graph, catalog, node, side, across),
        title=title,
        form=form,
        across=across,
    )


def _written(graph: Graph, node: Node, spec: LayerSpec) -> Mapping[str, Plain]:
    """Return a node's parameters, formulas as they are written."""
    params = node_params(graph, node, spec)
    if any(isinstance(value, dict) for value in params.values()):
        return {name: as_read(value) for name, value in params.items()}
    return params


def _block_words(graph: Graph, node: Node, summary: str) -> tuple[str, str, Form]:
    """Return title, headline and outline of a use of a block."""
    owner = graph.owner(node)
    block = block_of(graph.records, owner.layer)
    if block is None:
        return "Missing block", summary, "block"
    words = plural(layers_inside(block), "layer")
    copies = owner.params.get(REPEAT, 1)
    follows = formula_text(copies)
    repeated = follows is not None or (isinstance(copies, int) and copies > 1)
    title = f"{block.name} × {follows or copies}" if repeated else block.name
    return title, f"{words}, {summary}" if summary else words, "repeated" if repeated else "block"


def make_edge_figures(
    graph: Graph, figures: dict[str, NodeFigure], node_id: str, inference: Inference | None
) -> list[EdgeFigure]:
    """Make the figures of all edges into a node."""
    made = []
    target = figures[node_id]
    for slot in target.inputs:
        edges = graph.incoming(node_id, slot.port)
        offsets = geometry.fan_offsets(len(edges), slot.width)
        for edge, offset in zip(edges, offsets, strict=True):
            source = figures.get(edge.source.node)
            if source is None:
                continue
            shape, dtype = flow_words(inference, edge.source)
            made.append(
                EdgeFigure(
                    edge,
                    source.port_point("output", edge.source.port),
                    target.slot_point("input", slot.x + offset, target.rect),
                    shape,
                    dtype,
                    bool(target.labels("input")),
                    len(edges) > 1,
                    target.across,
                )
            )
    return made


def _content_width(node: Node, kind: str, summary: str) -> float:
    title = text_width(kind, "type") + _NAME_GAP + text_width(node.name, "name")
    badge = 20.0
    return _TITLE_LEFT + max(title + badge, text_width(summary, "detail")) + _RIGHT_PADDING


def room_at_sides(graph: Graph, catalog: Catalog, node: Node) -> float:
    """Return the height that the ports of a node ask for when they stand at its sides."""
    return max(
        sum(_MAIN_ROOM if port.required else _SIDE_ROOM for port in ports) + _MAIN_ROOM
        for ports in (input_ports(graph, catalog, node), output_ports(graph, catalog, node))
    )


def _input_slots(
    graph: Graph, catalog: Catalog, node: Node, width: float, across: bool
) -> tuple[Slot, ...]:
    used = dict.fromkeys(e.target.port for e in graph.incoming(node.id))
    return _slots(input_ports(graph, catalog, node), tuple(used), width, across)


def _output_slots(
    graph: Graph, catalog: Catalog, node: Node, width: float, across: bool
) -> tuple[Slot, ...]:
    used = dict.fromkeys(e.source.port for e in graph.outgoing(node.id))
    return _slots(output_ports(graph, catalog, node), tuple(used), width, across)


@lru_cache(maxsize=4096)
def _slots(
    ports: tuple[PortSpec, ...], used: tuple[str, ...], width: float, across: bool = False
) -> tuple[Slot, ...]:
    """Place the ports: those that are needed in the middle, the optional ones at the end.

    Ports that the layer does not have (any more) but that edges still lead to are shown too, so
    that such an edge can be seen and repaired.
    """
    known = {port.id for port in ports}
    stray = [port for port in used if port not in known]
    main = [port for port in ports if port.required]
    side = [port for port in ports if not port.required]
    count = len(main) + len(stray)
    step = _SIDE_ROOM if across else _SIDE_STEP
    room = width - (step * len(side) + 8 if side and (count > 1 or across) else 0)
    shift = (room - width) / 2
    offsets = [shift + x for x in geometry.slot_offsets(count, room)]
    slots = [
        Slot(
            port.id,
            _title(port),
            x,
            max(room / count - 32, 8.0) if port.variadic else 0.0,
            port.variadic,
        )
        for port, x in zip(main, offsets, strict=False)
    ]
    slots += [
        Slot(port, port.replace("_", " "), x)
        for port, x in zip(stray, offsets[len(main) :], strict=False)
    ]
    first = width / 2 - step * (len(side) - 0.25)
    slots += [
        Slot(port.id, _title(port), first + step * i, 0.0, port.variadic, optional=True)
        for i, port in enumerate(side)
    ]
    return tuple(slots)


def _title(port: PortSpec) -> str:
    return port.title or port.id.replace("_", " ").capitalize()

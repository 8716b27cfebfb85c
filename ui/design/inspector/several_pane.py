"""Properties that several selected layers have in common, edited at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from ui.design.inspector.facts import Facts
from ui.design.inspector.fields import Value
from ui.design.inspector.form import ParamForm
from ui.widgets import Text, identify
from workbench.catalog import Catalog, LayerSpec, ParamSpec
from workbench.graph import Batch, Change, Graph, Node, SetParam
from workbench.graph.changes import Unset
from workbench.graph.edits import freeze
from workbench.graph.inference import Inference
from workbench.graph.specs import spec_of, title_of
from workbench.plain import Plain
from workbench.wording import bytes_, count, plural


class SeveralPane(QWidget):
    """The common form of several layers.

    Args:
        catalog: The layers that exist.

    Attributes:
        change_wanted: Emitted with a `Change` and the key under which edits merge.
        param_wanted: Emitted with the ids of the nodes and the name of a parameter of them, when
            the block that is shown is to have one parameter for it.
        entered: Emitted when the focus came to a field: a new undo step begins.
    """

    change_wanted = Signal(object, str)
    entered = Signal()
    param_wanted = Signal(object, str)

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog
        self._graph = Graph()
        self._ids: tuple[str, ...] = ()
        self._form: ParamForm | None = None
        self._params: tuple[ParamSpec, ...] = ()
        self._title = Text("", "heading", name="design.several.title")
        self._note = Text("", "secondary", wrap=True)
        self._trainable = QCheckBox("Train their weights")
        identify(self._trainable, "design.several.trainable", "Train their weights")
        self._trainable.clicked.connect(self._trainable_clicked)
        self._facts = Facts("design.several.facts")
        self._place = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._note)
        layout.addLayout(self._place)
        layout.addWidget(self._trainable)
        layout.addWidget(self._facts)
        layout.addStretch(1)

    def forget(self) -> None:
        """Forget the nodes: their project is closed, another may have their ids."""
        self._ids, self._graph = (), Graph()

    def show_nodes(
        self, graph: Graph, ids: Sequence[str], block: Mapping[str, Plain] | None = None
    ) -> None:
        """Show what these nodes have in common; see `NodePane.show_node`."""
        self._graph, self._ids = graph, tuple(ids)
        nodes = [graph.node(i) for i in ids]
        kinds = {node.layer for node in nodes}
        kind = title_of(graph, next(iter(kinds))) + " " if len(kinds) == 1 else ""
        title = plural(len(nodes), f"{kind}layer")
        self._title.setText(f"{title} selected")
        specs = [spec_of(graph, self._catalog, kind) for kind in kinds]
        params = common_params([spec for spec in specs if spec]) if all(specs) else ()
        self._rebuild(params, next((spec for spec in specs if spec), None))
        self._note.setText("What is set here holds for all of them." if params else
                           "These layers have no setting in common.")  # fmt: skip
        states = {graph.owner(node).trainable for node in nodes}
        self._trainable.setTristate(len(states) > 1)
        mixed, on = Qt.CheckState.PartiallyChecked, Qt.CheckState.Checked
        state = mixed if len(states) > 1 else on if True in states else Qt.CheckState.Unchecked
        self._trainable.setCheckState(state)
        if self._form is not None:
            self._form.set_block(block)
            self._form.show_values(*_common_values([graph.owner(n) for n in nodes], params))

    def show_inference(self, inference: Inference) -> None:
        """Show the sizes of the selected layers together."""
        infos = [inference.nodes[i] for i in self._ids if i in inference.nodes]
        self._facts.show_facts(
            [
                ("Parameters", count(sum(info.parameters for info in infos))),
                ("Weights", bytes_(sum(info.weight_bytes for info in infos))),
            ]
        )

    def _rebuild(self, params: tuple[ParamSpec, ...], spec: LayerSpec | None) -> None:
        if params == self._params and (self._form is not None or not params):
            return
        self._params = params
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        if spec is not None and params:
            self._form = ParamForm(spec, self._catalog, params)
            self._form.edited.connect(self._edited)
            self._form.param_wanted.connect(self._param_wanted)
            self._form.entered.connect(self.entered)
            self._place.addWidget(self._form)

    @property
    def form(self) -> ParamForm | None:
        """The form, or None when nothing is in common."""
        return self._form

    @Slot(str)
    def _param_wanted(self, name: str) -> None:
        owners = dict.fromkeys(self._graph.owner(self._graph.node(i)).id for i in self._ids)
        self.param_wanted.emit(tuple(owners), name)

    @Slot(str, object)
    def _edited(self, name: str, value: Value) -> None:
        owners = dict.fromkeys(self._graph.owner(self._graph.node(i)).id for i in self._ids)
        changes: list[Change] = [
            SetParam(i, name, value)
            for i in owners
            if not (isinstance(value, Unset) and name not in self._graph.node(i).params)
        ]
        if changes:
            words = name.replace("_", " ")
            text = f"Change {words} of {plural(len(changes), 'layer')}"
            self.change_wanted.emit(Batch(tuple(changes), text), f"{hash(self._ids)} {name}")

    @Slot()
    def _trainable_clicked(self) -> None:
        trainable = self._trainable.checkState() != Qt.CheckState.Unchecked
        self._trainable.setTristate(False)
        self._trainable.setChecked(trainable)
        self.change_wanted.emit(freeze(self._graph, self._ids, trainable=trainable), "")


def common_params(specs: Sequence[LayerSpec]) -> tuple[ParamSpec, ...]:
    """Return the parameters that all layers have with the same meaning, in the first's order."""
    if not specs:
        return ()
    first, *others = specs
    return tuple(
        p
        for p in first.params
        if p.kind not in ("layer", "layers")
        and all(
            (q := spec.param(p.name)) is not None and q.kind == p.kind and q.choices == p.choices
            for spec in others
        )
    )


def _common_values(
    nodes: Sequence[Node], params: Sequence[ParamSpec]
) -> tuple[dict[str, Plain], frozenset[str]]:
    """Return the values that all nodes share, and the names of those that differ."""
    values: dict[str, Plain] = {}
    mixed = set()
    for param in params:
        held = [node.params.get(param.name, param.default) for node in nodes]
        if any(value != held[0] for value in held):
            mixed.add(param.name)
        elif any(param.name in node.params for node in nodes):
            values[param.name] = held[0]
    return values, frozenset(mixed)

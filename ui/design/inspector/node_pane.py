"""Properties of one layer: name, parameters, shapes, size, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.design.costs import parameter_facts, work_facts
from ui.design.inspector.facts import Facts
from ui.design.inspector.fields import Value
from ui.design.inspector.form import ParamForm
from ui.design.inspector.problem_list import ProblemList
from ui.design.titles import title_of_key
from ui.widgets import Button, FormRow, Section, Symbol, Text, identify
from workbench.catalog import Catalog, LayerSpec
from workbench.graph import Graph, Node, Problem, RenameNode, SetParam
from workbench.graph.blocks import is_block
from workbench.graph.changes import Unset
from workbench.graph.edits import freeze
from workbench.graph.inference import Inference, describe_axes
from workbench.graph.model import INPUT_LAYER
from workbench.graph.own_layers import catalog_with_own, is_own
from workbench.graph.ports import node_params
from workbench.graph.specs import spec_of, title_of
from workbench.plain import Plain

if TYPE_CHECKING:
    from workbench.data.spec import DataSignature

_MOST_FORMS = 12


class NodePane(QWidget):
    """The form of one layer.

    Args:
        catalog: The layers that exist.

    Attributes:
        change_wanted: Emitted with a `Change` and the key under which edits merge.
        param_wanted: Emitted with the node's id in a tuple and the name of a parameter of it,
            when the block that is shown is to have a parameter for it.
        open_wanted: Emitted with the id of a use of a block that is to be opened.
        entered: Emitted when the focus came to a field: a new undo step begins.
        problems: The list of problems, for its signals.
    """

    change_wanted = Signal(object, str)
    entered = Signal()
    param_wanted = Signal(object, str)
    open_wanted = Signal(str)

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog
        self._graph = Graph()
        self._node: Node | None = None
        self._signature: DataSignature | None = None
        self._block: Mapping[str, Plain] | None = None
        self._forms: dict[tuple[object, ...], ParamForm] = {}
        self._form: ParamForm | None = None
        self._drafts: dict[tuple[str, str], str] = {}
        self._advanced_opened = False
        self._symbol = Symbol("family_custom", "text", 20)
        self._type = Text("", "heading", name="design.node.type")
        self._summary = Text("", "secondary", wrap=True)
        self.problems = ProblemList()
        self._name = QLineEdit()
        identify(self._name, "design.node.name", "Name")
        self._name_row = FormRow("Name", self._name, help="Unique in the network.", label_width=112)
        self._trainable = QCheckBox("Train its weights")
        identify(self._trainable, "design.node.trainable", "Train its weights")
        self._trainable.setToolTip("Off: frozen, training leaves the weights as they are")
        self._form_place = QVBoxLayout()
        self._open = Button("Open block", self._open_clicked, icon="open", name="design.node.open")
        self._facts = Facts("design.node.facts")
        self._name.textEdited.connect(self._name_typed)
        self._name.editingFinished.connect(self._name_finished)
        self._trainable.clicked.connect(self._trainable_clicked)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._type, 1)
        shapes = Section("Result", foldable=False)
        shapes.content.addWidget(self._facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._summary)
        layout.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.problems)
        layout.addWidget(self._name_row)
        layout.addLayout(self._form_place)
        layout.addWidget(self._trainable)
        layout.addWidget(shapes)
        layout.addStretch(1)

    # ---- showing ---------------------------------------------------------------------------

    def forget(self) -> None:
        """Forget the node and what was typed: its project is closed, another may have its ids."""
        self._node, self._block, self._graph = None, None, Graph()
        self._drafts.clear()

    def show_node(
        self,
        graph: Graph,
        node_id: str,
        signature: DataSignature | None,
        block: Mapping[str, Plain] | None = None,
    ) -> None:
        """Show a node; called again after every change of it.

        Args:
            graph: The network that it stands in.
            node_id: The node.
            signature: What the network sees of the data, or None.
            block: Values of the parameters of the block that is shown; None outside blocks.
        """
        self._block = block
        other = self._node is None or self._node.id != node_id
        if other:
            self._keep_drafts()
        self._graph, self._signature = graph, signature
        node = self._node = graph.node(node_id)
        spec = self._spec_of(node)
        called = title_of(graph, node.layer)
        self._type.setText(title_of_key(called))
        self._open.setVisible(is_block(node.layer) and spec is not None)
        self._symbol.show_icon(
            f"family_{spec.family}" if spec else "family_custom",
            f"family_{spec.family}" if spec else "family_custom",
        )
        self._summary.setText(self._describe(node, spec))
        if other or not self._name.hasFocus():
            self._name.setText(node.name)
            self._name_row.set_problem("")
        self._trainable.setChecked(self._graph.owner(node).trainable)
        self._show_form(node, spec, other=other)

    def _describe(self, node: Node, spec: LayerSpec | None) -> str:
        text = spec.summary if spec else "This layer is not known."
        owner = self._graph.owner(node)
        if owner is not node:
            text += f" Shares the weights of {owner.name}; what is set here holds for both."
        return text

    def _spec_of(self, node: Node) -> LayerSpec | None:
        spec = spec_of(self._graph, self._catalog, node.layer)
        if spec is None or node.layer != INPUT_LAYER or self._signature is None:
            return spec
        names = tuple(entry.name for entry in self._signature.inputs)
        params = tuple(
            replace(p, kind="choice", choices=names) if p.name == "source" and names else p
            for p in spec.params
        )
        return replace(spec, params=params)

    def _show_form(self, node: Node, spec: LayerSpec | None, *, other: bool) -> None:
        form = self._form_for(spec) if spec else None
        if form is not self._form:
            if self._form is not None:
                self._advanced_opened = self._form.advanced_opened
                self._form.hide()
            self._form = form
            if form is not None:
                form.set_advanced_opened(self._advanced_opened)
                form.show()
        if form is None or spec is None:
            return
        form.set_block(self._block)
        form.show_values(node_params(self._graph, node, spec))
        if other:
            for (node_id, name), text in list(self._drafts.items()):
                row = form.row(name) if node_id == node.id else None
                if row is not None:
                    row.field.restore(text)
                    del self._drafts[(node_id, name)]

    def _form_for(self, spec: LayerSpec) -> ParamForm:
        source = spec.param("source")
        own = repr(spec.params) if is_block(spec.key) or is_own(spec.key) else ""
        catalog = catalog_with_own(self._graph.records, self._catalog)
        takes_layers = any(param.kind in ("layer", "layers") for param in spec.params)
        key = (spec.key, source.choices if source else (), own, catalog if takes_layers else None)
        form = self._forms.pop(key, None)
        if form is None:
            form = ParamForm(spec, catalog)
            form.edited.connect(self._edited)
            form.param_wanted.connect(self._param_wanted)
            form.entered.connect(self.entered)
            self._form_place.addWidget(form)
        self._forms[key] = form
        if len(self._forms) > _MOST_FORMS:
            oldest = next(iter(self._forms))
            gone = self._forms.pop(oldest)
            gone.setParent(None)
            gone.deleteLater()
        return form

    def _keep_drafts(self) -> None:
        """Keep what was typed but is not legal until the node is looked at again."""
        if self._node is None or self._form is None:
            return
        for name, row in self._form.rows.items():
            text = row.field.draft()
            if text:
                self._drafts[(self._node.id, name)] = text

    def show_inference(self, inference: Inference, batch_size: int = 0) -> None:
        """Show what goes in, what comes out and what the layer costs."""
        if self._node is None or self._node.id not in self._graph:
            return
        node_id = self._node.id
        facts = []
        incoming = self._graph.incoming(node_id)
        for edge in incoming:
            source = edge.source
            named = inference.axes(source.node, source.port)
            shape = describe_axes(inference.tensor(source.node, source.port), named) or "–"
            port = edge.target.port
            word = "Input" if port in ("input", "inputs") else self._port_title(port)
            origin = f" from {self._graph.node(edge.source.node).name}" if len(incoming) > 1 else ""
            facts.append((word.replace("_", " ").capitalize(), shape + origin))
        info = inference.nodes.get(node_id)
        outputs = dict(info.outputs) if info else {}
        for port, tensor in outputs.items():
            word = "Output" if port == "output" else self._port_title(port)
            word = word.replace("_", " ").capitalize()
            named = inference.axes(node_id, port)
            facts.append((word, f"{describe_axes(tensor, named)}, {tensor.dtype}"))
        if not outputs:
            facts.append(("Output", "–"))
        parameters = info.parameters if info else 0
        if info is not None:
            facts += parameter_facts(info) + work_facts(info, batch_size)
        self._facts.show_facts(facts)
        self._trainable.setVisible(parameters > 0 or not self._node.trainable)

    def _port_title(self, port: str) -> str:
        """Return what a port is called: in a block as its node inside is."""
        spec = self._spec_of(self._node) if self._node is not None else None
        ports = (*spec.inputs, *spec.outputs) if spec is not None else ()
        return next((p.title for p in ports if p.id == port and p.title), port)

    def show_problems(self, problems: list[Problem]) -> None:
        """Show what is wrong with the node and with its parameters."""
        if self._node is None:
            return
        node_id = self._node.id
        here = ("node", "port", "param")
        own = [p for p in problems if p.place.kind in here and p.place.id == node_id]
        by_param = {
            p.place.part: p.message
            for p in own
            if p.place.kind == "param" and p.severity == "error" and not p.fixes
        }
        if self._form is not None:
            self._form.set_problems(by_param)
        known = self._form.rows if self._form else {}
        self.problems.show_problems(
            [p for p in own if not (p.place.part in by_param and p.place.part in known)]
        )

    def focus_first(self) -> None:
        """Go to the first field."""
        rows = list(self._form.rows.values()) if self._form else []
        target: QWidget = rows[0].field.editor() if rows else self._name
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(target, QLineEdit):
            target.selectAll()

    def focus_param(self, name: str) -> bool:
        """Go to the field of a parameter; returns whether there is one."""
        row = self._form.row(name) if self._form else None
        if row is None:
            return False
        row.field.editor().setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def row(self, name: str) -> QWidget | None:
        """Return the row of a parameter, for tests."""
        return self._form.row(name) if self._form else None

    # ---- editing ---------------------------------------------------------------------------

    def _open_clicked(self) -> None:
        if self._node is not None:
            self.open_wanted.emit(self._node.id)

    @Slot(str)
    def _param_wanted(self, name: str) -> None:
        if self._node is not None:
            self.param_wanted.emit((self._graph.owner(self._node).id,), name)

    @Slot(str, object)
    def _edited(self, name: str, value: Value) -> None:
        if self._node is None or self._node.id not in self._graph:  # it may be gone by now
            return
        spec = spec_of(self._graph, self._catalog, self._node.layer)
        param = spec.param(name) if spec else None
        owner = self._graph.owner(self._node)
        target = self._node.id if param is not None and param.call else owner.id
        before = self._graph.node(target).params
        if isinstance(value, Unset) and name not in before:
            return
        if not isinstance(value, Unset) and name in before and before[name] == value:
            return
        self.change_wanted.emit(SetParam(target, name, value), f"{target} {name}")

    @Slot(bool)
    def _trainable_clicked(self, trainable: bool) -> None:
        if self._node is not None:
            self.change_wanted.emit(freeze(self._graph, [self._node.id], trainable=trainable), "")

    @Slot(str)
    def _name_typed(self, text: str) -> None:
        self._name_row.set_problem(self._why_not_name(text))

    def _why_not_name(self, text: str) -> str:
        name = text.strip()
        if not name:
            return "A layer needs a name."
        if "/" in name:
            return "A name cannot hold a slash."
        node = self._node
        if node is not None and name != node.name and self._graph.name_taken(name):
            return f"Another layer is called {name}."
        return ""

    @Slot()
    def _name_finished(self) -> None:
        node, name = self._node, self._name.text().strip()
        if node is None or node.id not in self._graph or name == self._graph.node(node.id).name:
            return
        if not self._why_not_name(name):
            self.change_wanted.emit(RenameNode(node.id, name), "")

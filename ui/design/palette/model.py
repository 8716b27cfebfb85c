"""The palette's rows: recently used layers and families, or what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, Qt, Signal

from ui.design.canvas.tooltips import plain
from ui.design.gestures.drop import MIME
from ui.design.palette.ranking import ranked
from ui.design.palette.rows import (
    FAMILY_ROLE,
    FAMILY_TITLES,
    REASON_ROLE,
    SPEC_ROLE,
    AnyIndex,
)
from ui.design.titles import is_port, title_of_spec
from workbench.catalog import Catalog, Family, LayerSpec
from workbench.catalog.schema import FAMILIES
from workbench.graph import Node
from workbench.graph.suggest import Suggestion
from workbench.graph.text import headline

NEXT = "Next"
"""Title of the group of layers that fit after what is selected."""
MOST_RECENT = 6
_WORDS = (
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.EditRole,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    family: Family | None
    layers: tuple[LayerSpec, ...]


class PaletteModel(QAbstractItemModel):
    """Families with their layers; while searching, the layers found, best first.

    Args:
        catalog: The layers that exist.

    Attributes:
        renamed: Emitted with the key of a block and the name that was typed over it.
    """

    renamed = Signal(str, str)

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog
        self._recent: tuple[str, ...] = ()
        self._next: tuple[Suggestion, ...] = ()
        self._text = ""
        self._found: list[LayerSpec] = []
        self._groups: list[_Group] = []
        self._blocks: tuple[tuple[str, tuple[LayerSpec, ...]], ...] = ()
        self._regroup()

    @property
    def searching(self) -> bool:
        """Whether the rows are search results."""
        return bool(self._text)

    def search(self, text: str) -> None:
        """Show what fits a text; everything by family when it is empty."""
        self.beginResetModel()
        self._text = text.strip()
        self._find()
        self.endResetModel()

    def _find(self) -> None:
        found = [s for s in self._catalog.search(self._text) if s.role == "layer"]
        others = [spec for _, specs in self._blocks for spec in specs]
        self._found = ranked(others, self._text, found) if self._text else []

    def set_blocks(self, groups: Sequence[tuple[str, Sequence[LayerSpec]]]) -> bool:
        """Show blocks above the families: title of a group → what is in it.

        Returns:
            Whether that is different from what was shown.
        """
        blocks = tuple((title, tuple(specs)) for title, specs in groups if specs)
        if blocks == self._blocks:
            return False
        self.beginResetModel()
        self._blocks = blocks
        self._regroup()
        self._find()
        self.endResetModel()
        return True

    def set_next(self, entries: Sequence[Suggestion]) -> bool:
        """Show what could come next, above all others.

        Returns:
            Whether that is different from what was shown.
        """
        if tuple(entries) == self._next:
            return False
        self.beginResetModel()
        self._next = tuple(entries)
        self._regroup()
        self.endResetModel()
        return True

    def suggestion(self, index: AnyIndex) -> Suggestion | None:
        """Return what a row of the group of next layers suggests; None for other rows."""
        group = self._group_of(index)
        return self._next[index.row()] if group is not None and group.title == NEXT else None

    def _group_of(self, index: AnyIndex) -> _Group | None:
        """Return the group that a layer's row stands in."""
        if not index.isValid() or self.searching or not index.internalId():
            return None
        return self._groups[index.internalId() - 1]

    def set_recent(self, keys: Sequence[str]) -> None:
        """Show which layers were used lately, the latest first."""
        known = {spec.key for _, specs in self._blocks for spec in specs}
        recent = tuple(k for k in keys if k in self._catalog or k in known)[:MOST_RECENT]
        if recent == self._recent:
            return
        self.beginResetModel()
        self._recent = recent
        self._regroup()
        self.endResetModel()

    def _regroup(self) -> None:
        others = {spec.key: spec for _, specs in self._blocks for spec in specs}
        named = (self._catalog.get(k) or others.get(k) for k in self._recent)
        recent = tuple(spec for spec in named if spec is not None)
        families = [
            _Group(
                FAMILY_TITLES[family],
                family,
                tuple(s for s in self._catalog.family(family) if s.role == "layer"),
            )
            for family in FAMILIES
        ]
        groups = [_Group(title, specs[0].family, specs) for title, specs in self._blocks]
        groups += [group for group in families if group.layers]
        if recent:
            groups = [_Group("Recently used", None, recent), *groups]
        ahead = [
            replace(
                spec,
                summary=headline(Node("", entry.key, "", dict(entry.params)), spec, self._catalog),
            )
            for entry in self._next
            if (spec := self._catalog.get(entry.key)) is not None
        ]
        self._groups = [_Group(NEXT, None, tuple(ahead)), *groups] if ahead else groups

    def group_index(self, title: str) -> QModelIndex:
        """Return the row of a family by its title; an invalid index when there is none."""
        for row, group in enumerate(self._groups):
            if group.title == title and not self.searching:
                return self.index(row, 0)
        return QModelIndex()

    def spec(self, index: AnyIndex) -> LayerSpec | None:
        """Return the layer of a row; None for families."""
        if not index.isValid():
            return None
        if self.searching:
            return self._found[index.row()]
        parent = index.internalId()
        return None if parent == 0 else self._groups[parent - 1].layers[index.row()]

    # ---- QAbstractItemModel --------------------------------------------------------------

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return an index; the internal id is 0 for top rows, else the family's row plus 1."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: AnyIndex) -> QModelIndex:  # type: ignore[override]
        """Return the family's index of a layer."""
        group = child.internalId() if child.isValid() else 0
        return self.createIndex(group - 1, 0, 0) if group else QModelIndex()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows under an index."""
        if not parent.isValid():
            return len(self._found) if self.searching else len(self._groups)
        if self.searching or parent.internalId():
            return 0
        return len(self._groups[parent.row()].layers)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Return 1."""
        del parent
        return 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a row shows."""
        spec = self.spec(index)
        if spec is None:
            group = self._groups[index.row()] if index.isValid() and not self.searching else None
            return self._group_data(group, role)
        if role in _WORDS:
            return title_of_spec(spec)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            entry = self.suggestion(index)
            if entry is not None:
                spec = replace(spec, summary=f"{entry.reason}. A click adds and connects it.")
            return plain(spec.summary) if role == Qt.ItemDataRole.ToolTipRole else spec.summary
        if role == SPEC_ROLE:
            return spec
        if role == REASON_ROLE:
            entry = self.suggestion(index)
            return entry.reason if entry else None
        return self._family_of(index, spec) if role == FAMILY_ROLE else None

    def _family_of(self, index: AnyIndex, spec: LayerSpec) -> str:
        """Return the family whose icon a layer shows; "" below the family's own heading."""
        if self.searching or self._groups[index.internalId() - 1].family is None:
            return spec.family
        return ""

    def _group_data(self, group: _Group | None, role: int) -> Any:
        if group is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return group.title
        return group.family if role == FAMILY_ROLE else None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Say that layers can be dragged."""
        flags, spec = super().flags(index), self.spec(index)
        if spec is None:
            return flags
        if spec.family == "block" and not is_port(spec.key):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags | Qt.ItemFlag.ItemIsDragEnabled

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell of the name that was typed over a block; the document changes it."""
        spec = self.spec(index)
        if spec is None or role != Qt.ItemDataRole.EditRole:
            return False
        self.renamed.emit(spec.key, str(value))
        return True

    def index_of(self, key: str) -> QModelIndex:
        """Return the row of a layer; an invalid index when it is not among the rows."""
        if self.searching:
            rows = [n for n, spec in enumerate(self._found) if spec.key == key]
            return self.index(rows[0], 0) if rows else QModelIndex()
        for row, group in reversed(list(enumerate(self._groups))):
            for place, spec in enumerate(group.layers):
                if spec.key == key:
                    return self.index(place, 0, self.index(row, 0))
        return QModelIndex()

    def mimeTypes(self) -> list[str]:
        """Return the type of what is dragged."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the dragged layer."""
        data = QMimeData()
        spec = next((s for s in map(self.spec, indexes) if s), None)
        if spec is not None:
            data.setData(MIME, spec.key.encode())
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        """Say that dragging copies."""
        return Qt.DropAction.CopyAction

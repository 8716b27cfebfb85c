"""Texts of inner forms that are no legal values yet, kept as one text of the outer field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.design.inspector.form import ParamForm


def drafts_of(form: ParamForm | None) -> str:
    """Return what was typed but is not legal, "" when there is nothing."""
    rows = form.rows.items() if form is not None else ()
    texts = {name: text for name, row in rows if (text := row.field.draft())}
    return json.dumps(texts) if texts else ""


def restore_drafts(form: ParamForm | None, text: str) -> None:
    """Show such texts again."""
    for name, draft in json.loads(text).items():
        row = form.row(name) if form is not None else None
        if row is not None:
            row.field.restore(draft)

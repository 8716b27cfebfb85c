"""Own layers that come along with copied nodes and saved blocks: the text, never the trust."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from workbench.graph.own_layers import OwnLayers, own_files
from workbench.graph.record_changes import PutRecord
from workbench.graph.records import Records


def fitting_own_ids(plain: Any, records: Records) -> Any:
    """Return part of a document with ids of its own layers that fit another document.

    A file whose text is there already is that one; one whose id is there with another text gets
    an id of its own, so that nothing changes what it computes by being copied.

    Args:
        plain: Plain data with `"layers"`, as copying makes it; whatever else it holds is searched
            for keys of own layers.
        records: Records of the document that it comes to.
    """
    given = plain.get("layers") if isinstance(plain, Mapping) else None
    if not isinstance(given, list):
        return plain
    by_text = {file.text: file.id for file in own_files(records)}
    ids: dict[str, str] = {}
    for entry in given:
        if not isinstance(entry, Mapping):
            continue
        old, text = str(entry.get("id", "")), str(entry.get("text", ""))
        present = records.get(OwnLayers.kind, old)
        if isinstance(present, OwnLayers) and present.text == text:
            continue
        if text in by_text:
            ids[old] = by_text[text]
        elif present is not None:
            ids[old] = "f" + secrets.token_hex(5)
    if not ids:
        return plain
    heads = {f"own:{old}.": f"own:{new}." for old, new in ids.items()}
    renamed = _with_heads(plain, heads)
    for entry in renamed["layers"]:
        entry["id"] = ids.get(str(entry.get("id", "")), entry.get("id"))
    return renamed


def _with_heads(plain: Any, heads: Mapping[str, str]) -> Any:
    if isinstance(plain, str):
        head, dot, name = plain.partition(".")
        return heads[head + dot] + name if head + dot in heads else plain
    if isinstance(plain, Mapping):
        return {key: _with_heads(value, heads) for key, value in plain.items()}
    return [_with_heads(entry, heads) for entry in plain] if isinstance(plain, list) else plain


def missing_files(records: Records, come: Records) -> list[PutRecord]:
    """Return the changes that bring files of one document into another that lacks them."""
    there = records.of(OwnLayers.kind)
    return [PutRecord(file) for file in own_files(come) if file.id not in there]

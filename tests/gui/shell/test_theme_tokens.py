"""Contrast of every pair of text and surface, in both themes."""

import re

import pytest

from ui.theme.style import style_sheet
from ui.theme.tokens import DARK, LIGHT, contrast
from workbench.bundled import resource

SURFACES = ("window", "surface", "surface_raised", "surface_sunken", "canvas", "hover", "selection")
PAIRS = [
    *((text, surface) for text in ("text", "text_secondary") for surface in SURFACES),
    *((text, surface) for text in ("accent", "error", "warning", "ok")
      for surface in ("window", "surface", "surface_raised", "canvas")),
    ("accent_text", "accent"), ("accent_text", "accent_hover"), ("accent_text", "accent_pressed"),
    ("text", "pressed"), ("text", "accent_soft"), ("accent", "accent_soft"),
    *((tone, f"{tone}_soft") for tone in ("error", "warning", "ok")),
    *(("text", f"{tone}_soft") for tone in ("error", "warning", "ok")),
]  # fmt: skip


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_by_four_and_a_half_to_one(palette):
    low = {
        f"{text} on {surface}": round(contrast(palette[text], palette[surface]), 2)
        for text, surface in PAIRS
        if contrast(palette[text], palette[surface]) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_families_and_curves_stand_out_by_three_to_one(palette):
    drawn = [role for role in palette if role.startswith(("family_", "plot_"))]
    drawn += ["border_strong", "accent"]
    low = {
        f"{role} on {surface}": round(contrast(palette[role], palette[surface]), 2)
        for role in drawn
        for surface in ("surface", "canvas")
        if contrast(palette[role], palette[surface]) < 3.0
    }
    assert low == {}


def test_both_themes_have_the_same_roles():
    assert list(LIGHT) == list(DARK)


def test_families_differ_from_each_other():
    for palette in (LIGHT, DARK):
        families = [value for role, value in palette.items() if role.startswith("family_")]
        assert len(families) == 15
        assert len(set(families)) == 15


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_style_sheet_leaves_no_role_open_and_finds_its_pictures(name):
    sheet = style_sheet(name)
    assert "@" not in sheet
    pictures = re.findall(r"url\(([^)]+)\)", sheet)
    assert pictures
    from pathlib import Path

    assert [p for p in pictures if not Path(p).is_file()] == []


def test_every_icon_is_a_drawing_on_the_grid():
    drawings = sorted(resource("icons").glob("*.svg"))
    assert len(drawings) > 100
    for path in drawings:
        text = path.read_text()
        if path.stem != "app":
            assert 'viewBox="0 0 20 20"' in text, path.name
            assert "currentColor" in text, path.name
            assert "#" not in text, path.name

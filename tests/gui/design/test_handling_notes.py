"""Notes and frames on the canvas with mouse and keys, and pictures of the network read back."""

import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from ui.design.handling.rendering import image_of, pdf_bytes
from workbench.graph.notes import notes_of

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def view(desk, x, y):
    return desk.canvas.camera.to_view(QPointF(x, y)).toPoint()


def only_note(desk):
    (note,) = notes_of(desk.graph)
    return note


def write_note(desk, text):
    QTest.mouseMove(desk.canvas, desk.empty())
    desk.key(Qt.Key.Key_N, CTRL | ALT)
    field = desk.find(QPlainTextEdit, "design.note.text")
    assert field.hasFocus()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
    return only_note(desk)


def test_a_note_is_written_moved_sized_and_deleted(desk):
    note = write_note(desk, "Why sixteen?")
    assert note.text == "Why sixteen?" and desk.canvas.hasFocus()
    x, y, width, height = note.rect
    middle = view(desk, x + width / 2, y + height / 2)
    desk.drag(middle, middle + QPoint(-40, 80))
    assert only_note(desk).rect == (x - 40, y + 80, width, height)
    corner = view(desk, x - 40 + width - 4, y + 80 + height - 4)
    desk.drag(corner, corner + QPoint(48, 32))
    assert only_note(desk).rect[2:] == pytest.approx((width + 48, height + 32), abs=8)
    desk.key(Qt.Key.Key_Delete)
    assert notes_of(desk.graph) == []
    desk.session.undo()
    desk.session.undo()
    assert only_note(desk).rect == (x - 40, y + 80, width, height)


def test_escape_gives_up_writing_and_moving(desk):
    note = write_note(desk, "a")
    desk.key(Qt.Key.Key_F2)
    field = desk.find(QPlainTextEdit, "design.note.text")
    QTest.keyClicks(field, "other")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert only_note(desk) == note
    middle = view(desk, note.rect[0] + 20, note.rect[1] + 20)
    desk.press(middle)
    desk.move(middle + QPoint(60, 60))
    desk.key(Qt.Key.Key_Escape)
    desk.release(middle + QPoint(60, 60))
    assert only_note(desk) == note


def test_a_frame_takes_its_layers_along_as_one_step(desk):
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_F, CTRL | ALT)
    QTest.keyClick(desk.find(QPlainTextEdit, "design.note.text"), Qt.Key.Key_Return)
    frame, before = only_note(desk), {i: n.position for i, n in desk.graph.nodes.items()}
    title = view(desk, frame.rect[0] + 60, frame.rect[1] + 12)
    desk.drag(title, title + QPoint(-80, 0))
    moved = {i for i, n in desk.graph.nodes.items() if n.position != before[i]}
    assert moved == {"hidden"}
    assert desk.graph.node("hidden").position[0] == before["hidden"][0] - 80
    assert only_note(desk).rect[0] == frame.rect[0] - 80
    assert desk.session.document.undo_label == "Move frame"
    desk.session.undo()
    assert desk.graph.node("hidden").position == before["hidden"]


def test_a_frame_is_copied_with_what_lies_in_it(desk):
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_F, CTRL | ALT)
    QTest.keyClick(desk.find(QPlainTextEdit, "design.note.text"), Qt.Key.Key_Return)
    desk.key(Qt.Key.Key_C, CTRL)
    count = len(desk.graph)
    desk.key(Qt.Key.Key_V, CTRL)
    assert len(notes_of(desk.graph)) == 2 and len(desk.graph) == count + 1


def test_a_note_gets_another_colour_from_its_menu(desk):
    note = write_note(desk, "x")
    menu = desk.page.handling.note_events.menu(note)
    assert [a.text() for a in menu.actions() if a.text()] == ["Write…", "Colour", "Copy", "Delete"]
    desk.page.handling.notes.recolour(note.id, "green")
    assert only_note(desk).colour == "green"
    assert desk.session.document.undo_label == "Colour note"


def test_notes_are_inside_the_block_where_they_were_written(desk):
    desk.click(desk.at("hidden"))
    desk.key(Qt.Key.Key_G, CTRL)
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    use = next(n.id for n in desk.graph if n.layer.startswith("block:"))
    desk.page.scopes.open(use)
    note = write_note_inside(desk)
    assert note.within
    desk.page.go_up()
    assert desk.page.handling.notes.shown == []


def write_note_inside(desk):
    desk.page.handling.notes.add("note")
    field = desk.find(QPlainTextEdit, "design.note.text")
    QTest.keyClicks(field, "inside")
    QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
    (note,) = desk.page.handling.notes.shown
    return note


# ---- pictures ----------------------------------------------------------------------------------


def ink_share(image: QImage) -> float:
    small = image.scaled(200, 200)
    dark = sum(small.pixelColor(x, y).lightness() < 200 for x in range(200) for y in range(200))
    return dark / 40_000


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures_are_white_and_hold_the_network(desk, tmp_path, mode):
    desk.page.services.theme.set_mode(mode)
    write_note(desk, "A remark")
    pictures = desk.page.handling.pictures
    box = pictures.drawing().bounds
    assert pictures.save(tmp_path / "n.png")
    image = QImage(str(tmp_path / "n.png"))
    assert image.width() == pytest.approx(2 * box.width(), abs=2)
    assert image.height() == pytest.approx(2 * box.height(), abs=2)
    assert image.pixelColor(1, 1).name() == "#ffffff"
    assert 0.01 < ink_share(image) < 0.5
    assert pictures.save(tmp_path / "n.svg")
    root = ET.parse(tmp_path / "n.svg").getroot()
    words = "".join(root.itertext())
    for expected in ("hidden", "Dense", "16 units", "A remark"):
        assert expected in words
    assert not [e for e in root.iter() if e.tag.endswith("image")]
    desk.page.services.theme.set_mode("light")


def test_a_pdf_has_the_pages_that_it_needs(desk, tmp_path):
    pictures = desk.page.handling.pictures
    assert pictures.save(tmp_path / "n.pdf")
    data = (tmp_path / "n.pdf").read_bytes()
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    assert pages(data) == 1
    for number in range(24):
        desk.page.editor.add("Dense", QPointF(0, 600 + 200 * number))
    drawing = pictures.drawing()
    assert pages(pdf_bytes(drawing, "one")) == 1
    assert pages(pdf_bytes(drawing, "several")) > 2


def pages(data: bytes) -> int:
    return data.count(b"/Type /Page\n") + data.count(b"/Type /Page ")


def test_a_picture_that_cannot_be_written_is_an_error_with_its_file(desk, tmp_path, qtbot):
    with qtbot.waitSignal(desk.page.services.error_raised) as heard:
        assert not desk.page.handling.pictures.save(tmp_path / "missing" / "n.svg")
    assert "n.svg" in heard.args[0].describe()


def test_copies(desk):
    clipboard = QGuiApplication.clipboard()
    desk.click(desk.at("hidden"))
    pictures = desk.page.handling.pictures
    pictures.copy_svg()
    words = "".join(ET.fromstring(clipboard.text()).itertext())
    assert "hidden" in words and "features" not in words
    pictures.copy_png()
    box = pictures.drawing(selection=True).bounds
    assert clipboard.image().width() == pytest.approx(2 * box.width(), abs=2)
    assert image_of(pictures.drawing()).height() > clipboard.image().height()

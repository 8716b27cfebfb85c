"""`keras-workbench screenshot`: a picture of the real window, in a process of its own."""

import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from workbench.project import create_from_template

pytestmark = [pytest.mark.backend, pytest.mark.slow]


@pytest.mark.parametrize(
    ("theme", "size"), [("light", (1366, 768)), ("dark", (1600, 900))], ids=["light", "dark"]
)
def test_a_page_is_drawn_in_the_theme_and_size_asked_for(tmp_path, theme, size):
    project, out = tmp_path / "wine", tmp_path / "design.png"
    create_from_template("wine", project).close()
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "screenshot", str(project), str(out), "--page",
         "design", "--theme", theme, "--size", f"{size[0]}x{size[1]}"],
        capture_output=True, text=True, check=False, timeout=200, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(out)
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == size
    lightness = [
        picture.pixelColor(x, y).lightness()
        for x in range(5, size[0], 40)
        for y in range(5, size[1], 40)
    ]
    dark_share = sum(value < 90 for value in lightness) / len(lightness)
    assert dark_share < 0.1 if theme == "light" else dark_share > 0.8
    assert len(set(lightness)) > 4

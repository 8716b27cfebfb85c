"""The main journeys once more in real windows: an X server of their own, not the stand-in screen.

The stand-in (`offscreen`) has no window system: no mapping, no window frames, no clipboard, no
cursor grabs. What only goes wrong with one is found here.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
JOURNEYS = (
    "tests/gui/shell/test_first_five_minutes.py",
    "tests/gui/shell/test_project_flow.py",
    "tests/gui/shell/test_floating_panels.py",
    "tests/gui/design/test_design_gestures.py",
    "tests/gui/design/test_design_keyboard.py",
)


@pytest.fixture(scope="module")
def display():
    """A display of an X server that runs for these tests only."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed (requirements/install.sh dev installs it as root)")
    reader, writer = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writer), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
        pass_fds=(writer,), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    assert number, "the X server did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.mark.backend
@pytest.mark.slow
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda path: Path(path).stem)
def test_a_journey_in_a_real_window(display, journey, tmp_path):
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    environment.pop("WAYLAND_DISPLAY", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", journey, "-q", "-p", "no:cacheprovider",
         f"--basetemp={tmp_path / 'inner'}"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout

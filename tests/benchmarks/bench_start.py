"""Process start to usable window, against `import keras` in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.harness import Measurement, benchmark

STARTS = 7
IMPORTS = 3

# The real start of the window with a project; "usable" is when the window is exposed, its project
# is open and the event loop has gone idle once after that.
_WINDOW = """
import sys
from pathlib import Path
from workbench.cli.main import main
from PySide6.QtCore import QTimer
from ui.main_window import MainWindow

start = MainWindow.start

def start_and_tell(self, project=None, **options):
    start(self, project, **options)
    def look():
        handle = self.windowHandle()
        if handle is not None and handle.isExposed() and self.session is not None:
            QTimer.singleShot(0, tell)
        else:
            QTimer.singleShot(1, look)
    def tell():
        print("usable", flush=True)
        QTimer.singleShot(0, self.close)
    look()

MainWindow.start = start_and_tell
sys.exit(main([sys.argv[1]]))
"""


def window_seconds(project: Path, bytecode: Path) -> float:
    """Start the window once and return the time until it is usable.

    Args:
        project: The project that it opens.
        bytecode: Where Python keeps what it has compiled. An installed program has it as the
            packages it is compared with have; a checkout may be told to write none.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", _WINDOW, str(project)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
        taken = time.perf_counter() - begun
        if line.strip() != "usable":
            raise RuntimeError(f"The window did not start: {line!r}")
        child.wait(60)
    finally:
        child.kill()
        child.communicate()
    return taken


def import_seconds() -> float:
    """Return the time of `python -c "import keras"`, process start included."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import keras"], check=True, capture_output=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - begun


@benchmark(
    "start-up",
    title="Process start to usable window, project open",
    unit="s",
    target=0.25,
    judged="ratio",
)
def start_up() -> Measurement:
    """Median of several starts, files in the cache, as for the import."""
    from workbench.project import create_from_template

    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "project"
        create_from_template("breast_cancer", project).close()
        bytecode = Path(scratch) / "bytecode"
        import_seconds()
        window_seconds(project, bytecode)
        imports = [import_seconds() for _ in range(IMPORTS)]
        starts = [window_seconds(project, bytecode) for _ in range(STARTS)]
    return Measurement(
        statistics.median(starts),
        compared_with="python -c 'import keras'",
        compared_value=statistics.median(imports),
        note=f"starts {min(starts):.2f} to {max(starts):.2f} s",
    )

"""Opening, arranging, editing and picturing 10,000 layers in the real window; its memory.

Beside how long each takes, the longest time is measured in which the window handled no event: a
timer that beats every few milliseconds notes the gaps between its beats. Each row also notes how
long the window's thread worked at most between two beats, which tells more on a machine that has
other things to do.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_design_frames import large_graph
from tests.benchmarks.harness import Measurement, benchmark

LAYERS = 10_000
GAP = 50.0
"""Longest time (ms) that the window may stand still."""


class Desk:
    """A window with a large network, and a heartbeat of its event loop."""

    def __init__(self, window: Any, services: Any, folder: Path) -> None:
        from PySide6.QtCore import QTimer

        self.window, self.services, self.folder = window, services, folder
        self.longest = self.work = 0.0
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now
        self.work, self._worked = max(self.work, worked - self._worked), worked

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Handle events until something holds."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop, look, begun = QEventLoop(), QTimer(), time.perf_counter()

        def check() -> None:
            if condition() or time.perf_counter() - begun > seconds:
                loop.quit()

        look.timeout.connect(check)
        look.start(5)
        loop.exec()
        if not condition():
            raise RuntimeError(f"Waited {seconds} s in vain")

    def rest(self, seconds: float) -> None:
        """Handle events for a while."""
        end = time.perf_counter() + seconds
        self.wait_for(lambda: time.perf_counter() >= end, seconds + 5)

    def time_of(self, act: Callable[[], Any], over: Callable[[], bool]) -> tuple[float, float]:
        """Return how long something takes, s, and the longest gap meanwhile, ms."""
        self._last = begun = time.perf_counter()
        self._worked = time.thread_time()
        self.longest = self.work = 0.0
        act()
        self.wait_for(over)
        took = time.perf_counter() - begun
        self.rest(0.3)  # what comes after it: the first frames, checks
        return took, self.longest * 1000

    @property
    def worked(self) -> str:
        """How long the window's thread worked between two beats, in words."""
        return f"worked at most {self.work * 1000:.0f} ms at a stretch"

    def open(self, graph: Any, name: str) -> tuple[float, float]:
        """Open a network and wait until it is painted; like `time_of`."""
        from workbench.project import create_project
        from workbench.project.documents import Documents

        folder = self.folder / name
        create_project(folder, name, Documents(graph=graph)).close()
        window = self.window

        def shown() -> bool:
            session = window.session
            return session is not None and session.document.folder == folder

        return self.time_of(lambda: window.flow.open(folder), shown)

    @property
    def page(self) -> Any:
        """The Design page."""
        return self.window.pages.page("design")

    def do(self, action: str) -> None:
        """Trigger an action."""
        self.services.actions.refresh()
        self.services.actions.qaction(action).trigger()

    def drawn(self) -> bool:
        """Whether all figures are there."""
        return not self.page.picture.pending


@contextmanager
def desk(*, engines: bool) -> Iterator[Desk]:
    """Give a shown window with a small project, the Design page in front."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QGuiApplication

    from ui.application import make_application, make_services, shut_down
    from ui.main_window import MainWindow
    from workbench.project import create_project
    from workbench.settings import load_settings

    with tempfile.TemporaryDirectory() as scratch:
        services = make_services(make_application(), load_settings(), keep_spare=False)
        window = MainWindow(services)
        window.start(engines=engines)
        made = Desk(window, services, Path(scratch))
        create_project(made.folder / "Small", "Small").close()
        made.wait_for(window.isVisible)
        window.flow.open(made.folder / "Small")
        made.wait_for(lambda: window.session is not None)
        window.show_page("design")
        made.rest(1.5)  # further pages are made ahead
        yield made
        if window.session is not None:
            window.session.document.save()
        QGuiApplication.clipboard().clear()  # what it holds at the very end ends offscreen Qt badly
        QTimer.singleShot(0, window.close)
        made.wait_for(lambda: not window.isVisible())
        shut_down(services)


@benchmark(
    "open-10000", title=f"Open {LAYERS:,} layers, arranged", unit="s", target=10.0, limit=300
)
def open_large() -> list[Measurement]:
    """From the wish to open until the canvas is painted and the layout has been made anew."""
    import psutil

    graph, _ = large_graph(LAYERS)
    with desk(engines=True) as here:
        opened, gap_open = here.open(graph, "Large")
        work_open = here.worked
        session = here.window.session
        revision = session.document.revision
        arranged, gap_arrange = here.time_of(
            lambda: here.do("design.layout"),
            lambda: session.document.revision > revision and here.drawn(),
        )
        work_arrange = here.worked
        begun = time.perf_counter()
        here.wait_for(lambda: bool(session.settled), 200)
        shapes = time.perf_counter() - begun
        memory = psutil.Process().memory_info().rss / 1e9
    note = f"painted after {opened:.2f} s, everything checked {shapes:.1f} s after the layout"
    return [
        Measurement(opened + arranged, note=note),
        _gap(gap_open, "opening", work_open),
        _gap(gap_arrange, "arranging", work_arrange),
        Measurement(memory, title="Memory of the window's process", unit="GB", target=1.5),
    ]


@benchmark("large-edits", title=f"Edits of all {LAYERS:,} layers", unit="s", limit=300)
def large_edits() -> list[Measurement]:
    """Copy, paste, delete all, undo, save: until drawn, and the longest gap."""
    graph, _ = large_graph(LAYERS)
    rows = []
    with desk(engines=False) as here:
        here.open(graph, "Large")
        window = here.window
        steps: tuple[tuple[str, Callable[[], Any]], ...] = (
            ("Select all", lambda: here.do("design.select_all")),
            ("Copy all", lambda: here.do("design.copy")),
            ("Paste", lambda: here.do("design.paste")),
            ("Undo", window.undo),
            ("Select all again", lambda: here.do("design.select_all")),
            ("Delete all", lambda: here.do("design.delete")),
            ("Undo the deletion", window.undo),
            ("Save", window.flow.save),
        )
        for name, act in steps:
            took, gap = here.time_of(act, here.drawn)
            rows.append(
                Measurement(gap, title=f"{name}: longest gap", unit="ms", target=GAP,
                            note=f"done after {took:.2f} s; {here.worked}")
            )  # fmt: skip
    return rows


@benchmark("large-pictures", title=f"Pictures of {LAYERS:,} layers", unit="ms", target=GAP,
           limit=300)  # fmt: skip
def large_pictures() -> list[Measurement]:
    """Save as SVG, PNG, PDF on one page and on several: the longest gap of each."""
    graph, _ = large_graph(LAYERS)
    rows = []
    with desk(engines=False) as here:
        here.open(graph, "Large")
        pictures = here.page.handling.pictures
        for name, pages in (("n.svg", "one"), ("n.png", "one"), ("n.pdf", "one"),
                            ("m.pdf", "several")):  # fmt: skip
            path = here.folder / name
            took, gap = here.time_of(lambda p=path, n=pages: pictures.save(p, n), path.exists)
            words = "PDF over several pages" if pages == "several" else path.suffix[1:].upper()
            rows.append(
                Measurement(gap, title=f"Saving {LAYERS:,} layers as {words}: longest gap",
                            note=f"{took:.1f} s, {path.stat().st_size / 1e6:.1f} MB; {here.worked}")
            )  # fmt: skip
    return rows


@benchmark("odd-networks", title="Networks of an odd form", unit="ms", target=GAP, limit=400)
def odd_networks() -> list[Measurement]:
    """All in one place, without edges, one chain, a block of 5,000: opening, a frame, tidying."""
    from tests.benchmarks.networks import edgeless_graph, large_block_graph, long_chain
    from workbench.graph.changes import MoveNodes

    stacked, _ = large_graph(LAYERS)
    stacked.apply(MoveNodes({node.id: (0.0, 0.0) for node in stacked}))
    kinds = (
        ("all in one place", stacked),
        ("no connections", edgeless_graph(LAYERS)),
        ("one chain", long_chain(LAYERS)),
        ("a block of 5,000", large_block_graph(5000)),
    )
    rows = []
    with desk(engines=False) as here:
        for name, graph in kinds:
            took, gap = here.open(graph, name)
            rows.append(_gap(gap, f"opening {name}", f"shown after {took:.2f} s; {here.worked}"))
            page = here.page
            if "block" in name:
                use = next(node.id for node in graph if node.layer.startswith("block:"))
                took, gap = here.time_of(lambda u=use, p=page: p.scopes.open(u), here.drawn)
                rows.append(
                    _gap(gap, "going into the block", f"drawn after {took:.2f} s; {here.worked}")
                )
            worst = 0.0
            for scale in (0.05, 0.25, 1.0):
                page.canvas.navigation.zoom_to(scale)
                page.canvas.navigation.center_on(
                    next(iter(page.picture.nodes.values())).rect.center()
                )
                page.canvas.repaint()
                begun = time.perf_counter()
                page.canvas.repaint()
                worst = max(worst, time.perf_counter() - begun)
            rows.append(Measurement(worst * 1000, title=f"A frame of {name}", target=16.7))
            session = here.window.session
            revision = session.document.revision
            took, gap = here.time_of(
                lambda: here.do("design.layout"),
                lambda s=session, r=revision: s.document.revision > r and here.drawn(),
            )
            rows.append(_gap(gap, f"arranging {name}", f"{took:.2f} s; {here.worked}"))
            session.document.save()
    return rows


def _gap(value: float, doing: str, note: str = "") -> Measurement:
    title = f"Longest time in which the window stood still while {doing}"
    return Measurement(value, title=title, unit="ms", target=GAP, note=note)

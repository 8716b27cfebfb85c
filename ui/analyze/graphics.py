"""The memory of the graphics processor for the window: asked once, in a thread of its own."""

from __future__ import annotations

import threading

from workbench.graphics import GraphicsMemory, graphics_memory, has_graphics_tool


class _Known:
    """What was found out; a plain value that a thread sets and the window reads."""

    memory: GraphicsMemory | None = None
    asked = False


def known_graphics() -> GraphicsMemory | None:
    """Return the memory, or None without a graphics processor and until the answer is there."""
    if not _Known.asked:
        _Known.asked = True
        if has_graphics_tool():
            threading.Thread(target=_ask, daemon=True).start()
    return _Known.memory


def _ask() -> None:
    _Known.memory = graphics_memory()

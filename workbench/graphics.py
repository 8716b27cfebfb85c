"""The memory of a graphics processor, asked of its driver's own tool; nothing is loaded for it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

_TOOL: Final = "nvidia-smi"
_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class GraphicsMemory:
    """Memory of the first graphics processor, in bytes.

    Attributes:
        total: All of it.
        free: What no program holds now.
    """

    total: int
    free: int


def has_graphics_tool() -> bool:
    """Tell whether there is a tool to ask; quick."""
    return shutil.which(_TOOL) is not None


def graphics_memory() -> GraphicsMemory | None:
    """Ask for the memory; takes up to some seconds, so call it off the main thread.

    Returns:
        The memory, or None without an NVIDIA processor or where it cannot be told.
    """
    tool = shutil.which(_TOOL)
    if tool is None:
        return None
    command = [tool, "--query-gpu=memory.total,memory.free", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
        total, free = (int(word) for word in done.stdout.splitlines()[0].split(","))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return GraphicsMemory(total * 2**20, free * 2**20)

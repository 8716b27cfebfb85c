"""The process that looks at a file with own layers, watched like an engine."""

from __future__ import annotations

from pathlib import Path

from workbench.build import own_describe, own_guard
from workbench.engine.own_watch import OwnCodeWatch

if __name__ == "__main__":
    own_guard.watch(OwnCodeWatch(Path.cwd()))
    own_describe.main()

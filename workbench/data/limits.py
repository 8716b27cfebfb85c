"""How much a data file may take: refused with a clear message before memory runs out.

A file that came from elsewhere can be small and still fill the memory: 2 MB of csv.gz can hold
8.5 GB, 850 KB of Parquet 3.5 GB.
"""

from __future__ import annotations

import psutil

MAX_COLUMNS = 100_000
MAX_ONE_HOT = 10_000
"""Most categories that one column may be spread over as one-hot inputs."""

MAX_CATEGORIES = 1_000_000
"""Most different values that a column may have as categories."""

_SHARE = 0.6


def memory_for_data() -> int:
    """Return how many bytes a table, or the arrays made from it, may take now."""
    return int(psutil.virtual_memory().available * _SHARE)

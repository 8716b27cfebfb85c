"""The one type of everything that is stored or sent: plain data, as JSON knows it.

Documents, journal lines and messages between processes hold nothing else (numpy arrays may
join it in messages, never in documents), so that opening a file can never run code.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Plain: TypeAlias = bool | int | float | str | Sequence["Plain"] | Mapping[str, "Plain"] | None
PlainDict: TypeAlias = dict[str, Plain]

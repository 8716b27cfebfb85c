"""What a problem of an own layer is about, so that the window can offer the way out."""

from __future__ import annotations

import re
from typing import Final

UNTRUSTED: Final = "own_untrusted"
"""Code: the text may not run on this computer."""
ENDED: Final = "own_ended"
"""Code: it ended the process that computes shapes, and is left alone since."""
FAULTY: Final = "own_layer"
"""Code: it has a fault."""
OWN_CODES: Final = frozenset({UNTRUSTED, ENDED, FAULTY})

NOT_TRUSTED: Final = "its code has not been trusted on this computer"
"""What the message of an untrusted layer says."""
_ENDED: Final = re.compile(
    r": (?:\w+ (?:did not end within|crashed in native code)|it ended the process|"
    r"it needed more memory than there is|the process that computes shapes ended)"
)
_LINE: Final = re.compile(r"([^/\\:›]+?), line (\d+): ")


def code_of(message: str) -> str:
    """Return the code of a problem with this message about an own layer."""
    if NOT_TRUSTED in message:
        return UNTRUSTED
    return ENDED if _ENDED.search(message) else FAULTY


def line_in(message: str) -> tuple[str, int]:
    """Return the name of the file and the line that a message names; ("", 0) when none."""
    found = _LINE.search(message)
    return (found[1].strip(), int(found[2])) if found else ("", 0)

"""The command `keras-workbench`: reads the arguments, calls a verb, shows errors in words.

Every verb is a module with `NAME`, `HELP`, `add_arguments(parser)` and `run(arguments) -> int`.
They import what they need inside `run`, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from workbench import __version__
from workbench.cli import (
    check,
    doctor,
    explain,
    export,
    import_,
    new,
    predict,
    screenshot,
    starter,
    train,
    trust,
    window,
)
from workbench.cli.output import OK, PROBLEM, STOPPED, show_error, show_unexpected
from workbench.errors import JobCancelled, WorkbenchError

VERBS: tuple[ModuleType, ...] = (
    window, starter, new, check, train, predict, explain, export, import_, trust, screenshot,
    doctor,
)  # fmt: skip
_EPILOG = """\
Without a verb the window opens: `keras-workbench` or `keras-workbench FOLDER`.

Exit codes: 0 all went well, 1 a problem was found, 2 wrong use of a command, 130 cancelled.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: The arguments; those of the process when left out.

    Returns:
        The exit code: 0 all went well, 1 a problem, 2 wrong usage, 130 cancelled.
    """
    _tolerant_output()
    arguments = _parse(list(sys.argv[1:] if argv is None else argv))
    call: Callable[[argparse.Namespace], int] = arguments.call
    try:
        code = call(arguments)
        sys.stdout.flush()
    except (KeyboardInterrupt, JobCancelled):
        print("Cancelled.", file=sys.stderr)
        return STOPPED
    except WorkbenchError as error:
        show_error(error, details=arguments.details)
        return PROBLEM
    except BrokenPipeError:  # the reader (`| head`) has gone: nothing more to say
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        show_unexpected(error)
        return PROBLEM
    return code


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="keras-workbench",
        description="Draw a Keras network, train it, see it learn, see why it predicts what it "
        "predicts.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"keras-workbench {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        sub = verbs.add_parser(verb.NAME, help=verb.HELP, description=verb.HELP)
        verb.add_arguments(sub)
        sub.add_argument(
            "--details", action="store_true", help="show the technical details of an error"
        )
        sub.set_defaults(call=verb.run)
    return parser.parse_args(_with_verb(argv))


def _with_verb(argv: list[str]) -> list[str]:
    """Put `window` before arguments that name no verb but nothing or a folder."""
    if not argv:
        return [window.NAME]
    first = argv[0]
    if first.startswith("-") or first in {verb.NAME for verb in VERBS}:
        return argv
    is_path = os.sep in first or "." in first or os.path.exists(first)  # noqa: PTH110
    return [window.NAME, *argv] if is_path else argv


def _tolerant_output() -> None:
    """Never fail because a terminal cannot show a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())

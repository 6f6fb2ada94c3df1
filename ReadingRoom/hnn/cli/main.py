"""The `hnn` command: parses the command line, runs one command, and turns errors into one line and an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from HeadNeckNodesLib.errors import InputError

from hnn.cli import demo, export, measure, pwi, spectral, stage

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE = 0
OWN_FAULT = 1
BAD_INPUT = 2
INTERRUPTED = 130
DEBUG_VARIABLE = "HNN_DEBUG"
COMMANDS = (stage, measure, spectral, pwi, export, demo)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    0 when done, 2 for input that cannot be used (one line on stderr), 1 for a fault of our own.
    """
    _accept_any_character()
    try:
        arguments = _parser().parse_args(argv)
        arguments.run(arguments)
        sys.stdout.flush()
    except InputError as error:
        _say(str(error))
        return BAD_INPUT
    except BrokenPipeError:
        _drop_stdout()
    except KeyboardInterrupt:
        _say("interrupted; nothing was left behind")
        return INTERRUPTED
    except Exception as error:  # the last stop: whatever escapes is our fault and must not look like the user's
        _say(_own_fault(error))
        return OWN_FAULT
    return DONE


class _Parser(argparse.ArgumentParser):
    """Reports a wrong command line like any other input that cannot be used: in one line."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="hnn",
        description="Grade and stage extranodal extension of neck lymph nodes. "
        "Research and teaching use, not a medical device.",
    )
    parser.add_argument("--version", action="version", version=f"hnn {_version()}")
    commands = parser.add_subparsers(metavar="command", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser


def _version() -> str:
    try:
        return version("headnecknodes")
    except PackageNotFoundError:
        return "(not installed)"


def _own_fault(error: Exception) -> str:
    """One line for the user. The text of the error is left out, since it may hold what was in the data."""
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exc()
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "hnn" in frame.filename or "Lib" in frame.filename
    ]
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return (
        f"internal error: {type(error).__name__}{place}; this is a fault of hnn {_version()}, please report it "
        f"with the command you ran and the output of the same command with {DEBUG_VARIABLE}=1"
    )


def _say(message: str) -> None:
    print("hnn: " + " ".join(message.split()), file=sys.stderr)


def _accept_any_character() -> None:
    """Names of cases and files may hold characters that the terminal has not."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_stdout() -> None:
    """Nobody reads the output any more (``hnn ... | head``): keep Python from complaining when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, io.UnsupportedOperation):
        return


if __name__ == "__main__":
    sys.exit(main())

"""``hnn stage``: grade the nodes of a reading document and stage the case."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import load_reading, reading_from_text
from iENEGraderLib.rules import assess

from hnn.cli.summary import assessment_lines

if TYPE_CHECKING:
    import argparse

    from iENEGraderLib.reading import Reading

STDIN = "-"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "stage",
        help="grade and stage a reading document",
        description="Grade every node of a reading document, and give N category and stage by each edition.",
    )
    parser.add_argument("reading", help="reading document (JSON); - reads it from standard input")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the assessment of a reading.

    Raises
    ------
    InputError
        When the document cannot be read, or cannot be staged as it stands.
    """
    reading = _reading(arguments.reading)
    assessment = assess(reading)
    if assessment.refusals:
        raise InputError(f"{_name(arguments.reading)}: {assessment.refusals[0]}")
    if arguments.json:
        print(json.dumps(assessment.to_json(), indent=2, allow_nan=False))
    else:
        print("\n".join(assessment_lines(reading, assessment)))


def _name(path: str) -> str:
    return "standard input" if path == STDIN else path


def _reading(path: str) -> Reading:
    if path != STDIN:
        return load_reading(path)
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{_name(path)}: not a text; expected a reading document (JSON, UTF-8)") from error
    return reading_from_text(text, _name(path))

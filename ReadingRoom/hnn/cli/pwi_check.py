"""``hnn pwi check``: which recommendations a DCE-MRI study meets, which it does not, and what cannot be told."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import replaced_when_complete

from hnn.cli.pwi_check_lines import audit_lines, check_lines
from hnn.software import software

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.study import Study

    Json = dict[str, object]

AUDIT_SCHEMA = "hnn-pwi-audit/1"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "check",
        help="compare a DCE-MRI study with the recommendations of the expert panel",
        description="Tell criterion by criterion what a study meets, what it does not meet, and what cannot be told "
        "from the data. Several studies give one table.",
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="folder or file of a study (DICOM); several are an audit"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--html", metavar="FILE", help="write the report, or the table of several studies, as a page")
    parser.add_argument("--csv", metavar="FILE", help="write a table with one row for each study")
    parser.add_argument("--answers", metavar="FILE", help="JSON file with what DICOM lacks: rate, flush, dose ...")
    parser.add_argument("--rules", metavar="FILE", help="TOML file with rules of your site")
    parser.add_argument(
        "--indication",
        metavar="ID",
        help="the clinical scenario, shown in the report: diagnosis, n_staging, radiotherapy_planning, early_response, "
        "response_after_treatment, recurrence",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Check the studies and print what was found.

    Raises
    ------
    InputError
        When a file cannot be used, or there is no study; nothing is written then.
    """
    _require_new_names(arguments)
    checks = _checked(arguments)
    document = _document(checks)
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    files = _written(arguments, checks)
    if arguments.json:
        print(text)
    else:
        lines = check_lines(checks[0]) if len(checks) == 1 else audit_lines(checks)
        print("\n".join([*lines, *files]))


def _require_new_names(arguments: argparse.Namespace) -> None:
    """Refuse results that would replace each other, a file that is read, or any DICOM image."""
    results = [Path(name).resolve() for name in (arguments.html, arguments.csv) if name]
    if len(set(results)) < len(results):
        raise InputError(f"{arguments.html}: --html and --csv name the same file; give two names")
    for name in filter(None, (*arguments.paths, arguments.answers, arguments.rules)):
        if Path(name).resolve() in results:
            raise InputError(f"{name}: the result would replace a file that is read; give another name")
    for path in results:
        if path.is_file() and _is_dicom(path):
            raise InputError(f"{path}: the result would replace a DICOM file; give another name")


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(132)[128:] == b"DICM"


def _checked(arguments: argparse.Namespace) -> list[ProtocolCheck]:
    from dataclasses import replace

    from PWIProtocolLib.protocol.answers import Answers, read_answers
    from PWIProtocolLib.protocol.checker import check_study
    from PWIProtocolLib.protocol.recommendations import recommendations

    rules = recommendations(arguments.rules)
    answers = read_answers(arguments.answers) if arguments.answers else Answers()
    if "" in arguments.paths:
        raise InputError("PATH is empty; give the folder of a study")
    if arguments.indication:
        rules.indication(arguments.indication)
        answers = replace(answers, indication=arguments.indication)
    studies = _read(arguments.paths)
    if len(studies) > 1 and answers.items:
        raise InputError(
            f"{arguments.answers}: answers belong to one study, found {len(studies)}; check each study with its own"
        )
    return [check_study(study, answers, rules, progress=_progress(f"checking {study.label}")) for study in studies]


def _read(paths: Sequence[str]) -> tuple[Study, ...]:
    from PWIProtocolLib.protocol.study import read_studies

    return read_studies([Path(name) for name in paths], progress=_progress("reading headers"))


def _document(checks: Sequence[ProtocolCheck]) -> Json:
    from PWIProtocolLib.protocol.check_json import to_json

    if len(checks) == 1:
        return to_json(checks[0]) | {"software": software()}
    return {"schema": AUDIT_SCHEMA, "software": software(), "studies": [to_json(each) for each in checks]}


def _written(arguments: argparse.Namespace, checks: Sequence[ProtocolCheck]) -> list[str]:
    """Write all results, or none; return their names."""
    from PWIProtocolLib.report.audit_csv import audit_csv
    from PWIProtocolLib.report.audit_page import audit_html
    from PWIProtocolLib.report.check_page import check_html

    results: list[tuple[str, str]] = []
    if arguments.html:
        page = check_html(checks[0], software()) if len(checks) == 1 else audit_html(checks, software())
        results.append((arguments.html, page))
    if arguments.csv:
        results.append((arguments.csv, audit_csv(checks)))
    with ExitStack() as unfinished:
        for name, text in results:
            unfinished.enter_context(replaced_when_complete(name)).write_text(text, encoding="utf-8")
    return [name for name, _ in results]


def _progress(what: str) -> Callable[[int, int], bool] | None:
    """Tell somebody who waits at a terminal what is being done."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> bool:
        print(f"\r{what}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr)
        return True

    return tell

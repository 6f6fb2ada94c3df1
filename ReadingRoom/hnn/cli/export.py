"""``hnn export``: a read case as DICOM, teaching file, report, table or FHIR, for whoever needs it next."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from hnn.cli.export_lines import outcome_lines, outcomes_json
from hnn.software import software

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from iENEGraderLib.export.dicom.seg import Algorithm
    from iENEGraderLib.export.job.exporting import ExportRequest
    from iENEGraderLib.export.job.target import Target

    from hnn.export.batch import CaseOutcome
    from hnn.export.case_files import CaseFiles

DEFAULT_KEY = "~/.hnn-pseudonyms.key"
ON, OFF = "on", "off"
OWN_FILES = ("--image", "--segmentation", "--reading")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "export",
        help="export read cases: DICOM, teaching file, report, table, FHIR",
        description="Export read cases. A case is a scene (.mrb), a folder with one image, one segmentation and one "
        "reading, or these three files; several cases, or a folder of cases, are done in one call. Each case gets a "
        "folder of its own in --out; it appears complete or not at all.",
    )
    parser.add_argument("cases", metavar="CASE", nargs="*", help="scene (.mrb), folder with a case, folder of cases")
    parser.add_argument("--image", help="image of the one case to export: DICOM folder, NRRD, NIfTI or MetaImage")
    parser.add_argument("--segmentation", help="node segments on the grid of the image (.seg.nrrd or label volume)")
    parser.add_argument("--reading", help="reading document (JSON) whose nodes name their segments")
    parser.add_argument("--map", metavar="FILE", nargs="+", default=[], help="maps of hnn spectral (NRRD)")
    parser.add_argument("--teaching", metavar="FILE", help="what a teacher wrote about the case (teaching.toml)")
    parser.add_argument("--to", metavar="TARGET,...", required=True, help="what to write; a wrong name lists all")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for the results")
    parser.add_argument(
        "--deidentify",
        choices=(ON, OFF),
        help="replace or leave out what identifies the patient, and read every written byte again to be sure (on when "
        "a teaching file is written, which never goes without; else off)",
    )
    parser.add_argument(
        "--key", metavar="FILE", default=DEFAULT_KEY, help="key of the pseudonyms, made when missing (%(default)s)"
    )
    parser.add_argument(
        "--deface",
        action="store_true",
        help="take the face from de-identified images; needs a segment mandible or hyoid",
    )
    parser.add_argument(
        "--anatomy-by",
        metavar="HOW",
        help="how segments that are no nodes were drawn, for dicom-seg: manual, or automatic:NAME:VERSION or "
        "semiautomatic:NAME:VERSION of the program",
    )
    parser.add_argument("--simulated", action="store_true", help="say that the image is computed, not of a patient")
    parser.add_argument("--force", action="store_true", help="replace what an earlier export of a case has written")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Export the cases and print what was written.

    Raises
    ------
    InputError
        When a case could not be exported; the others are done.
    """
    from iENEGraderLib.export.report_content import ImageOrigin

    from hnn.export.batch import export_cases, write_table

    cases = _cases(arguments)
    request = _request(arguments)
    origin = ImageOrigin.SIMULATED if arguments.simulated else ImageOrigin.REAL
    outcomes = export_cases(cases, request, origin, _say)
    if len(outcomes) == 1:
        _raise_failures(outcomes)
    table = write_table(outcomes, request)
    if arguments.json:
        print(json.dumps(outcomes_json(outcomes, table), indent=2, allow_nan=False))
    else:
        print("\n".join(outcome_lines(outcomes, table)))
    _raise_failures(outcomes)


def _cases(arguments: argparse.Namespace) -> Sequence[Path | CaseFiles]:
    from hnn.export.case_files import CaseFiles, places_in

    given = [arguments.image, arguments.segmentation, arguments.reading]
    if not any(given):
        if not arguments.cases:
            raise InputError(f"say which case: CASE, or {', '.join(OWN_FILES)}; see hnn export --help")
        if arguments.map or arguments.teaching:
            raise InputError(
                "--map and --teaching belong to --image, --segmentation and --reading; put the files into "
                "the folder of the case instead"
            )
        return [place for case in arguments.cases for place in places_in(Path(case))]
    if not all(given) or arguments.cases:
        missing = ", ".join(name for name, value in zip(OWN_FILES, given, strict=True) if not value)
        raise InputError(
            f"{', '.join(OWN_FILES)} go together and without CASE; "
            f"{f'missing: {missing}' if missing else f'found also {arguments.cases[0]}'}"
        )
    image, segmentation, reading = (Path(name) for name in given)
    teaching = Path(arguments.teaching) if arguments.teaching else None
    return [CaseFiles(image, segmentation, reading, tuple(Path(name) for name in arguments.map), teaching)]


def _request(arguments: argparse.Namespace) -> ExportRequest:
    from iENEGraderLib.export.job.exporting import ExportRequest
    from iENEGraderLib.export.job.registry import targets_named

    targets = targets_named([name.strip() for name in arguments.to.split(",") if name.strip()])
    anatomy_by = _algorithm(arguments.anatomy_by) if arguments.anatomy_by else None
    key = _key(arguments, targets)
    return ExportRequest(targets, Path(arguments.out), key, arguments.force, software(), arguments.deface, anatomy_by)


def _algorithm(text: str) -> Algorithm:
    """Return what ``--anatomy-by`` says."""
    from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind

    kind, *program = (part.strip() for part in text.split(":"))
    needed = 0 if kind == "manual" else 2
    if kind.upper() not in list(AlgorithmKind) or len(program) != needed or not all(program):
        raise InputError(
            f"--anatomy-by: found {text!r}; expected manual, automatic:NAME:VERSION or semiautomatic:NAME:VERSION"
        )
    name, version = program or ("", "")
    return Algorithm(AlgorithmKind(kind.upper()), name, version)


def _key(arguments: argparse.Namespace, targets: Sequence[Target]) -> bytes | None:
    """Return the key of the pseudonyms; None when nothing is de-identified."""
    wanted = arguments.deidentify or (ON if any(target.is_for_sharing for target in targets) else OFF)
    if wanted == OFF:
        return None
    from iENEGraderLib.export.deidentify.key_file import key_from

    key, out = Path(arguments.key).expanduser().absolute(), Path(arguments.out).absolute()
    if out in key.parents:
        raise InputError(f"{key}: the key would lie among the exports, and whoever has it can undo the pseudonyms")
    return key_from(key)


def _raise_failures(outcomes: Sequence[CaseOutcome]) -> None:
    failed = [each for each in outcomes if each.exported is None]
    if not failed:
        return
    fault = next((each.fault for each in failed if each.fault is not None), None)
    if len(outcomes) == 1 and fault is None:
        raise InputError(failed[0].reason)
    for each in failed:
        print(f"hnn: {each.name}: {' '.join(each.reason.split())}", file=sys.stderr)
    if fault is not None:
        raise fault
    raise InputError(f"{len(failed)} of {len(outcomes)} cases could not be exported; the others are done")


def _say(what: str) -> None:
    """Tell somebody who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)

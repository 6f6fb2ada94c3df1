"""``hnn export``: a read case as DICOM, teaching file, report, table or FHIR, for whoever needs it next."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from hnn.cli.export_cases import cases_of
from hnn.cli.export_lines import named_reason, outcome_lines, outcomes_json
from hnn.software import software

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from iENEGraderLib.export.dicom.seg import Algorithm
    from iENEGraderLib.export.job.exporting import ExportRequest
    from iENEGraderLib.export.job.target import Target

    from hnn.export.batch import CaseOutcome

DEFAULT_KEY = "~/.hnn-pseudonyms.key"
ON, OFF = "on", "off"
TARGET_WORDS = {
    "dicom-seg": "segments as DICOM segmentation",
    "dicom-sr": "reading as DICOM structured report, with key images",
    "parametric-map": "maps of iodine, fat and perfusion as DICOM Parametric Maps",
    "teaching-file": "page with quiz, MIRC document, surfaces; always de-identified",
    "report": "report as HTML, and as PDF where a browser is installed",
    "csv": "table with one row for each node",
    "fhir": "grade, stages, findings and measurements as Observations (FHIR R5)",
}
"""Said here as well, so that help is there at once."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "export",
        help="export read cases: DICOM, teaching file, report, table, FHIR",
        description="Export read cases. A case is a scene (.mrb), a folder with one image, one segmentation and one "
        "reading, or these three files; several cases, or a folder of cases, are done in one call. Each case gets a "
        "folder of its own in --out; it appears complete or not at all.",
        epilog="targets: " + "; ".join(f"{name}: {what}" for name, what in TARGET_WORDS.items()),
    )
    parser.add_argument("cases", metavar="CASE", nargs="*", help="scene (.mrb), folder with a case, folder of cases")
    parser.add_argument("--image", help="image of the one case to export: DICOM folder, NRRD, NIfTI or MetaImage")
    parser.add_argument("--segmentation", help="node segments on the grid of the image (.seg.nrrd or label volume)")
    parser.add_argument("--reading", help="reading document (JSON) whose nodes name their segments")
    parser.add_argument(
        "--map",
        metavar="[NAME[:UNIT]=]FILE",
        nargs="+",
        action="extend",
        default=[],
        help="maps of the one case: those of hnn spectral and hnn pwi fit say what they hold; say it of others, as "
        "in ktrans:/min=FILE (iodine, fat-fraction, ktrans, kep, ve, vp, t1)",
    )
    parser.add_argument(
        "--perfusion", metavar="DIR", help="output folder of hnn pwi fit: its maps of Ktrans, kep, ve, vp and T1"
    )
    parser.add_argument("--teaching", metavar="FILE", help="what a teacher wrote about the case (teaching.toml)")
    parser.add_argument("--to", metavar="TARGET,...", required=True, help="what to write, see below")
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
        "--nodes-by",
        metavar="HOW",
        help="how the nodes were drawn, for dicom-seg: manual, or automatic:NAME:VERSION or semiautomatic:NAME:VERSION "
        "of the program (manual when not given, and a note says so)",
    )
    parser.add_argument("--anatomy-by", metavar="HOW", help="the same for all other segments")
    parser.add_argument(
        "--seg-frames",
        choices=("all", "filled", "labelmap"),
        default="all",
        help="frames of dicom-seg: all, which every viewer reads; filled, without empty ones: smaller; labelmap: "
        "smallest, for viewers that know Label Map Segmentation (default: %(default)s)",
    )
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument("--simulated", action="store_true", help="say that the image is computed, not of a patient")
    origin.add_argument("--real", action="store_true", help="say that the image is of a patient (else not stated)")
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
    from iENEGraderLib.export.job.placing import left_behind
    from iENEGraderLib.export.report_content import ImageOrigin

    from hnn.export.batch import export_cases, write_table

    cases = cases_of(arguments)
    request = _request(arguments)
    unless_simulated = ImageOrigin.REAL if arguments.real else ImageOrigin.NOT_STATED
    origin = ImageOrigin.SIMULATED if arguments.simulated else unless_simulated
    for folder in left_behind(request.out):
        print(
            f"{folder}: left by a run that was broken off, or of one that still goes on; nobody has checked what is in "
            "it: never share it",
            file=sys.stderr,
        )
    outcomes = export_cases(cases, request, origin, _say)
    if len(outcomes) == 1:
        _raise_failures(outcomes)
    table = write_table(outcomes, request)
    if arguments.json:
        print(json.dumps(outcomes_json(outcomes, table), indent=2, allow_nan=False))
    else:
        print("\n".join(outcome_lines(outcomes, table)))
    _raise_failures(outcomes)


def _request(arguments: argparse.Namespace) -> ExportRequest:
    from iENEGraderLib.export.dicom.seg import SegmentationForm
    from iENEGraderLib.export.job.exporting import ExportRequest
    from iENEGraderLib.export.job.registry import targets_named
    from iENEGraderLib.export.job.segmentation_choice import SegmentationChoice

    targets = targets_named([name.strip() for name in arguments.to.split(",") if name.strip()])
    key = _key(arguments, targets)
    return ExportRequest(
        targets,
        Path(arguments.out),
        key,
        replaces=arguments.force,
        software=software(),
        deface=arguments.deface,
        choice=SegmentationChoice(
            _algorithm("--nodes-by", arguments.nodes_by),
            _algorithm("--anatomy-by", arguments.anatomy_by),
            SegmentationForm(arguments.seg_frames),
        ),
    )


def _algorithm(option: str, text: str | None) -> Algorithm | None:
    """Return what an option says of how segments were drawn; None when it was not given."""
    from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind

    if text is None:
        return None
    kind, *program = (part.strip() for part in text.split(":"))
    needed = 0 if kind == "manual" else 2
    if kind.upper() not in list(AlgorithmKind) or len(program) != needed or not all(program):
        raise InputError(
            f"{option}: found {text!r}; expected manual, automatic:NAME:VERSION or semiautomatic:NAME:VERSION"
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
        print(f"hnn: {' '.join(named_reason(each).split())}", file=sys.stderr)
    if fault is not None:
        raise fault
    others = "; the others are done" if len(failed) < len(outcomes) else ""
    raise InputError(f"{len(failed)} of {len(outcomes)} cases could not be exported{others}")


def _say(what: str) -> None:
    """Tell somebody who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)

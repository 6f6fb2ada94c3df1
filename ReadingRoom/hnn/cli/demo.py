"""``hnn demo``: the whole job on the sample case, or on a user's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.notice import NOTICE

from hnn.cli.summary import node_lines, stage_line
from hnn.headless.render_window import choose_render_window

if TYPE_CHECKING:
    import argparse

    from hnn.case import Case
    from hnn.demo import DemoResult

DEFAULT_FOLDER = "hnn-demo"
OWN_FILES = ("--image", "--segmentation", "--reading")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "demo",
        help="do the whole job on the sample case or on your own",
        description="Measure, grade and stage a case and write reading, scene, segmentation, key images and report. "
        "Without --image, --segmentation and --reading this is done on a computed sample case.",
    )
    parser.add_argument("--out", metavar="DIR", default=DEFAULT_FOLDER, help="folder for the results (%(default)s)")
    parser.add_argument("--image", help="CT in HU: DICOM folder, NRRD, NIfTI or MetaImage")
    parser.add_argument("--segmentation", help="node segments on the grid of the image (.seg.nrrd or label volume)")
    parser.add_argument("--reading", help="reading document (JSON) whose nodes name their segments")
    parser.add_argument("--simulated", action="store_true", help="say in the report that the image is computed")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Do the job and print a summary.

    Raises
    ------
    InputError
        When files are missing or cannot be used; nothing is written then.
    """
    given = [arguments.image, arguments.segmentation, arguments.reading]
    if any(given) and not all(given):
        missing = ", ".join(name for name, value in zip(OWN_FILES, given, strict=True) if not value)
        raise InputError(f"a case of your own needs {', '.join(OWN_FILES)}; missing: {missing}")
    # Slicer and VTK are loaded only now, so that the other commands start at once.
    choose_render_window()
    from hnn.demo import RESULT_FILES, run_demo
    from hnn.quiet import quiet_slicer
    from hnn.result_folder import require_apart

    folder = Path(arguments.out)
    require_apart(folder, RESULT_FILES, [name for name in given if name])
    with quiet_slicer():
        result = run_demo(_case(arguments), folder, _say)
    if arguments.json:
        print(json.dumps(_as_json(result), indent=2, allow_nan=False))
    else:
        print("\n".join(_summary(result)))


def _case(arguments: argparse.Namespace) -> Case:
    from iENEGraderLib.export.report_content import ImageOrigin

    from hnn.case import case_of_files, sample_case

    if not arguments.image:
        _say("computing the sample case")
        return sample_case()
    _say("reading the files")
    origin = ImageOrigin.SIMULATED if arguments.simulated else ImageOrigin.REAL
    return case_of_files(arguments.image, arguments.segmentation, arguments.reading, origin)


def _as_json(result: DemoResult) -> dict[str, object]:
    return {
        "folder": str(result.folder),
        "files": list(result.files),
        "assessment": result.assessment.to_json(),
    }


def _summary(result: DemoResult) -> list[str]:
    assessment = result.assessment
    lines = [f"Case {result.reading.case_id}, grade {assessment.grade}"]
    lines += [f"  {line}" for line in node_lines(result.reading, assessment)]
    lines += [f"  {stage_line(edition)}" for edition in assessment.staging]
    lines += [f"  caution: {warning}" for warning in assessment.warnings]
    lines += ["", *(str(result.folder / name) for name in result.files)]
    return [*lines, "", NOTICE]


def _say(what: str) -> None:
    """Tell somebody who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)

"""``hnn spectral``: monochromatic images, iodine, fat and virtual non-contrast from spectral CT series."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.notice import NOTICE

from hnn.software import software

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from iENEGraderLib.spectral.recognition import SpectralSeries

    from hnn.spectral_job import PlannedMap, SpectralJob, Wanted

WIDTH = 100
MAPS = ("iodine", "fat", "vnc", "iodine-2", "vnc-3")
AGENTS = ("iodine", "none", "gadolinium", "hafnium", "tantalum", "tungsten", "gold", "bismuth", "holmium", "ytterbium")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "spectral",
        help="compute monochromatic images, iodine, fat and virtual non-contrast from spectral CT",
        description="Compute maps from two or more virtual monochromatic series, two tube voltages or energy bins, or "
        "an iodine map with a monochromatic series. --inspect tells what the series are, and why, and stops.",
    )
    parser.add_argument(
        "--series",
        metavar="PATH[:keV=50,...]",
        action="append",
        required=True,
        help="DICOM folder or file, NRRD, NIfTI or MetaImage; give it once for each series. What stands behind the "
        "colon outweighs the header: keV, kV, tin, bin, slope, kind, unit, kernel, series",
    )
    parser.add_argument("--kev", metavar="E", type=float, nargs="+", help="energies to compute (40 50 60 70)")
    parser.add_argument("--maps", metavar="MAP", choices=MAPS, nargs="+", help=f"of {', '.join(MAPS)} (iodine fat vnc)")
    parser.add_argument("--agent", choices=AGENTS, help="contrast agent, when the headers do not say it (iodine)")
    parser.add_argument("--out", metavar="DIR", help="folder for the maps (NRRD) and spectral.json")
    parser.add_argument(
        "--dicom", action="store_true", help="also write DICOM series; they hold the patient module of the source"
    )
    parser.add_argument("--inspect", action="store_true", help="tell what the series are, and why, and stop")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Compute the maps, or tell what the series are.

    Raises
    ------
    InputError
        When no map can be made of the series; nothing is written then.
    """
    if not arguments.inspect and not arguments.out:
        raise InputError("say where the maps go with --out, or ask what the series are with --inspect")
    from iENEGraderLib.spectral.recognition import read_spectral_series

    _say("reading the series")
    series = [read_spectral_series(given) for given in arguments.series]
    if arguments.inspect:
        _inspect(series, as_json=arguments.json)
        return
    from hnn.spectral_job import planned_job

    job = planned_job(series, _wanted(arguments))
    text = _written(job, Path(arguments.out), dicom=arguments.dicom)
    print(text if arguments.json else "\n".join(_summary(job, Path(arguments.out), dicom=arguments.dicom)))


def _wanted(arguments: argparse.Namespace) -> Wanted:
    from iENEGraderLib.spectral import ContrastAgent

    from hnn.spectral_job import MapName, Wanted

    agent = ContrastAgent(arguments.agent) if arguments.agent else None
    if arguments.kev is None and arguments.maps is None:
        return Wanted(agent=agent)
    energies = tuple(dict.fromkeys(arguments.kev or ()))
    return Wanted(energies, tuple(MapName(name) for name in dict.fromkeys(arguments.maps or ())), agent)


def _written(job: SpectralJob, folder: Path, *, dicom: bool) -> str:
    """Write all results, or none; return the document."""
    from hnn.result_folder import filled_when_complete, require_apart
    from hnn.spectral_document import job_json
    from hnn.spectral_files import DOCUMENT_NAME, require_room_for_dicom, result_names, write_maps

    require_apart(folder, result_names(job), [str(one.path) for one in job.series])
    if dicom:
        require_room_for_dicom(job, folder)
    text = json.dumps(job_json(job, software()), indent=2, allow_nan=False)
    with filled_when_complete(folder) as work:
        write_maps(job, work, software(), dicom=dicom, say=_say)
        (work / DOCUMENT_NAME).write_text(text + "\n", encoding="utf-8")
    return text


def _inspect(series: Sequence[SpectralSeries], *, as_json: bool) -> None:
    from iENEGraderLib.spectral.recognition import group_series

    from hnn.spectral_document import recognition_json

    groups = group_series(series)
    if as_json:
        print(json.dumps(recognition_json(series, groups), indent=2, allow_nan=False))
        return
    lines = []
    for number, one in enumerate(series, 1):
        lines += [f"{number}  {one.path}", *(f"   {line}" for line in _recognised_lines(one))]
    print("\n".join([*lines, "", *_group_lines(series, groups), "", *wrap(NOTICE, WIDTH)]))


def _recognised_lines(one: SpectralSeries) -> list[str]:
    known = one.recognised
    lines = [f"{known.describe()}, {known.confidence}", *(f"  {each.line()}" for each in known.decisions)]
    lines += [f"  open: {question.text}" for question in known.questions]
    return lines + [f"  caution: {warning}" for warning in known.warnings]


def _group_lines(series: Sequence[SpectralSeries], groups: Sequence[Sequence[SpectralSeries]]) -> list[str]:
    from iENEGraderLib.spectral.recognition import why_not_together

    numbers = {id(one): number for number, one in enumerate(series, 1)}
    lines = [f"together: {', '.join(str(numbers[id(one)]) for one in group)}" for group in groups]
    for other in groups[1:]:
        reason = why_not_together(groups[0][0], other[0])
        lines.append(f"apart: {numbers[id(groups[0][0])]} and {numbers[id(other[0])]}, {reason}")
    return lines


def _summary(job: SpectralJob, folder: Path, *, dicom: bool) -> list[str]:
    from hnn.spectral_files import DICOM_FOLDER

    lines = [f"From {job.data.kind.value}, basis {job.data.basis}"]
    for one in job.used:
        lines += _recognised_lines(one)
    if job.test:
        lines.append(f"self-test: {job.test.left_out} foretold within {abs(job.test.held_out_error_hu):.1f} HU")
    lines += [f"{_title(planned)}: {folder / planned.file_stem}.nrrd" for planned in job.maps]
    if dicom:
        lines.append(f"DICOM, with the patient module of the source: {folder / DICOM_FOLDER}")
    warnings = dict.fromkeys([*job.warnings, *(text for planned in job.maps for text in planned.blend.warnings)])
    lines += [line for text in warnings for line in wrap(f"caution: {text}", WIDTH, subsequent_indent="  ")]
    return [*lines, "", *wrap(NOTICE, WIDTH)]


def _title(planned: PlannedMap) -> str:
    unit = {"[hnsf'U]": " [HU]", "1": ""}.get(planned.blend.unit, f" [{planned.blend.unit}]")
    return f"{planned.blend.name}{unit}"


def _say(what: str) -> None:
    """Tell somebody who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)

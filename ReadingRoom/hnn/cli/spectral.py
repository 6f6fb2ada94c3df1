"""``hnn spectral``: monochromatic images, iodine, fat and virtual non-contrast from spectral CT series."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from hnn.software import software

if TYPE_CHECKING:
    import argparse

    from hnn.spectral.job import SpectralJob, Wanted

MAPS = ("iodine", "fat", "vnc", "iodine-2", "vnc-3")
AGENTS = ("iodine", "none", "gadolinium", "hafnium", "tantalum", "tungsten", "gold", "bismuth", "holmium", "ytterbium")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "spectral",
        help="compute monochromatic images, iodine, fat and virtual non-contrast from spectral CT",
        description="Compute maps from two or more virtual monochromatic series, two tube voltages or energy bins, or "
        "an iodine map with a monochromatic series, or iodine from a pair of scans before and after contrast agent. "
        "--inspect tells what the series are, and why, and stops.",
    )
    parser.add_argument(
        "--series",
        metavar="PATH[:keV=50,...]",
        action="append",
        required=True,
        help="DICOM folder or file, NRRD, NIfTI or MetaImage; give it once for each series, with --inspect also "
        "folders of many. What stands behind the colon outweighs the header: keV, kV, tin, bin, slope, kind, unit, "
        "kernel, series; kind=pre and kind=post mark a pair before and after contrast agent",
    )
    parser.add_argument("--kev", metavar="E", type=float, nargs="+", help="energies to compute (40 50 60 70)")
    parser.add_argument("--maps", metavar="MAP", choices=MAPS, nargs="+", help=f"of {', '.join(MAPS)} (iodine fat vnc)")
    parser.add_argument("--agent", choices=AGENTS, help="contrast agent, when the headers do not say it (iodine)")
    parser.add_argument(
        "--calibrate",
        metavar="ROIS[:fat=ID,muscle=ID]",
        help="segmentation with the segments fat and muscle, drawn in subcutaneous fat and in muscle of the patient; "
        "fat fractions then rest on them, and iodine is relative to that muscle",
    )
    parser.add_argument(
        "--noise-reduced",
        action="store_true",
        help="also write each energy noise-reduced, to be looked at; measure in the plain images",
    )
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
    if arguments.inspect:
        from hnn.spectral.inspection import inspected, inspection_json, inspection_text

        found = inspected(arguments.series, _say)
        print(inspection_json(found) if arguments.json else inspection_text(found))
        return
    from iENEGraderLib.spectral.recognition import read_spectral_series

    from hnn.spectral.job import planned_job
    from hnn.spectral.text import summary

    _say("reading the series")
    series = [read_spectral_series(given) for given in arguments.series]
    job = planned_job(series, _wanted(arguments), lambda share, what: _say(f"{what}, {100 * share:.0f} %"))
    text = _written(job, Path(arguments.out), dicom=arguments.dicom)
    print(text if arguments.json else summary(job, Path(arguments.out), dicom=arguments.dicom))


def _wanted(arguments: argparse.Namespace) -> Wanted:
    from iENEGraderLib.spectral import ContrastAgent

    from hnn.spectral.job import MapName, Wanted

    agent = ContrastAgent(arguments.agent) if arguments.agent else None
    energies = tuple(dict.fromkeys(arguments.kev or ()))
    maps = tuple(MapName(name) for name in dict.fromkeys(arguments.maps or ()))
    return Wanted(energies, maps, agent, arguments.noise_reduced, arguments.calibrate)


def _written(job: SpectralJob, folder: Path, *, dicom: bool) -> str:
    """Write all results, or none; return the document."""
    from hnn.result_folder import filled_when_complete, require_apart
    from hnn.spectral.document import job_json
    from hnn.spectral.files import DOCUMENT_NAME, require_room_for_dicom, result_names, write_maps

    require_apart(folder, result_names(job), [str(one.path) for one in job.series])
    if dicom:
        require_room_for_dicom(job, folder)
    text = json.dumps(job_json(job, software()), indent=2, allow_nan=False)
    with filled_when_complete(folder) as work:
        write_maps(job, work, software(), dicom=dicom, say=_say)
        (work / DOCUMENT_NAME).write_text(text + "\n", encoding="utf-8")
    return text


def _say(what: str) -> None:
    """Tell somebody who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)

"""``hnn measure``: everything that can be measured of the nodes of a segmentation, as evidence for a reader."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import replaced_when_complete

from hnn.cli.measurement_lines import measurement_lines
from hnn.software import software

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from iENEGraderLib.measure.case.maps import MeasureMaps
    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.spectral.map_file import MapFile


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "measure",
        help="measure the nodes of a segmentation",
        description="Measure every node and every node with what lies beside it: size, side, level, contact with "
        "vessels, veins, spikes, coalescence, infiltration. Evidence for a reader, never a grade.",
    )
    parser.add_argument("--image", required=True, help="CT in HU: DICOM folder, NRRD, NIfTI or MetaImage")
    parser.add_argument(
        "--segmentation", required=True, help="nodes and structures on the grid of the image (.seg.nrrd)"
    )
    parser.add_argument("--roles", metavar="FILE", help="JSON file that says what segments are")
    parser.add_argument(
        "--vessels", metavar="NAME", nargs="+", help="measure contact with these segments only, whatever their roles"
    )
    parser.add_argument("--preferences", metavar="FILE", help="TOML file with thresholds of your own")
    parser.add_argument(
        "--iodine-map", metavar="FILE", help="iodine in mg/mL (hnn spectral): infiltration and veins are judged by it"
    )
    parser.add_argument(
        "--fat-map", metavar="FILE", help="fat fraction (hnn spectral): spikes and fat planes are judged by it"
    )
    parser.add_argument(
        "--vmi-map",
        metavar="FILE",
        nargs="+",
        default=[],
        help="monochromatic images (hnn spectral), read in nodes",
    )
    parser.add_argument("--figures", metavar="DIR", help="folder for figures (SVG)")
    parser.add_argument("--out", metavar="FILE", help="write the JSON into this file")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure a case and print what was found.

    Raises
    ------
    InputError
        When a file cannot be used; nothing is written then.
    """
    _require_new_name(arguments)
    case = _measured(arguments)
    from iENEGraderLib.measure.case.document.document import document_text

    text = document_text(case.to_json(software()))
    # A result that cannot be written leaves the other unwritten as well.
    with replaced_when_complete(arguments.out) if arguments.out else nullcontext() as unfinished:
        if unfinished:
            unfinished.write_text(text, encoding="utf-8")
        files = _written_figures(arguments, case)
    if arguments.out:
        files.append(arguments.out)
    if arguments.json:
        print(text, end="")
    else:
        print("\n".join([*measurement_lines(case), *files]))


def _require_new_name(arguments: argparse.Namespace) -> None:
    """Refuse a result that would take the place of a file that is read."""
    given = [arguments.image, arguments.segmentation, arguments.roles, arguments.preferences]
    given += [arguments.iodine_map, arguments.fat_map, *arguments.vmi_map]
    if arguments.out and Path(arguments.out).resolve() in {Path(name).resolve() for name in given if name}:
        raise InputError(f"{arguments.out}: the result would replace a file that is read; give another name with --out")


def _measured(arguments: argparse.Namespace) -> CaseMeasurements:
    # Reading images and measuring load what the other commands do not need.
    from HeadNeckNodesLib.imaging.read import read_image
    from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
    from HeadNeckNodesLib.imaging.segmentation import segmentation_on
    from iENEGraderLib.measure.case.measure_case import measure_case
    from iENEGraderLib.measure.case.roles import assign_roles
    from iENEGraderLib.measure.preferences import default_preferences, load_preferences

    preferences = load_preferences(arguments.preferences) if arguments.preferences else default_preferences()
    segmentation = read_segmentation(arguments.segmentation)
    image = read_image(arguments.image)
    segmentation = segmentation_on(image, segmentation)
    roles = assign_roles(segmentation, arguments.roles, preferences)
    if not roles.nodes:
        raise InputError(
            f"{segmentation.source}: there is no lymph node in it, found "
            f"{', '.join(each.name for each in segmentation.segments)}; "
            "name the segments of nodes node_1, node_2 ... or say in a file which they are (--roles)"
        )
    vessels = None if arguments.vessels is None else _named(arguments.vessels, segmentation)
    maps = _maps(arguments)
    maps.require_on(image.geometry)
    return measure_case(image, segmentation, roles, preferences, vessels=vessels, maps=maps, progress=_say)


def _maps(arguments: argparse.Namespace) -> MeasureMaps:
    """Read the maps; a file that does not say what it shows and in which unit is refused."""
    from iENEGraderLib.measure.case.maps import MeasureMaps
    from iENEGraderLib.spectral import MapKind
    from iENEGraderLib.spectral.map_file import read_map, require_kind

    def of_kind(path: str, kind: MapKind) -> MapFile:
        return require_kind(read_map(path), kind, path)

    iodine = of_kind(arguments.iodine_map, MapKind.IODINE).image if arguments.iodine_map else None
    fat = of_kind(arguments.fat_map, MapKind.FAT_FRACTION).image if arguments.fat_map else None
    monochromatic: dict[float, Image] = {}
    for path in arguments.vmi_map:
        found = of_kind(path, MapKind.MONOCHROMATIC)
        if found.kev is None or found.kev in monochromatic:
            what = "does not say its energy" if found.kev is None else f"is a second image of {found.kev:g} keV"
            raise InputError(f"{path}: {what}; give one monochromatic image of each energy, written by hnn spectral")
        monochromatic[found.kev] = found.image
    return MeasureMaps(iodine, fat, monochromatic)


def _named(names: Sequence[str], segmentation: Segmentation) -> list[Segment]:
    """Return the segments of these names or ids, each once."""
    found: dict[str, Segment] = {}
    for name in names:
        by_id = [each for each in segmentation.segments if each.segment_id == name]
        for segment in by_id or [segmentation.named(name)]:
            found[segment.segment_id] = segment
    return list(found.values())


def _written_figures(arguments: argparse.Namespace, case: CaseMeasurements) -> list[str]:
    if not arguments.figures:
        return []
    from hnn.figures import FIGURE_PATTERN, case_figures
    from hnn.result_folder import filled_when_complete

    folder = Path(arguments.figures)
    _say("drawing the figures")
    figures = case_figures(case)
    with filled_when_complete(folder, outdated=[FIGURE_PATTERN]) as work:
        for figure in figures:
            (work / figure.file_name).write_text(figure.figure.svg, encoding="utf-8")
    return [str(folder / figure.file_name) for figure in figures]


def _say(what: str) -> None:
    """Tell somebody who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)

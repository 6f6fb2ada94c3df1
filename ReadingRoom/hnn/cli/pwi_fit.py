"""``hnn pwi fit``: kinetic maps of a dynamic study, with statistics of regions and a report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from hnn.software import software

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from PWIProtocolLib.kinetics import Model
    from PWIProtocolLib.mapping import Delay

    from hnn.perfusion.settings import FitSettings

MODELS = ("tofts", "extended_tofts", "two_compartment_exchange", "patlak")
ALL = "all"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "fit",
        help="fit a kinetic model to every voxel: Ktrans, ve, vp and more, with a report",
        description="Fit a kinetic model to every voxel of a dynamic study. Not recommended for N staging.",
    )
    parser.add_argument("--dynamic", metavar="PATH", required=True, help="folder of the DICOM study, or 4D NRRD")
    parser.add_argument(
        "--dynamic-is",
        choices=("signal", "concentration"),
        default="signal",
        help="what its frames hold; concentrations in mM need neither T1 nor TR (signal)",
    )
    _add_t1(parser)
    parser.add_argument(
        "--aif",
        metavar="AIF",
        default="parker",
        help="arterial curve: parker, georgiou, weinmann, wong (population averages, arrival from the images), auto "
        "(artery found in the images), a segmentation of the artery, or a CSV file (parker)",
    )
    parser.add_argument("--model", choices=MODELS, default="extended_tofts", help="(extended_tofts)")
    parser.add_argument(
        "--delay", metavar="none|search|SECONDS", default="none", help="of the tissue after the artery (none)"
    )
    parser.add_argument("--intervals", action="store_true", help="half widths of 95 %% intervals beside the maps")
    parser.add_argument(
        "--compare",
        metavar="MODEL",
        nargs="+",
        choices=(*MODELS, ALL),
        default=[],
        help="models to compare voxel by voxel (AICc): two or more, or all",
    )
    parser.add_argument("--roi", metavar="FILE", help="segmentation; brought onto the grid of the dynamic study")
    parser.add_argument("--relaxivity", metavar="R1", type=float, help="of the agent, /(mM s) (4.5, cautioned)")
    parser.add_argument("--hematocrit", metavar="H", type=float, help="share of red cells (0.42, cautioned)")
    parser.add_argument("--baseline", metavar="N", type=int, help="frames before contrast (found in the images)")
    parser.add_argument("--tr", metavar="S", type=float, help="repetition time in seconds, when the file lacks it")
    parser.add_argument("--flip-angle", metavar="DEG", type=float, help="in degrees, when the file lacks it")
    parser.add_argument("--times", metavar="CSV", help="frame times of an NRRD that lacks them: a column 'time (s)'")
    parser.add_argument("--reading", metavar="FILE", help="reading document; a copy with the results of its nodes")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for maps, tables, fit.json and report.html")
    parser.add_argument("--dicom", action="store_true", help="write DICOM Parametric Maps of an NRRD study as well")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def _add_t1(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flip-angles", metavar="PATH", help="images at several flip angles, for T1 before contrast")
    parser.add_argument("--t1-map", metavar="FILE", help="T1 map on the grid of the dynamic study")
    parser.add_argument("--t1", metavar="T1", type=float, help="one T1 for all tissue (cautioned)")
    parser.add_argument("--b1", metavar="FILE", help="B1 map: true over set flip angle, 1 where they agree")
    parser.add_argument("--blood-t1", metavar="T1", type=float, help="T1 of blood, for a measured arterial curve")
    parser.add_argument("--t1-unit", choices=("s", "ms"), default="s", help="of --t1-map, --t1 and --blood-t1 (s)")


def run(arguments: argparse.Namespace) -> None:
    """Fit the study and write the results.

    Raises
    ------
    InputError
        When the study or a setting cannot be used; nothing is written then.
    """
    from hnn.perfusion.files import as_text
    from hnn.perfusion.inputs import read_inputs
    from hnn.perfusion.job import fitted_study
    from hnn.perfusion.output import require_free_names, write_results
    from hnn.perfusion.text import summary

    settings, folder = _settings(arguments), Path(arguments.out)
    require_free_names(settings, folder)
    inputs = read_inputs(settings, _counted)
    study = fitted_study(settings, inputs, _share)
    document = write_results(study, folder, software(), _say)
    print(as_text(document) if arguments.json else summary(study, folder), end="")


def _settings(arguments: argparse.Namespace) -> FitSettings:
    from PWIProtocolLib.kinetics import Model
    from PWIProtocolLib.kinetics.aif_detection import InputKind

    from hnn.perfusion.settings import T1_FACTORS, FitSettings

    def path(given: str | None) -> Path | None:
        return Path(given) if given else None

    def t1_s(given: float | None) -> float | None:
        return None if given is None else given * T1_FACTORS[arguments.t1_unit]

    return FitSettings(
        dynamic=Path(arguments.dynamic),
        dynamic_is=InputKind(arguments.dynamic_is),
        flip_angles=path(arguments.flip_angles),
        t1_map=path(arguments.t1_map),
        t1_s=t1_s(arguments.t1),
        t1_map_unit=arguments.t1_unit,
        b1_map=path(arguments.b1),
        blood_t1_s=t1_s(arguments.blood_t1),
        aif=arguments.aif,
        model=Model(arguments.model),
        delay=_delay(arguments.delay),
        regions=path(arguments.roi),
        relaxivity_per_mM_s=arguments.relaxivity,
        hematocrit=arguments.hematocrit,
        baseline=arguments.baseline,
        repetition_time_s=arguments.tr,
        flip_angle_deg=arguments.flip_angle,
        times=path(arguments.times),
        reading=path(arguments.reading),
        dicom=arguments.dicom,
        intervals=arguments.intervals,
        compared=_compared(arguments.compare),
    )


def _compared(names: list[str]) -> tuple[Model, ...]:
    from PWIProtocolLib.kinetics import Model

    return tuple(map(Model, MODELS if ALL in names else names))


def _delay(text: str) -> Delay:
    if text == "none":
        return "none"
    if text == "search":
        return "search"
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"--delay {text}: expected none, search or seconds") from error


def _say(what: str) -> None:
    """Tell somebody who waits at a terminal what is being done."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)


def _counted(what: str) -> Callable[[int, int], bool] | None:
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> bool:
        print(f"\r{what}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr)
        return True

    return tell


def _share(what: str) -> Callable[[float], bool] | None:
    if not sys.stderr.isatty():
        return None

    def tell(share: float) -> bool:
        print(f"\r{what}: {share:.0%}", end="\n" if share >= 1 else "", file=sys.stderr)
        return True

    return tell

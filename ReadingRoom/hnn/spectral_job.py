"""Spectral maps from files: series in, checked inputs, maps out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    BasisTest,
    BeamSeries,
    Blend,
    ContrastAgent,
    InputKind,
    IodineMap,
    IodineUnit,
    Materials,
    MonochromaticSeries,
    SpectralInput,
    basis_test,
    beam_input,
    fat_fraction,
    iodine,
    iodine_map_input,
    monochromatic_input,
    tube_response,
    virtual_monochromatic,
    virtual_non_contrast,
)
from iENEGraderLib.spectral.recognition import (
    SeriesKind,
    SpectralSeries,
    converted_image,
    require_one_group,
    unstated,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from HeadNeckNodesLib.imaging.image import Image

    Pair = tuple[SpectralSeries, Image]

BEAM_KINDS = (SeriesKind.CONVENTIONAL, SeriesKind.ENERGY_BIN)
SERIES_FOR_TEST = 3
AGENTS = {
    "IODINE": ContrastAgent.IODINE,
    "GADOLINIUM": ContrastAgent.GADOLINIUM,
    "CARBON DIOXIDE": ContrastAgent.NONE,
}
"""Contrast/Bolus Ingredient (0018,1048)."""


class MapName(StrEnum):
    """Maps besides monochromatic images, as the command line calls them."""

    IODINE = "iodine"
    FAT = "fat"
    VNC = "vnc"
    IODINE_2 = "iodine-2"
    VNC_3 = "vnc-3"


BUILDERS: dict[MapName, Callable[[SpectralInput], Blend]] = {
    MapName.IODINE: iodine,
    MapName.FAT: fat_fraction,
    MapName.VNC: virtual_non_contrast,
    MapName.IODINE_2: lambda data: iodine(data, Materials.WATER_IODINE),
    MapName.VNC_3: lambda data: virtual_non_contrast(data, materials=Materials.FAT_SOFT_IODINE),
}


@dataclass(frozen=True)
class Wanted:
    """The maps to make.

    Attributes
    ----------
    kev : energies of monochromatic images.
    maps : other maps.
    agent : contrast agent, when the user says it; else the headers, else iodine.
    """

    kev: tuple[float, ...] = (40.0, 50.0, 60.0, 70.0)
    maps: tuple[MapName, ...] = (MapName.IODINE, MapName.FAT, MapName.VNC)
    agent: ContrastAgent | None = None


@dataclass(frozen=True, eq=False)
class PlannedMap:
    """A map before it is computed: the name of its files without suffix, and how it is blended."""

    file_stem: str
    name: MapName | None
    blend: Blend


@dataclass(frozen=True, eq=False)
class SpectralJob:
    """Everything that is known before the first voxel is computed.

    Attributes
    ----------
    series : as given.
    used : the series behind each channel of `data`, in its order; a series may be left out.
    data : checked inputs, with the basis that the self-test found.
    test : self-test, when there are three monochromatic series.
    maps : to be made.
    warnings : sentences about the series and the inputs.
    """

    series: tuple[SpectralSeries, ...]
    used: tuple[SpectralSeries, ...]
    data: SpectralInput
    maps: tuple[PlannedMap, ...]
    test: BasisTest | None = None
    warnings: tuple[str, ...] = ()


def planned_job(series: Sequence[SpectralSeries], wanted: Wanted) -> SpectralJob:
    """Check the series and plan the maps.

    Raises
    ------
    InputError
        when no map can be made of them, with the reason.
    """
    _require_usable_kinds(series)
    require_one_group(series)
    agent = wanted.agent or _agent_of_headers(series)
    pairs = [(one, converted_image(one)) for one in series]
    data, warnings = _checked_input(pairs, agent)
    test = None
    if data.kind is InputKind.MONOCHROMATIC and len(data.channels) >= SERIES_FOR_TEST:
        test = basis_test(data)
        data = data.with_basis(test.basis)
    maps = [PlannedMap(f"vmi-{kev:g}-kev", None, virtual_monochromatic(data, kev)) for kev in wanted.kev]
    maps += [PlannedMap(name.value, name, BUILDERS[name](data)) for name in wanted.maps]
    if not maps:
        raise InputError("no map was asked for; name energies with --kev or maps with --maps")
    own = [warning for one in series for warning in one.recognised.warnings]
    by_image = {id(image): one for one, image in pairs}
    used = tuple(by_image[id(channel.image)] for channel in data.channels)
    return SpectralJob(tuple(series), used, data, tuple(maps), test, (*own, *unstated(series), *warnings))


def _require_usable_kinds(series: Sequence[SpectralSeries]) -> None:
    usable = (SeriesKind.MONOCHROMATIC, SeriesKind.IODINE_MAP, *BEAM_KINDS)
    for one in series:
        if one.recognised.problem:
            raise InputError(f"{one.path}: {one.recognised.problem}")
        if one.recognised.kind not in usable:
            raise InputError(
                f"{one.path}: {one.recognised.describe()}, which no map can be made from; leave it out, or say what it "
                "is behind the path"
            )
    if len(series) == 1:
        raise InputError(
            f"{series[0].path}: one series only ({series[0].recognised.describe()}); one image alone holds no spectral "
            "information, give a second energy"
        )


def _agent_of_headers(series: Sequence[SpectralSeries]) -> ContrastAgent:
    named = {text.upper() for one in series for text in one.recognised.contrast_ingredients}
    known = sorted({AGENTS[text] for text in named if text in AGENTS})
    return next((agent for agent in known if agent is not ContrastAgent.IODINE), ContrastAgent.IODINE)


def _checked_input(pairs: Sequence[Pair], agent: ContrastAgent) -> tuple[SpectralInput, list[str]]:
    mono, maps = _of_kind(pairs, SeriesKind.MONOCHROMATIC), _of_kind(pairs, SeriesKind.IODINE_MAP)
    beams = _of_kind(pairs, *BEAM_KINDS)
    if beams:
        if mono or maps:
            raise InputError(
                "images of tube voltages or bins and monochromatic images or iodine maps do not go together; give "
                "series of one kind"
            )
        return beam_input([_beam(*pair) for pair in beams], agent=agent), []
    energies = [MonochromaticSeries(image, one.recognised.energy_kev) for one, image in mono]
    if len(mono) > 1:
        warnings = ["the iodine map of the scanner was not used, the monochromatic series suffice"] if maps else []
        return monochromatic_input(energies, agent), warnings
    if len(maps) != 1 or not mono:
        raise InputError(
            f"found {len(mono)} monochromatic series and {len(maps)} iodine maps, expected one of each, or two "
            "monochromatic series"
        )
    return iodine_map_input(IodineMap(maps[0][1], IodineUnit.MG_ML), energies[0], agent), []


def _of_kind(pairs: Sequence[Pair], *kinds: SeriesKind) -> list[Pair]:
    return [pair for pair in pairs if pair[0].recognised.kind in kinds]


def _beam(one: SpectralSeries, image: Image) -> BeamSeries:
    known = one.recognised
    response = None
    if known.iodine_slope is not None and known.tube_voltage_kv is not None:
        response = tube_response(known.tube_voltage_kv, known.tin_mm, known.bin_kev).with_slope(known.iodine_slope)
    return BeamSeries(image, known.tube_voltage_kv, known.tin_mm, known.bin_kev, response)

"""From recognised series of one scan to checked inputs of spectral maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    BeamSeries,
    ContrastAgent,
    IodineMap,
    IodineUnit,
    MonochromaticSeries,
    SpectralInput,
    agent_of_ingredients,
    beam_input,
    iodine_map_input,
    monochromatic_input,
    tube_response,
)
from iENEGraderLib.spectral.recognition import SeriesKind, SpectralSeries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image

    Loaded = tuple[SpectralSeries, Image]

BEAM_KINDS = (SeriesKind.CONVENTIONAL, SeriesKind.ENERGY_BIN)
USABLE_KINDS = (SeriesKind.MONOCHROMATIC, SeriesKind.IODINE_MAP, *BEAM_KINDS)


def require_usable_kinds(series: Sequence[SpectralSeries]) -> None:
    """Pass when there are several series, and it is known of each that maps can be made from it.

    Raises
    ------
    InputError
        naming the series.
    """
    for one in series:
        if one.recognised.problem:
            raise InputError(f"{one.path}: {one.recognised.problem}")
        if one.recognised.kind not in USABLE_KINDS:
            raise InputError(
                f"{one.path}: {one.recognised.describe()}, which no map can be made from; leave it out, or say what it "
                "is behind the path"
            )
    if len(series) == 1:
        raise InputError(
            f"{series[0].path}: one series only ({series[0].recognised.describe()}); one image alone holds no spectral "
            "information, give a second energy"
        )


def agent_of_headers(series: Sequence[SpectralSeries]) -> ContrastAgent:
    """Return the contrast agent that the headers name; iodine where they name none.

    Raises
    ------
    InputError
        when they name another one.
    """
    try:
        return agent_of_ingredients(text for one in series for text in one.recognised.contrast_ingredients)
    except InputError as error:
        raise InputError(f"{error}; if the header is wrong, say --agent iodine") from error


def checked_input(pairs: Sequence[Loaded], agent: ContrastAgent) -> tuple[SpectralInput, list[str]]:
    """Return the inputs of maps, and warnings.

    Parameters
    ----------
    pairs : series of one scan, with their images converted to the unit that was recognised.
    agent : contrast agent.

    Raises
    ------
    InputError
        when no map can be made of them, with the reason.
    """
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


def _of_kind(pairs: Sequence[Loaded], *kinds: SeriesKind) -> list[Loaded]:
    return [pair for pair in pairs if pair[0].recognised.kind in kinds]


def _beam(one: SpectralSeries, image: Image) -> BeamSeries:
    known = one.recognised
    response = None
    if known.iodine_slope is not None and known.tube_voltage_kv is not None:
        response = tube_response(known.tube_voltage_kv, known.tin_mm, known.bin_kev).with_slope(known.iodine_slope)
    return BeamSeries(image, known.tube_voltage_kv, known.tin_mm, known.bin_kev, response)

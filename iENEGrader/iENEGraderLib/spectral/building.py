"""From the series that a user has to checked inputs, with a clear refusal for what cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.attenuation import require_kev
from iENEGraderLib.spectral.checks import (
    require_different_slopes,
    require_enhancement,
    require_iodine_in_unit,
    require_order_of_energies,
    require_tissue_values,
    require_usable_images,
)
from iENEGraderLib.spectral.contrast_agent import ContrastAgent, require_iodine
from iENEGraderLib.spectral.response import (
    USUAL_NECK_MM,
    Response,
    ResponseSource,
    monochromatic_response,
    tin_doubt,
    tube_response,
)
from iENEGraderLib.spectral.spectral_input import Channel, InputKind, SpectralInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image

DEFAULT_SLOPES = "default slopes, uncalibrated: iodine may be off by about 5 %, more for an unusual neck"
ASSUMED_BASIS = "assumes that the scanner made these images of water and iodine; a third energy would tell"


@dataclass(frozen=True, eq=False)
class MonochromaticSeries:
    """A virtual monochromatic image in HU.

    Attributes
    ----------
    kev : its energy (None when nobody knows it: refused).
    response : from attenuation that the scanner itself states; None takes the table.
    """

    image: Image
    kev: float | None
    response: Response | None = None


@dataclass(frozen=True, eq=False)
class BeamSeries:
    """An image in HU of one tube voltage or energy bin.

    Attributes
    ----------
    kvp, tin_mm : tube voltage in kV (None when nobody knows it: refused) and thickness of a tin filter.
    bin_kev : thresholds of the bin of a photon counter.
    response : calibrated response of the site; None takes the default.
    """

    image: Image
    kvp: float | None
    tin_mm: float = 0.0
    bin_kev: tuple[float, float] | None = None
    response: Response | None = None


class IodineUnit(StrEnum):
    """Units in which scanners store iodine maps."""

    MG_ML = "mg/mL"
    UG_100_CM3 = "100 ug/cm3"
    HU = "HU"


@dataclass(frozen=True, eq=False)
class IodineMap:
    """An iodine map of the scanner.

    Attributes
    ----------
    unit : of its values (None when nobody knows it: refused).
    hu_per_mg_ml : for a map of enhancement in HU, the slope to divide by.
    """

    image: Image
    unit: IodineUnit | None
    hu_per_mg_ml: float | None = None


def monochromatic_input(
    series: Sequence[MonochromaticSeries], agent: ContrastAgent = ContrastAgent.IODINE
) -> SpectralInput:
    """Take two or more virtual monochromatic series.

    Raises
    ------
    InputError
        when there is one only, an energy is missing, twice or out of range, the energies look swapped or wrong, grids
        differ, values are cut off or no HU, or the contrast agent is not iodine.
    """
    require_iodine(agent)
    _require_two(len(series), "virtual monochromatic series")
    channels = sorted((_monochromatic_channel(one) for one in series), key=lambda channel: channel.kev or 0.0)
    warnings = () if len(series) > 2 else (ASSUMED_BASIS,)
    return _checked(InputKind.MONOCHROMATIC, channels, warnings)


def beam_input(
    series: Sequence[BeamSeries], neck_mm: float = USUAL_NECK_MM, agent: ContrastAgent = ContrastAgent.IODINE
) -> SpectralInput:
    """Take images of two or more tube voltages or energy bins.

    Parameters
    ----------
    series : the images, each with its voltage; slopes of the site where they have been calibrated.
    neck_mm : diameter of the neck, for default slopes.

    Raises
    ------
    InputError
        as for monochromatic series, and for a voltage below the K-edge of iodine or without default slope.
    """
    require_iodine(agent)
    _require_two(len(series), "tube voltages or energy bins")
    channels = [_beam_channel(one, neck_mm) for one in series]
    channels.sort(key=lambda channel: -channel.response.iodine)
    is_default = any(channel.response.source is ResponseSource.DEFAULT for channel in channels)
    plain = [one for one in series if one.response is None and one.bin_kev is None]
    doubts = [doubt for one in plain for doubt in tin_doubt(one.kvp or 0.0, one.tin_mm)]
    return _checked(InputKind.BEAMS, channels, (*([DEFAULT_SLOPES] if is_default else []), *doubts))


def iodine_map_input(
    iodine: IodineMap, base: MonochromaticSeries, agent: ContrastAgent = ContrastAgent.IODINE
) -> SpectralInput:
    """Take the iodine map of a scanner with one virtual monochromatic series.

    Raises
    ------
    InputError
        when the unit or the energy is missing or does not fit the values, or as for monochromatic series.
    """
    require_iodine(agent)
    channels = [_monochromatic_channel(base), _iodine_channel(iodine)]
    is_enhancement = iodine.unit is IodineUnit.HU
    warnings = (
        ("the iodine map shows enhancement in HU, divided by a slope: iodine is relative",) if is_enhancement else ()
    )
    data = _checked(InputKind.IODINE_MAP, channels, warnings)
    require_iodine_in_unit(data.channels[0], data.channels[1])
    return data


def before_and_after_input(
    before: Image, after: Image, response: Response, agent: ContrastAgent = ContrastAgent.IODINE
) -> SpectralInput:
    """Take a registered pair before and after contrast agent, of one tube voltage or monochromatic energy.

    Parameters
    ----------
    before, after : images in HU on one grid, registered.
    response : of that voltage or energy (`tube_response`, `monochromatic_response`).

    Raises
    ------
    InputError
        when grids differ, the two look swapped, values are cut off or no HU, or the agent is not iodine.
    """
    require_iodine(agent)
    without = replace(response, iodine=0.0, slope_uncertainty=0.0)
    channels = [Channel(before, without, "before contrast"), Channel(after, response, "after contrast")]
    warnings = ["a difference of two scans: where they do not match, rims of false iodine appear at edges"]
    if response.source is ResponseSource.DEFAULT:
        warnings.append(DEFAULT_SLOPES)
    return _checked(InputKind.BEFORE_AND_AFTER, channels, tuple(warnings))


def _checked(kind: InputKind, channels: Sequence[Channel], warnings: tuple[str, ...]) -> SpectralInput:
    found = [*warnings, *require_usable_images(channels)]
    if kind is InputKind.IODINE_MAP:
        found += require_tissue_values(channels[:1])
    else:
        require_different_slopes(channels)
        if kind is InputKind.BEFORE_AND_AFTER:
            require_enhancement(*channels)
        else:
            require_order_of_energies(channels)
        found += require_tissue_values(channels)
    return SpectralInput(kind, tuple(channels), warnings=tuple(found))


def _monochromatic_channel(series: MonochromaticSeries) -> Channel:
    source = series.image.source or "series"
    if series.kev is None:
        raise InputError(f"{source}: its energy is not known; say at how many keV it was computed")
    require_kev(series.kev)
    response = series.response or monochromatic_response(series.kev)
    return Channel(series.image, response, f"{series.kev:g} keV", series.kev)


def _beam_channel(series: BeamSeries, neck_mm: float) -> Channel:
    source = series.image.source or "series"
    if series.kvp is None:
        raise InputError(f"{source}: its tube voltage is not known; say at how many kVp it was scanned")
    response = series.response or tube_response(series.kvp, series.tin_mm, series.bin_kev, neck_mm)
    energies = f" {series.bin_kev[0]:g}-{series.bin_kev[1]:g} keV" if series.bin_kev else ""
    return Channel(series.image, response, f"{series.kvp:g} kVp{energies}")


def _iodine_channel(iodine: IodineMap) -> Channel:
    source = iodine.image.source or "iodine map"
    slopes = {IodineUnit.MG_ML: 1.0, IodineUnit.UG_100_CM3: 10.0, IodineUnit.HU: iodine.hu_per_mg_ml}
    if iodine.unit is None:
        raise InputError(f"{source}: the unit of the iodine map is not known; say whether it is mg/mL or 100 ug/cm3")
    slope = slopes[iodine.unit]
    if slope is None or not slope > 0:
        raise InputError(f"{source}: a map of enhancement in HU needs its slope in HU per mg/mL of iodine")
    is_enhancement = iodine.unit is IodineUnit.HU
    response = Response(0.0, slope, 0.0, 0.0, ResponseSource.CALIBRATED if is_enhancement else ResponseSource.EXACT)
    return Channel(iodine.image, response, f"iodine map, {iodine.unit.value}")


def _require_two(count: int, what: str) -> None:
    if count < 2:
        raise InputError(
            f"{count} of the {what} given, at least two are needed: one image alone holds no spectral information"
        )

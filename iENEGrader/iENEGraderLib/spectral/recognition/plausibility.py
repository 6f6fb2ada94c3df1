"""Whether fat and muscle of a series lie where physics has them at its energy: a check on energy and unit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy.ndimage import uniform_filter

from iENEGraderLib.spectral.attenuation import Material, tissue_hu
from iENEGraderLib.spectral.calibration import MUSCLE_IODINE_MG_ML, TOLERATED_HU
from iENEGraderLib.spectral.checks import IMPOSSIBLE_FAT_HU, LEAST_SHARE, PEAK_BIN_HU, sampled, typical_fat
from iENEGraderLib.spectral.recognition.series import SeriesKind, ValueUnit
from iENEGraderLib.spectral.recognition.spectral_series import converted_image
from iENEGraderLib.spectral.response import Response, monochromatic_response, tube_response

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.recognition.series import RecognisedSeries
    from iENEGraderLib.spectral.recognition.spectral_series import SpectralSeries

    Values = NDArray[np.float32]

SEARCHED_HU = 60.0
"""Ours: muscle is looked for so far beyond where it is expected."""


class Verdict(StrEnum):
    """What a value says about energy and unit."""

    PLAUSIBLE = "plausible"
    DOUBTFUL = "doubtful"
    IMPLAUSIBLE = "implausible"
    NOT_FOUND = "not found"


@dataclass(frozen=True)
class TissueCheck:
    """The commonest value of a tissue.

    Attributes
    ----------
    tissue : ``fat`` or ``muscle``.
    found_hu : its value, ``None`` when no such tissue stands out.
    lowest_hu, highest_hu : where it is expected; muscle may hold some iodine.
    verdict : what follows.
    """

    tissue: str
    found_hu: float | None
    lowest_hu: float
    highest_hu: float
    verdict: Verdict

    def line(self) -> str:
        """One line for people."""
        found = "none stands out" if self.found_hu is None else f"{self.found_hu:.0f} HU"
        why = " (wrong energy or unit, or no patient)" if self.verdict is Verdict.IMPLAUSIBLE else ""
        return f"{self.tissue}: {found}, expected {self.lowest_hu:.0f} to {self.highest_hu:.0f}: {self.verdict}{why}"


@dataclass(frozen=True)
class TissueReport:
    """Both tissues, or the reason why they were not judged."""

    checks: tuple[TissueCheck, ...] = ()
    not_judged: str = ""


def tissue_report(series: SpectralSeries) -> TissueReport:
    """Compare fat and muscle of a series with physics.

    Parameters
    ----------
    series : with its voxels; only monochromatic images, tube voltages and energy bins are judged.
    """
    known = series.recognised
    if known.problem:
        return TissueReport(not_judged="what it is remains open")
    if known.unit is not ValueUnit.HU:
        return TissueReport(not_judged="its values are no HU")
    try:
        response = _response(known)
    except InputError as error:
        return TissueReport(not_judged=str(error))
    if response is None:
        return TissueReport(not_judged=f"{known.kind.replace('_', ' ')} images show no energy of their own")
    values = sampled(converted_image(series))
    return TissueReport((_fat(values, response), _muscle(values, response)))


def _response(known: RecognisedSeries) -> Response | None:
    if known.kind is SeriesKind.MONOCHROMATIC and known.energy_kev is not None:
        return monochromatic_response(known.energy_kev)
    if known.kind in (SeriesKind.CONVENTIONAL, SeriesKind.ENERGY_BIN) and known.tube_voltage_kv is not None:
        return tube_response(known.tube_voltage_kv, known.tin_mm, known.bin_kev)
    return None


def _fat(values: Values, response: Response) -> TissueCheck:
    found = typical_fat(values, response.fat)
    return _check("fat", found, response.fat - TOLERATED_HU, response.fat + TOLERATED_HU)


def _muscle(values: Values, response: Response) -> TissueCheck:
    expected = response.soft - (tissue_hu(Material.SOFT_TISSUE, 70.0) - tissue_hu(Material.MUSCLE, 70.0))
    lowest, highest = expected - TOLERATED_HU, expected + MUSCLE_IODINE_MG_ML * response.iodine + TOLERATED_HU
    return _check("muscle", _commonest(values, lowest - SEARCHED_HU, highest + SEARCHED_HU), lowest, highest)


def _commonest(values: Values, low: float, high: float) -> float | None:
    """Return the commonest value within limits, ``None`` when hardly any voxel lies there."""
    smooth = uniform_filter(values, (0, 3, 3))
    inside = smooth[(smooth > low) & (smooth < high)]
    if inside.size < LEAST_SHARE * values.size:
        return None
    counts, edges = np.histogram(inside, bins=np.arange(low, high + PEAK_BIN_HU, PEAK_BIN_HU))
    centre = edges[np.argmax(uniform_filter(counts.astype(float), 3))] + PEAK_BIN_HU / 2
    return float(np.median(inside[np.abs(inside - centre) < 2 * PEAK_BIN_HU]))


def _check(tissue: str, found: float | None, lowest: float, highest: float) -> TissueCheck:
    if found is None:
        verdict = Verdict.NOT_FOUND
    elif lowest <= found <= highest:
        verdict = Verdict.PLAUSIBLE
    else:
        beyond = max(lowest - found, found - highest)
        verdict = Verdict.DOUBTFUL if beyond <= IMPOSSIBLE_FAT_HU - TOLERATED_HU else Verdict.IMPLAUSIBLE
    return TissueCheck(tissue, found, lowest, highest, verdict)

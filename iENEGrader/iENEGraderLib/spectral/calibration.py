"""Calibration: fat and muscle of the patient, and slopes from a known concentration, in place of the table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.attenuation import Material, tissue_hu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.roi import RoiSample
    from iENEGraderLib.spectral.spectral_input import Channel, SpectralInput

TOLERATED_HU = 15.0
"""Ours: fat and muscle of patients differ by about so much."""
MUSCLE_IODINE_MG_ML = 2.5
"""Ours: muscle takes up less iodine than this at any time after injection."""
LEAST_CONTRAST_HU = 40.0
"""Ours: fat and muscle differ by 80 HU or more in every image of CT."""
LEAST_IODINE_HU = 20.0
"""Ours: a smaller enhancement does not calibrate a slope."""
LEAST_VOXELS = 25
MOST_ERROR = 0.05
"""Ours: standard error of a mean against the difference of fat and muscle; so much is lost in the fat fraction."""
MOST_SPREAD = 0.25
"""Ours: the spread of a region against the difference of fat and muscle; 7 % of the other tissue give as much."""


def calibrated_tissues(data: SpectralInput, fat: RoiSample, muscle: RoiSample) -> SpectralInput:
    """Take pure fat and soft tissue from regions of this patient.

    The muscle may be enhanced: fat fractions do not depend on it, and iodine becomes relative to that muscle.

    Parameters
    ----------
    data : the inputs.
    fat, muscle : subcutaneous fat, and muscle away from disease.

    Raises
    ------
    InputError
        when the two regions do not differ as fat and muscle do, or one is too small or holds more than one tissue.
    """
    responses = []
    for channel, fat_value, soft_value in zip(data.channels, fat.means, muscle.means, strict=True):
        if channel.response.level and soft_value - fat_value < LEAST_CONTRAST_HU:
            raise InputError(
                f"{channel.name}: the region of fat has {fat_value:.0f} HU, that of muscle {soft_value:.0f} HU; "
                "draw the one in subcutaneous fat and the other in muscle"
            )
        responses.append(channel.response.with_tissues(float(fat_value), float(soft_value)))
    for name, region in (("fat", fat), ("muscle", muscle)):
        _require_calibrating(name, region, data, muscle.means - fat.means)
    warnings = (*data.warnings, *tissue_warnings(data, fat, muscle), "iodine is relative to the muscle of this patient")
    return replace(data.with_responses(tuple(responses)), warnings=warnings)


def _require_calibrating(name: str, region: RoiSample, data: SpectralInput, contrast: NDArray[np.float64]) -> None:
    """Pass when a region is of one tissue, and large enough for what separates fat from muscle."""
    if region.voxels < LEAST_VOXELS:
        raise InputError(
            f"the region of {name} is too small to calibrate: {region.voxels} voxels, expected {LEAST_VOXELS} or more; "
            "draw it larger, over several sections"
        )
    for channel, sd, step in zip(data.channels, np.sqrt(np.diag(region.covariance)), contrast, strict=True):
        if not channel.response.level:
            continue
        if sd > MOST_SPREAD * step:
            raise InputError(
                f"the region of {name} is not of one tissue: its voxels spread by {sd:.0f} HU in {channel.name}, "
                f"expected {MOST_SPREAD * step:.0f} or less; keep clear of vessels, borders and streaks, or take "
                "thicker sections when it is noise"
            )
        error = sd / np.sqrt(region.independent)
        if error > MOST_ERROR * step:
            raise InputError(
                f"the region of {name} is too small to calibrate: its mean in {channel.name} is known to "
                f"{error:.1f} HU, expected {MOST_ERROR * step:.1f} or less; draw it larger, over several sections"
            )


def tissue_warnings(data: SpectralInput, fat: RoiSample, muscle: RoiSample) -> tuple[str, ...]:
    """Compare fat and muscle of this patient with physics; what is said points to a wrong energy or unit."""
    warnings = []
    for channel, fat_value, soft_value in zip(data.channels, fat.means, muscle.means, strict=True):
        if not channel.response.level:
            continue
        expected = _expected_muscle(channel)
        highest = expected + MUSCLE_IODINE_MG_ML * channel.response.iodine + TOLERATED_HU
        if abs(fat_value - channel.response.fat) > TOLERATED_HU:
            warnings.append(
                f"{channel.name}: fat has {fat_value:.0f} HU, expected about {channel.response.fat:.0f}: "
                "check the energy of this series"
            )
        if not expected - TOLERATED_HU <= soft_value <= highest:
            warnings.append(
                f"{channel.name}: muscle has {soft_value:.0f} HU, expected {expected:.0f} to {highest:.0f}: "
                "check the energy of this series"
            )
    return tuple(warnings)


def calibrated_slopes(
    data: SpectralInput, insert: RoiSample, reference: RoiSample, iodine_mg_ml: float
) -> SpectralInput:
    """Take the slopes from a vial or insert of known iodine, against the same without iodine.

    Parameters
    ----------
    data : tube voltages, bins, or images before and after contrast agent.
    insert, reference : regions with and without iodine.
    iodine_mg_ml : what the insert holds.

    Raises
    ------
    InputError
        when the concentration is no positive number, or the insert does not stand out.
    """
    if not (np.isfinite(iodine_mg_ml) and iodine_mg_ml > 0):
        raise InputError(f"the insert is said to hold {iodine_mg_ml:g} mg/mL of iodine; give a positive concentration")
    rise = insert.means - reference.means
    errors = np.diag(insert.covariance) / insert.independent + np.diag(reference.covariance) / reference.independent
    responses = []
    for channel, hu, error in zip(data.channels, rise, np.sqrt(errors), strict=True):
        if not channel.response.iodine:
            responses.append(channel.response)
            continue
        if hu < LEAST_IODINE_HU:
            raise InputError(
                f"{channel.name}: the insert is only {hu:.0f} HU above its surroundings; give one with more iodine"
            )
        responses.append(channel.response.with_slope(float(hu / iodine_mg_ml), float(error / hu)))
    return data.with_responses(tuple(responses))


def _expected_muscle(channel: Channel) -> float:
    """Return muscle without contrast agent; it lies a fixed step below soft tissue at all energies of CT."""
    step = tissue_hu(Material.SOFT_TISSUE, 70.0) - tissue_hu(Material.MUSCLE, 70.0)
    return channel.response.soft - step

"""Monochromatic images of less noise for looking at: the quietest energy, plus smoothed iodine.

The idea is that of frequency-split monochromatic images (Grant et al., Invest. Radiol. 49 (2014) 586), done here with a
guided filter (He et al., IEEE Trans. Pattern Anal. 35 (2013) 1397) on the iodine alone. Values of small structures
change: measure in the plain images.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import uniform_filter

from iENEGraderLib.spectral.attenuation import HIGHEST_KEV, LOWEST_KEV
from iENEGraderLib.spectral.blend import apply
from iENEGraderLib.spectral.maps import Materials, iodine, virtual_monochromatic

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from iENEGraderLib.spectral.blend import Blend
    from iENEGraderLib.spectral.spectral_input import SpectralInput

    Values = NDArray[np.float32]

LABEL = "noise-reduced"
NOT_TO_MEASURE = "noise-reduced, to be looked at: measure in the plain image of this energy"
QUIET_KEV = 65.0
"""Ours: the quietest energy of common scanners, when the noise has not been measured."""
RADIUS = 2
SMOOTHNESS = 400.0
"""Ours: in HU squared; edges of the quiet image above its root, 20 HU, are kept."""


def quietest_kev(data: SpectralInput) -> float:
    """Return the energy of least noise, by the covariance of the inputs if it was measured."""
    if data.covariance is None:
        return QUIET_KEV
    covariance = data.covariance
    energies = np.arange(LOWEST_KEV, HIGHEST_KEV + 1)
    return float(min(energies, key=lambda kev: virtual_monochromatic(data, float(kev)).noise(covariance)))


def noise_reduced_blend(data: SpectralInput, kev: float) -> Blend:
    """Return the plain image of this energy under the name and with the warning of the noise-reduced one.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV, or the inputs hold no spectrum.
    """
    plain = virtual_monochromatic(data, kev)
    warnings = (NOT_TO_MEASURE, *plain.warnings)
    return replace(plain, name=f"{plain.name}, {LABEL}", warnings=warnings, noise_reduced=True)


def how_reduced(data: SpectralInput, kev: float) -> str:
    """Return in words how `noise_reduced` computes."""
    steeper = data.basis.slope(kev) - data.basis.slope(quietest_kev(data))
    return (
        f"{quietest_kev(data):g} keV {steeper:+.4g} HU/(mg/mL) x iodine (water and iodine), guided filter on the iodine"
    )


def noise_reduced(data: SpectralInput, kev: float, sections: slice = slice(None)) -> NDArray[Any]:
    """Return a monochromatic image of less noise, float32 [k, j, i]; to be labelled so, and not to be measured.

    Raises
    ------
    InputError
        when the energy is not between 40 and 190 keV, or the inputs hold no spectrum.
    """
    voxels = tuple(array[sections] for array in data.voxels)
    quiet_kev = quietest_kev(data)
    anchor: Values = apply(virtual_monochromatic(data, quiet_kev).affine, voxels)
    amount: Values = apply(iodine(data, Materials.WATER_IODINE).affine, voxels)
    # With the iodine as it is, this sum would be the plain image.
    steeper = data.basis.slope(kev) - data.basis.slope(quiet_kev)
    return anchor + np.float32(steeper) * _guided(anchor, amount)


def _guided(guide: Values, values: Values) -> Values:
    """Return values smoothed within each section, except across edges of the guide."""
    size = (0, 2 * RADIUS + 1, 2 * RADIUS + 1)
    guide_mean, mean = uniform_filter(guide, size), uniform_filter(values, size)
    covariance = uniform_filter(guide * values, size) - guide_mean * mean
    variance = uniform_filter(guide * guide, size) - guide_mean * guide_mean
    slope = covariance / (variance + np.float32(SMOOTHNESS))
    smooth: Values = uniform_filter(slope, size) * guide + uniform_filter(mean - slope * guide_mean, size)
    return smooth

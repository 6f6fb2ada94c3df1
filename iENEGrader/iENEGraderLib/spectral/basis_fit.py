"""Test with a third energy whether a scanner's images are of water and iodine, and find the basis that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy.optimize import brentq

from iENEGraderLib.spectral.attenuation import LOWEST_KEV
from iENEGraderLib.spectral.basis import WATER_IODINE, Basis
from iENEGraderLib.spectral.spectral_input import InputKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.spectral_input import Channel, SpectralInput

    Floats = NDArray[np.float64]

ACCEPTED_HU = 2.0
"""Ours: a water and iodine basis is kept when the image left out is foretold as well as this."""
TEST_IODINE_MG_ML = 5.0
"""Errors are stated for a vessel of so much iodine."""
EXPONENTS = (1.0, 5.0)
"""Ours: photoelectric absorption falls with an exponent of about 3."""
BLOCK = 4
"""Ours: voxels along each side of a section whose mean is taken, against noise."""
AIR_HU = -300.0
METAL_HU = 2500.0
LEAST_BLOCKS = 50


@dataclass(frozen=True)
class BasisTest:
    """What the images say of their basis.

    Attributes
    ----------
    left_out : name of the middle series, foretold from its neighbours.
    mixing : measured weight of the lower series in it.
    held_out_error_hu : water and iodine minus truth there, for 5 mg/mL of iodine.
    error_at_40_hu : the same at 40 keV, from the two lower series, if the fitted basis is true.
    basis : the one to use.
    fitted_error_hu : left from the fit, over the blocks of all tissue, root mean square above that of the best line.
    """

    left_out: str
    mixing: float
    held_out_error_hu: float
    error_at_40_hu: float
    basis: Basis
    fitted_error_hu: float

    @property
    def accepts_water_iodine(self) -> bool:
        """Tell whether the images are of water and iodine."""
        return self.basis == WATER_IODINE

    def __str__(self) -> str:
        """One sentence."""
        if self.accepts_water_iodine:
            return f"water and iodine foretell {self.left_out} within {abs(self.held_out_error_hu):.1f} HU"
        return (
            f"water and iodine miss {self.left_out} by {self.held_out_error_hu:+.0f} HU and 40 keV by about "
            f"{self.error_at_40_hu:+.0f} HU at {TEST_IODINE_MG_ML:g} mg/mL; used instead: {self.basis}"
        )


def basis_test(data: SpectralInput) -> BasisTest:
    """Foretell the middle one of three monochromatic series from the outer ones; fit the basis when that fails.

    In any basis of two functions all voxels of the middle image lie on one blend of the outer two, whatever their
    tissue; its weight tells the basis.

    Raises
    ------
    InputError
        when there are fewer than three monochromatic series, too little tissue, or no basis explains the images.
    """
    if data.kind is not InputKind.MONOCHROMATIC or len(data.channels) < 3:
        raise InputError("testing the basis needs three virtual monochromatic series; export one more energy")
    low, high = data.channels[0], data.channels[-1]
    middle = max(data.channels[1:-1], key=lambda channel: _leverage(channel, low, high))
    mixing, noise = _mixing(_blocks(low), _blocks(middle), _blocks(high))
    energies = (_kev(low), _kev(middle), _kev(high))
    span = TEST_IODINE_MG_ML * (WATER_IODINE.slope(energies[0]) - WATER_IODINE.slope(energies[2]))
    error = (_weight(WATER_IODINE, *energies) - mixing) * span
    if abs(error) < ACCEPTED_HU:
        return BasisTest(middle.name, mixing, error, 0.0, WATER_IODINE, noise)
    basis = _fitted(mixing, energies, middle.name)
    left = abs(_weight(basis, *energies) - mixing) * span
    return BasisTest(middle.name, mixing, error, _error_at_40(basis, energies), basis, left)


def _fitted(mixing: float, energies: tuple[float, float, float], name: str) -> Basis:
    def misfit(exponent: float) -> float:
        return _weight(Basis(exponent), *energies) - mixing

    if misfit(EXPONENTS[0]) * misfit(EXPONENTS[1]) > 0:
        raise InputError(
            f"no basis of two functions explains {name} (weight {mixing:.2f}): check the energies of the series"
        )
    return Basis(float(brentq(misfit, *EXPONENTS)))


def _error_at_40(basis: Basis, energies: tuple[float, float, float]) -> float:
    """Return what water and iodine would miss at 40 keV, from the two lower series."""
    low, middle, _ = energies
    rise = TEST_IODINE_MG_ML * (basis.slope(low) - basis.slope(middle))
    return (_weight(WATER_IODINE, low, LOWEST_KEV, middle) - _weight(basis, low, LOWEST_KEV, middle)) * rise


def _weight(basis: Basis, low: float, kev: float, high: float) -> float:
    """Return the weight of the lower energy in an image of ``kev``."""
    return (basis.slope(kev) - basis.slope(high)) / (basis.slope(low) - basis.slope(high))


def _leverage(channel: Channel, low: Channel, high: Channel) -> float:
    share = _weight(WATER_IODINE, _kev(low), _kev(channel), _kev(high))
    return share * (1 - share)


def _mixing(low: Floats, middle: Floats, high: Floats) -> tuple[float, float]:
    """Return the weight of the low image in the middle one by regression over tissue, and its rms error in HU."""
    mean = (low + middle + high) / 3
    use = (mean > AIR_HU) & (np.maximum(low, middle) < METAL_HU)
    x, y = (low - high)[use], (middle - high)[use]
    if x.size < LEAST_BLOCKS or not np.ptp(x):
        raise InputError("too little tissue in the images to test their basis; give whole images")
    # Air and padding in part: only the change with energy counts, not its offset.
    x, y = x - x.mean(), y - y.mean()
    weight = float(x @ y / (x @ x))
    return weight, float(np.sqrt(np.mean((y - weight * x) ** 2)))


def _blocks(channel: Channel) -> Floats:
    """Return means of blocks of voxels within sections."""
    voxels = channel.image.voxels
    sections, rows, columns = voxels.shape
    block = min(BLOCK, rows, columns)
    rows, columns = rows // block * block, columns // block * block
    parts = voxels[:, :rows, :columns].reshape(sections, rows // block, block, columns // block, block)
    means: Floats = parts.mean(axis=(2, 4), dtype=np.float64)
    return means


def _kev(channel: Channel) -> float:
    if channel.kev is None:
        raise InputError(f"{channel.name}: no monochromatic energy")
    return channel.kev

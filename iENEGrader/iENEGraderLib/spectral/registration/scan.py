"""A scan before or after contrast agent, and reasons not to subtract two of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image

TISSUE_HU = (-200.0, 200.0)
FLAT_HU_PER_VOXEL = 6.0
LEAST_NOISE_HU = 1.0
LEAST_FLAT_VOXELS = 500
SAME_NOISE = 0.5
"""Ours: noise of two scans is independent; correlated noise in flat tissue means two images of one scan."""
NOISE_WIDTH = 3
SMOOTH_VOXELS = 2.0
SECTIONS_LOOKED_AT = 12


@dataclass(frozen=True, eq=False)
class Scan:
    """A CT in HU before or after contrast agent.

    Attributes
    ----------
    kvp, tin_mm : tube voltage in kV and thickness of a tin filter.
    kev : energy of a virtual monochromatic image, in place of the tube voltage.
    kernel, frame_of_reference : as the header states them; ``None`` where it does not.
    """

    image: Image
    kvp: float | None = None
    kev: float | None = None
    tin_mm: float = 0.0
    kernel: str | None = None
    frame_of_reference: str | None = None

    @property
    def energy(self) -> str:
        """Energy in words; empty when it is not known."""
        if self.kev is not None:
            return f"{self.kev:g} keV"
        tin = f" with {self.tin_mm:g} mm tin" if self.tin_mm else ""
        return "" if self.kvp is None else f"{self.kvp:g} kVp{tin}"

    @property
    def source(self) -> str:
        """What to call it in messages."""
        return self.image.source or "scan"


def require_comparable(before: Scan, after: Scan) -> None:
    """Pass when the difference of two scans can be iodine.

    Raises
    ------
    InputError
        when energy or kernel differ or no energy is known, they share no space, or both come from one acquisition.
    """
    for scan in (before, after):
        if not scan.energy:
            raise InputError(f"{scan.source}: its energy is not known; say at how many kVp it was scanned, or its keV")
    if before.energy != after.energy:
        raise InputError(
            f"the scan before contrast agent is of {before.energy}, that after it of {after.energy}: bone and fat "
            "would show as iodine; give two scans of one energy"
        )
    if before.kernel and after.kernel and before.kernel != after.kernel:
        raise InputError(
            f"the scans were made with different kernels ({before.kernel}, {after.kernel}), so every edge would show "
            "false iodine; reconstruct both with one kernel"
        )
    _require_shared_space(before, after)
    _require_two_acquisitions(before, after)


def unstated_facts(before: Scan, after: Scan) -> list[str]:
    """Warn of what could not be compared."""
    missing = []
    if not (before.kernel and after.kernel):
        missing.append("kernel")
    if not (before.frame_of_reference and after.frame_of_reference):
        missing.append("frame of reference")
    return [f"not both scans state their {' and '.join(missing)}: it was not compared"] if missing else []


def shares_frame(before: Scan, after: Scan) -> bool:
    """Whether both scans state the same frame of reference."""
    return before.frame_of_reference is not None and before.frame_of_reference == after.frame_of_reference


def _require_shared_space(before: Scan, after: Scan) -> None:
    """Refuse boxes that lie apart, unless different frames of reference make their places incomparable."""
    frames = before.frame_of_reference, after.frame_of_reference
    if all(frames) and frames[0] != frames[1]:
        return
    boxes = []
    for scan in (before, after):
        grid = scan.image.geometry
        ends = np.array([[k, j, i] for k in (0, 1) for j in (0, 1) for i in (0, 1)]) * (np.array(grid.array_shape) - 1)
        places = grid.ras_from_kji(ends)
        boxes.append((places.min(axis=0), places.max(axis=0)))
    overlap = np.minimum(boxes[0][1], boxes[1][1]) - np.maximum(boxes[0][0], boxes[1][0])
    if overlap.min() <= 0:
        axis = int(np.argmin(overlap))
        raise InputError(
            f"the scans do not overlap: {-overlap[axis]:.0f} mm lie between them "
            f"{('from right to left', 'from front to back', 'from head to foot')[axis]}; give scans of one region"
        )


def _require_two_acquisitions(before: Scan, after: Scan) -> None:
    advice = "give the series before contrast agent and the one after it"
    one, other = before.image, after.image
    if one.voxels.shape != other.voxels.shape:
        return
    if np.array_equal(one.voxels, other.voxels):
        raise InputError(
            f"{before.source} and {after.source} hold the same values: one series was given twice; {advice}"
        )
    if not one.geometry.matches(other.geometry):
        return
    shared = shared_noise(one, other)
    if shared is not None and shared > SAME_NOISE:
        raise InputError(
            f"{before.source} and {after.source} share their noise (correlation {shared:.2f} in flat tissue), so they "
            f"are images of one acquisition; {advice}"
        )


def shared_noise(first: Image, second: Image) -> float | None:
    """Return how the noise of two images of one grid correlates in flat tissue; ``None`` when that cannot be told."""
    step = max(1, len(first.voxels) // SECTIONS_LOOKED_AT)
    residuals = []
    is_flat = None
    for image in (first, second):
        values = image.voxels[::step].astype(np.float32)
        smooth = ndimage.gaussian_filter(values, (0, SMOOTH_VOXELS, SMOOTH_VOXELS))
        slope = np.hypot(*np.gradient(smooth, axis=(1, 2)))
        flat = (smooth > TISSUE_HU[0]) & (smooth < TISSUE_HU[1]) & (slope < FLAT_HU_PER_VOXEL)
        is_flat = flat if is_flat is None else is_flat & flat
        residuals.append(values - ndimage.uniform_filter(values, (0, NOISE_WIDTH, NOISE_WIDTH)))
    if is_flat is None or is_flat.sum() < LEAST_FLAT_VOXELS:
        return None
    one, other = (residual[is_flat] for residual in residuals)
    if min(one.std(), other.std()) < LEAST_NOISE_HU:
        return None
    return float(np.corrcoef(one, other)[0, 1])

"""The neighbourhood of a node on cubic voxels, as share of soft tissue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.robust import robust_sd

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.measure.spikes.node_box import NodeBox
    from iENEGraderLib.measure.tissue import TissueScale

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FINEST_VOXEL_MM = 0.25
"""Ours: finer voxels cost time and show nothing more, because the image is blurred by more than that."""
GUARD_MM = 0.6
GUARD_VOXELS = 1.01
"""Ours: the blur of a labelled vessel or muscle reaches about so far beyond its label, or so many voxels."""
FAT_SHARES = (-0.4, 0.35)
"""Ours: more soft tissue than this is no fat, and less is air."""
SMOOTHING_MM = 0.4
CLEAR_OF_NODE_MM = 2.0
"""Ours: fat this far from the node shows the noise; the blur of the node has ended."""
RAW_LIMITS = (-0.5, 1.5)
"""Ours: shares beyond these are calcium, contrast agent or air, and count as these."""


@dataclass(frozen=True, eq=False)
class TissueGrid:
    """Share of soft tissue on cubic voxels.

    Attributes
    ----------
    share : 0 fat to 1 soft tissue [k, j, i]; 0 where excluded.
    node, excluded, fat : masks; what is excluded holds a rim for its blur.
    outside_mm : distance from the node.
    voxel_mm : side of the cubes.
    spacing_mm : of the image from which they come.
    geometry : grid of that image; both begin at the same voxel centre.
    smooth_share : ``share`` a little smoothed, on which faint tissue is followed.
    noise_share, smooth_noise_share : standard deviations of both in fat.
    """

    share: NDArray[np.float32]
    node: Mask
    excluded: Mask
    fat: Mask
    outside_mm: NDArray[np.float32]
    voxel_mm: float
    spacing_mm: Floats
    geometry: ImageGeometry
    smooth_share: NDArray[np.float32]
    noise_share: float
    smooth_noise_share: float

    def ras_mm(self, positions: NDArray[Any]) -> tuple[float, float, float]:
        """Return the place in the patient of an array position [k, j, i] of the cubes."""
        return self.geometry.place_ras_mm(positions * self.voxel_mm / self.spacing_mm)


def tissue_grid(around: NodeBox, scale: TissueScale) -> TissueGrid:
    """Resample (linear) to cubes with the least side of the image's voxels."""
    spacing = around.spacing_mm
    side = max(FINEST_VOXEL_MM, float(spacing.min()))
    share = np.clip(_on_cubes(scale.share(around.image.voxels), spacing, side), *RAW_LIMITS)
    node = _on_cubes(around.node, spacing, side) > 0.5
    excluded = _on_cubes(around.excluded, spacing, side) > 0.5
    if excluded.any():
        excluded = distance_to_mm(excluded, side) <= max(GUARD_MM, GUARD_VOXELS * float(spacing.max()))
    excluded &= ~node
    share[excluded] = 0.0
    fat = (share > FAT_SHARES[0]) & (share < FAT_SHARES[1]) & ~excluded
    outside = distance_to_mm(node, side)
    smooth: NDArray[np.float32] = ndimage.gaussian_filter(share, SMOOTHING_MM / side, truncate=3.0)
    noise = scale.noise / abs(scale.contrast)
    smooth_noise = robust_sd(smooth[fat & (outside > CLEAR_OF_NODE_MM)])
    return TissueGrid(
        share=share,
        node=node,
        excluded=excluded,
        fat=fat,
        outside_mm=outside,
        voxel_mm=side,
        spacing_mm=spacing,
        geometry=around.image.geometry,
        smooth_share=smooth,
        noise_share=noise,
        smooth_noise_share=smooth_noise,
    )


def _on_cubes(values: NDArray[Any], spacing_mm: Floats, side_mm: float) -> NDArray[np.float32]:
    """Resample linearly; the first voxel centre stays where it is."""
    values = values.astype(np.float32)
    if np.allclose(spacing_mm, side_mm, rtol=1e-3):
        return values
    shape = np.floor((np.array(values.shape) - 1) * spacing_mm / side_mm + 1e-6).astype(int) + 1
    cubes: NDArray[np.float32] = ndimage.affine_transform(
        values, side_mm / spacing_mm, output_shape=tuple(shape), order=1, mode="nearest"
    )
    return cubes


def distance_to_mm(mask: Mask, voxel_mm: float) -> NDArray[np.float32]:
    """Return the distance from each voxel to the nearest voxel of a mask, 0 inside it."""
    return np.maximum(-signed_distance_mm(mask, np.full(3, voxel_mm)), np.float32(0))

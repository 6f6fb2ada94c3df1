"""Values of a map in a region: the mean, and how far noise that neighbours share makes it uncertain."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.measure.map_values import SpectralKind, map_value
from iENEGraderLib.measure.regions import GridRegion
from scipy.ndimage import gaussian_filter

GRID = ImageGeometry((40, 40, 12), (1.0, 1.0, 2.0), (-20.0, -20.0, -12.0))
REGION = GridRegion(np.ones((6, 20, 20), dtype=bool), (3, 10, 10), "segment")
IODINE_MG_ML = 2.0


def iodine_map(seed: int, blur_voxels: float) -> Image:
    """An even map with noise, blurred within sections as reconstruction does."""
    noise = np.random.default_rng(seed).normal(0.0, 1.0, GRID.array_shape)
    noise = gaussian_filter(noise, (0.0, blur_voxels, blur_voxels)) if blur_voxels else noise
    return Image((IODINE_MG_ML + noise).astype(np.float32), GRID)


@pytest.mark.parametrize("blur_voxels", [0.0, 1.5])
def test_the_uncertainty_is_how_much_means_of_repeated_scans_differ(blur_voxels: float) -> None:
    found = [
        map_value(iodine_map(seed, blur_voxels), REGION, SpectralKind.IODINE, "mg/mL", "iodine") for seed in range(60)
    ]
    values = [each for each in found if each is not None]
    spread = np.std([each.mean for each in values], ddof=1)
    assert np.mean([each.mean for each in values]) == pytest.approx(IODINE_MG_ML, abs=0.02)
    # Sixty scans tell their spread to a tenth; noise taken as independent would state a fifth of it when blurred.
    assert np.median([each.uncertainty for each in values]) == pytest.approx(spread, rel=0.35)


def test_a_region_without_voxels_has_no_value_and_one_voxel_no_uncertainty() -> None:
    empty = GridRegion(np.zeros((1, 1, 1), dtype=bool), (0, 0, 0), "segment")
    assert map_value(iodine_map(1, 0.0), empty, SpectralKind.IODINE, "mg/mL", "iodine") is None
    single = GridRegion(np.ones((1, 1, 1), dtype=bool), (3, 4, 5), "segment")
    found = map_value(iodine_map(1, 0.0), single, SpectralKind.IODINE, "mg/mL", "iodine")
    assert found is not None
    assert np.isnan(found.uncertainty)
    assert found.place_ras_mm == pytest.approx((15.0, 16.0, -6.0))

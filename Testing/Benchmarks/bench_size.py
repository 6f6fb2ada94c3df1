"""Time the size of a node against SimpleITK and against plain scipy, on the same mask in one run.

Run from the root of the project: ``python Testing/Benchmarks/bench_size.py``
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from scipy.ndimage import binary_erosion
from scipy.spatial.distance import pdist

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "iENEGrader"))

from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from iENEGraderLib.measure.size.node_size import node_size

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE_KJI = (200, 512, 512)
SPACING_IJK = (0.45, 0.45, 1.0)
LENGTHS_MM = (12.0, 24.0, 40.0)
REPEATS = 5


def a_mask(length_mm: float) -> np.ndarray:
    """Mask of an upright ellipsoid of that greatest dimension in a neck CT of usual size."""
    k, j, i = np.ogrid[: SHAPE_KJI[0], : SHAPE_KJI[1], : SHAPE_KJI[2]]
    half = length_mm / 2
    return (
        ((k - 100.3) * SPACING_IJK[2] / (0.8 * half)) ** 2
        + ((j - 250.2) * SPACING_IJK[1] / half) ** 2
        + ((i - 150.1) * SPACING_IJK[0] / (0.7 * half)) ** 2
    ) <= 1


def by_simpleitk(mask: np.ndarray) -> float:
    """Return the Feret diameter of SimpleITK: all pairs of border voxel centres."""
    labels = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
    labels.SetSpacing(SPACING_IJK)
    statistics = SimpleITK.LabelShapeStatisticsImageFilter()
    statistics.ComputeFeretDiameterOn()
    statistics.Execute(labels)
    return float(statistics.GetFeretDiameter(1))


def by_scipy(mask: np.ndarray) -> float:
    """Return the greatest distance between border voxel centres, in the box of the node: what a script would do."""
    box = tuple(slice(p.min() - 1, p.max() + 2) for p in np.nonzero(mask))
    part = mask[box]
    border = np.argwhere(part & ~binary_erosion(part)) * SPACING_IJK[::-1]
    return float(pdist(border).max())


def best_ms(measure: Callable[[], float]) -> tuple[float, float]:
    """Return the result and the best time of some runs."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = measure()
        times.append(time.perf_counter() - start)
    return result, 1000 * min(times)


def main() -> None:
    """Print one line per node."""
    k, j, i = SHAPE_KJI
    geometry = ImageGeometry((i, j, k), SPACING_IJK)
    print("true mm | ours: mm, ms (all of NodeSize) | SimpleITK: mm, ms, ratio | scipy pdist: mm, ms, ratio")
    for length in LENGTHS_MM:
        mask = a_mask(length)
        ours, ours_ms = best_ms(lambda mask=mask: node_size(mask, geometry).greatest_dimension_mm)
        other, other_ms = best_ms(lambda mask=mask: by_simpleitk(mask))
        plain, plain_ms = best_ms(lambda mask=mask: by_scipy(mask))
        print(
            f"{length:7.1f} | {ours:6.2f} {ours_ms:6.1f} | {other:6.2f} {other_ms:7.1f} {other_ms / ours_ms:5.1f}x | "
            f"{plain:6.2f} {plain_ms:7.1f} {plain_ms / ours_ms:5.1f}x",
            flush=True,
        )


if __name__ == "__main__":
    main()

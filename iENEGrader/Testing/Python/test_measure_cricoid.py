"""Extension below the cricoid: the lowest point decides, and a close call is left to the reader."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from iENEGraderLib.measure.position.cricoid import CricoidRelation, below_cricoid, lowest_point_ras

GRID = ImageGeometry((10, 10, 20), (1.0, 1.0, 2.5), (0.0, 0.0, -20.0))
HEAD_FIRST = ImageGeometry((10, 10, 20), (1.0, 1.0, 2.5), (0.0, 0.0, 27.5), ((1, 0, 0), (0, -1, 0), (0, 0, -1)))


@pytest.fixture
def a_node() -> np.ndarray:
    """A node whose lowest voxel is at S -10 mm on ``GRID``."""
    mask = np.zeros(GRID.array_shape, bool)
    mask[4:8, 3:6, 2:5] = True
    mask[4, 3:6, 2:5] = False
    mask[4, 4, 3] = True
    return mask


def test_the_lowest_point_is_the_lowest_voxel_in_the_patient(a_node: np.ndarray) -> None:
    assert lowest_point_ras(a_node, GRID) == pytest.approx((-3.0, -4.0, -10.0))
    assert lowest_point_ras(a_node, HEAD_FIRST)[2] == pytest.approx(27.5 - 7 * 2.5)


@pytest.mark.parametrize(
    ("border_s_mm", "relation", "depth_mm"),
    [
        (-2.0, CricoidRelation.BELOW, 8.0),
        (-7.4, CricoidRelation.BELOW, 2.6),
        (-7.5, CricoidRelation.BORDERLINE, 2.5),
        (-10.0, CricoidRelation.BORDERLINE, 0.0),
        (-12.5, CricoidRelation.BORDERLINE, -2.5),
        (-12.6, CricoidRelation.NOT_BELOW, -2.6),
        (-40.0, CricoidRelation.NOT_BELOW, -30.0),
    ],
)
def test_within_one_section_of_the_border_is_borderline(
    a_node: np.ndarray, border_s_mm: float, relation: CricoidRelation, depth_mm: float
) -> None:
    evidence = below_cricoid(a_node, GRID, (0.0, 20.0, border_s_mm))

    assert evidence.relation is relation
    assert evidence.depth_mm == pytest.approx(depth_mm)
    assert evidence.tolerance_mm == 2.5
    assert f"{abs(depth_mm):.1f} mm" in evidence.reason


def test_an_empty_mask_has_no_lowest_point() -> None:
    with pytest.raises(InputError, match="mask is empty"):
        lowest_point_ras(np.zeros(GRID.array_shape, bool), GRID)
    with pytest.raises(InputError, match="give them alike"):
        lowest_point_ras(np.ones((2, 2, 2), bool), GRID)

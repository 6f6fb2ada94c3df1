"""Segments that were drawn on another grid than that of the dynamic study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from hypothesis import given, settings
from hypothesis import strategies as st
from PWIProtocolLib.dynamic import DynamicFrames
from PWIProtocolLib.dynamic.frames import Acquisition
from PWIProtocolLib.mapping import resampled, segments_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

COARSE = ImageGeometry((20, 18, 6), (2.0, 2.0, 4.0), (-19.0, -17.0, 2.0))
FINE = ImageGeometry((80, 72, 24), (0.5, 0.5, 1.0), (-19.75, -17.75, 0.5))
"""Four, four and four voxels of it fill one of the coarse grid."""
TURNED = ImageGeometry((90, 90, 40), (0.5, 0.5, 1.0), (-20.0, -26.0, -2.0),
                       ((0.96, -0.28, 0.0), (0.28, 0.96, 0.0), (0.0, 0.0, 1.0)))  # fmt: skip


@pytest.fixture
def the_dynamic() -> DynamicFrames:
    frames = np.zeros((8, *COARSE.array_shape), np.float32)
    return DynamicFrames(frames, 5.0 * np.arange(8), COARSE, Acquisition(None, None), "dynamic", "computed")


def ball(geometry: ImageGeometry, centre_ras: tuple[float, float, float], radius_mm: float) -> NDArray[np.bool_]:
    """A ball on a grid."""
    places = np.stack(np.meshgrid(*map(np.arange, geometry.array_shape), indexing="ij"), axis=-1)
    found: NDArray[np.bool_] = ((geometry.ras_from_kji(places) - centre_ras) ** 2).sum(axis=-1) < radius_mm**2
    return found


def segmentation(geometry: ImageGeometry, *masks: NDArray[np.bool_]) -> Segmentation:
    whole = (slice(0, geometry.array_shape[0]), slice(0, geometry.array_shape[1]), slice(0, geometry.array_shape[2]))
    segments = tuple(
        Segment(f"Segment_{n}", f"node_{n}", mask.astype(np.uint8), 1, whole, (0, 0, 0), geometry.array_shape)
        for n, mask in enumerate(masks, 1)
    )
    return Segmentation(geometry, segments, "nodes")


def test_whole_voxels_of_a_finer_grid_become_the_same_place(the_dynamic: DynamicFrames) -> None:
    coarse = np.zeros(COARSE.array_shape, bool)
    coarse[1:4, 5:11, 3:12] = True
    fine = coarse.repeat(4, axis=0).repeat(4, axis=1).repeat(4, axis=2)
    found = segments_on(the_dynamic, segmentation(FINE, fine))
    np.testing.assert_array_equal(found.segmentation.segments[0].mask(), coarse)
    assert found.drawn_on == FINE
    assert found.placings[0].drawn_ml == pytest.approx(found.placings[0].placed_ml)
    assert found.placings[0].inside_share == 1.0


def test_voxels_that_agree_are_not_resampled(the_dynamic: DynamicFrames) -> None:
    cropped = ImageGeometry((8, 8, 3), (2.0, 2.0, 4.0), (-9.0, -7.0, 6.0))
    mask = np.ones(cropped.array_shape, bool)
    found = segments_on(the_dynamic, segmentation(cropped, mask))
    assert (found.drawn_on, found.placings, found.cautions) == (None, (), ())
    assert np.count_nonzero(found.segmentation.segments[0].mask()) == mask.size


@pytest.mark.parametrize(("shift", "first"), [(-0.4, 3), (0.2, 3), (0.4, 3), (0.6, 4)])
def test_each_voxel_takes_the_value_of_the_nearest_one(shift: float, first: int) -> None:
    moved = replace(COARSE, origin_lps_mm=(-19.0 + 2.0 * shift, -17.0, 2.0))
    mask = np.zeros(COARSE.array_shape, bool)
    mask[2:4, 5:9, 3:8] = True
    expected = np.zeros(COARSE.array_shape, bool)
    expected[2:4, 5:9, first : first + 5] = True
    np.testing.assert_array_equal(resampled(mask, moved, COARSE).mask, expected)


@settings(max_examples=15, deadline=None)
@given(
    right=st.floats(-8, 8), anterior=st.floats(-6, 6), superior=st.floats(9, 15), radius_mm=st.floats(4.0, 7.0),
    turned=st.booleans(),
)  # fmt: skip
def test_a_ball_stays_where_it_is_in_the_patient(
    right: float, anterior: float, superior: float, radius_mm: float, turned: bool
) -> None:
    grid = TURNED if turned else FINE
    centre = (right, anterior, superior)
    found = resampled(ball(grid, centre, radius_mm), grid, COARSE)
    expected = ball(COARSE, centre, radius_mm)
    # The nearest voxel of the fine grid is at most this far away: only the rim may differ.
    reach = 0.5 * float(np.linalg.norm(grid.spacing_mm)) + 1e-6
    assert not (found.mask & ~ball(COARSE, centre, radius_mm + reach)).any()
    assert not (ball(COARSE, centre, radius_mm - reach) & ~found.mask).any()
    assert found.placed_ml == pytest.approx(np.count_nonzero(expected) * 0.016, rel=0.5)


def test_both_grids_and_a_changed_volume_are_said(the_dynamic: DynamicFrames) -> None:
    small = ball(FINE, (1.0, 1.0, 12.0), 2.2)
    found = segments_on(the_dynamic, segmentation(FINE, ball(FINE, (0.0, 0.0, 12.0), 8.0), small))
    first, *others = found.cautions
    assert "nearest voxel" in first
    assert "80 x 72 x 24 voxels of 0.5 x 0.5 x 1 mm" in first
    assert "20 x 18 x 6 voxels of 2 x 2 x 4 mm" in first
    change = found.placings[1].placed_ml / found.placings[1].drawn_ml - 1
    assert abs(change) > 0.1
    assert len(others) == 1
    assert others[0].startswith("segment node_2: 0.0")
    assert f"({change:+.0%})" in others[0]


def test_a_segment_partly_outside_is_measured_inside_and_said(the_dynamic: DynamicFrames) -> None:
    taller = replace(FINE, size_ijk=(80, 72, 60))
    half = np.zeros(taller.array_shape, bool)
    half[12:36, 20:40, 20:40] = True
    found = segments_on(the_dynamic, segmentation(taller, half))
    assert found.placings[0].inside_share == pytest.approx(0.5)
    assert found.cautions[1] == "segment node_1: 50% of it lies outside the dynamic study and was not measured"
    assert found.placings[0].placed_ml == pytest.approx(found.placings[0].drawn_ml / 2)


def test_a_segment_outside_is_refused_with_both_grids(the_dynamic: DynamicFrames) -> None:
    away = replace(FINE, origin_lps_mm=(100.0, 0.0, 0.0))
    with pytest.raises(InputError, match=r"segment node_1 lies outside the dynamic study: segments 80 x 72.* 20 x 18"):
        segments_on(the_dynamic, segmentation(away, ball(away, (-110.0, -10.0, 10.0), 4.0)))


def test_a_segment_too_small_for_a_voxel_is_refused(the_dynamic: DynamicFrames) -> None:
    speck = np.zeros(FINE.array_shape, bool)
    speck[8, 8, 8] = True
    with pytest.raises(InputError, match="nothing remains of segment node_1"):
        segments_on(the_dynamic, segmentation(FINE, speck))


def test_segments_that_overlap_stay_both(the_dynamic: DynamicFrames) -> None:
    masks = ball(FINE, (0.0, 0.0, 12.0), 8.0), ball(FINE, (3.0, 0.0, 12.0), 8.0)
    first, second = (each.mask() for each in segments_on(the_dynamic, segmentation(FINE, *masks)).segmentation.segments)
    assert (first & second).any()
    assert (first & ~second).any()

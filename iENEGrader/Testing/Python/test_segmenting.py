"""First outlines of a node: grown from a seed and filled between curves, against balls and boxes of known size."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.sample import DigitalNeck, digital_neck, sample_image, sample_segmentation
from iENEGraderLib.segmenting import grow_from_seed, mask_of_curves

GRID = ImageGeometry((80, 70, 60), (0.8, 0.8, 1.0), (-30.0, 12.0, 100.0))
FAT, NODE, NOISE = -100.0, 70.0, 10.0
CENTRE = GRID.ras_from_kji(np.array(GRID.array_shape) / 2)


@pytest.fixture(scope="module")
def the_neck() -> DigitalNeck:
    return digital_neck()


def points_of_grid() -> np.ndarray:
    return GRID.ras_from_kji(np.stack(np.meshgrid(*map(np.arange, GRID.array_shape), indexing="ij"), -1))


def ball(radius_mm: float, centre: np.ndarray = CENTRE) -> np.ndarray:
    return np.linalg.norm(points_of_grid() - centre, axis=-1) <= radius_mm


def a_ct(*soft: np.ndarray, seed: int = 0) -> Image:
    voxels = np.where(np.any(soft, axis=0), NODE, FAT) + np.random.default_rng(seed).normal(0, NOISE, GRID.array_shape)
    return Image(voxels.astype(np.float32), GRID, "CT", "phantom")


def dice(first: np.ndarray, second: np.ndarray) -> float:
    return float(2 * np.count_nonzero(first & second) / (np.count_nonzero(first) + np.count_nonzero(second)))


def test_a_ball_in_fat_is_grown_from_any_point_well_inside_it() -> None:
    truth = ball(9.0)
    for shift in ((0.0, 0.0, 0.0), (5.0, 0.0, 0.0), (0.0, -4.0, 4.0)):
        assert dice(grow_from_seed(a_ct(truth), CENTRE + np.array(shift)), truth) > 0.97


def test_a_node_that_touches_a_large_muscle_is_cut_from_it() -> None:
    truth = ball(7.0)
    muscle = points_of_grid()[..., 1] > CENTRE[1] + 6.0
    grown = grow_from_seed(a_ct(truth, muscle), CENTRE, radius_mm=16.0)
    assert dice(grown, truth) > 0.85


def test_another_segment_is_never_taken() -> None:
    truth = ball(7.0)
    muscle = (points_of_grid()[..., 1] > CENTRE[1] + 6.0) & ~truth
    grown = grow_from_seed(a_ct(truth, muscle), CENTRE, muscle)
    assert not (grown & muscle).any()
    assert dice(grown, truth) > 0.95


@pytest.mark.parametrize("right_mm", [7.2, 0.0, 2.0])
def test_a_node_with_a_necrotic_middle_is_grown_whole_from_its_rim_and_from_its_middle(right_mm: float) -> None:
    truth, core = ball(9.0), ball(5.0)
    image = a_ct(truth)
    image.voxels[core] -= NODE - 20.0
    assert dice(grow_from_seed(image, CENTRE + np.array([right_mm, 0.0, 0.0])), truth) > 0.95


@pytest.mark.parametrize(
    ("seed", "complaint"),
    [
        (CENTRE + np.array([500.0, 0.0, 0.0]), "outside the image"),
        (CENTRE + np.array([20.0, 0.0, 0.0]), "nothing of the size of a node"),
    ],
)
def test_a_seed_outside_a_node_is_refused_with_the_reason(seed: np.ndarray, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        grow_from_seed(a_ct(ball(7.0)), seed)
    with pytest.raises(InputError, match="another segment"):
        grow_from_seed(a_ct(ball(7.0)), CENTRE, ball(8.0))


@pytest.mark.parametrize("name", ["node_1", "node_2"])
def test_the_lone_nodes_of_the_sample_neck_are_outlined(the_neck: DigitalNeck, name: str) -> None:
    image, segmentation = sample_image(the_neck), sample_segmentation(the_neck)
    node = the_neck.truth.node(name)
    others = np.zeros(image.geometry.array_shape, dtype=bool)
    for segment in segmentation.segments:
        if segment.name != node.name:
            others[segment.grid_box] |= segment.cropped_mask()
    grown = grow_from_seed(image, node.centre_ras_mm, others)
    assert dice(grown, segmentation.named(node.name).mask()) > 0.9


def circle(k: float, radius_mm: float, points: int = 60) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    middle = GRID.ras_from_kji((k, 35.3, 40.2))
    return middle + radius_mm * np.stack([np.cos(angle), np.sin(angle), 0 * angle], -1)


def test_a_circle_is_filled_to_its_area() -> None:
    mask = mask_of_curves([circle(30, 8.0)], GRID)
    assert np.flatnonzero(mask.any(axis=(1, 2))).tolist() == [30]
    assert mask.sum() * 0.64 == pytest.approx(np.pi * 64, rel=0.02)


def test_sections_between_two_circles_are_filled_by_shape() -> None:
    mask = mask_of_curves([circle(20, 4.0), circle(30, 9.0)], GRID)
    areas = mask.sum(axis=(1, 2)) * 0.64
    assert np.flatnonzero(areas).tolist() == list(range(20, 31))
    for k, radius in ((20, 4.0), (24, 6.0), (26, 7.0), (30, 9.0)):
        assert areas[k] == pytest.approx(np.pi * radius**2, rel=0.1)


def test_two_curves_in_one_section_belong_to_one_node() -> None:
    apart = circle(30, 3.0) + np.array([12.0, 0.0, 0.0])
    mask = mask_of_curves([circle(30, 3.0), apart], GRID)
    assert mask.sum() * 0.64 == pytest.approx(2 * np.pi * 9, rel=0.1)


@settings(max_examples=20)
@given(st.floats(2.0, 14.0), st.floats(-6.0, 6.0), st.floats(-6.0, 6.0))
def test_any_circle_keeps_its_area_wherever_it_lies(radius: float, right: float, front: float) -> None:
    mask = mask_of_curves([circle(30, radius) + np.array([right, front, 0.0])], GRID)
    assert mask.sum() * 0.64 == pytest.approx(np.pi * radius**2, abs=0.5 * 2 * np.pi * radius * 0.4 + 0.6)


@pytest.mark.parametrize(
    ("curves", "complaint"),
    [
        ([], "no curve was drawn"),
        ([circle(30, 5.0)[:2]], "fewer than three points"),
        ([circle(30, 5.0) + np.linspace(0, 6, 60)[:, None]], "parallel sections"),
        ([circle(90, 5.0)], "outside the image"),
    ],
)
def test_curves_that_make_no_node_are_refused_with_the_reason(curves: list[np.ndarray], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        mask_of_curves(curves, GRID)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.export.deidentify.defacing import (
    FACE_WARNING,
    UNSURE_WARNING,
    DefacedImage,
    DefacingPlan,
    chin_level_mm,
    defaced,
    face_warning,
)
from iENEGraderLib.sample import DigitalNeck, digital_neck
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

BODY_HU = -300


@pytest.fixture(scope="module")
def a_neck() -> DigitalNeck:
    return digital_neck(0, spacing_mm=(1.5, 1.5, 2.0))


@pytest.fixture(scope="module")
def an_image(a_neck: DigitalNeck) -> Image:
    return Image(a_neck.hu, a_neck.geometry, "CT")


@pytest.fixture(scope="module")
def some_nodes(a_neck: DigitalNeck) -> NDArray[np.bool_]:
    masks = [a_neck.mask(segment.name) for segment in a_neck.segments if segment.name.startswith("node_")]
    return np.any(masks, axis=0)


@pytest.fixture(scope="module")
def a_chin_mm(a_neck: DigitalNeck) -> float:
    level = chin_level_mm(a_neck.geometry, {"mandible": a_neck.mask("mandible"), "hyoid": a_neck.mask("hyoid")})
    assert level is not None
    return level


@pytest.fixture(scope="module")
def a_faceless_image(an_image: Image, some_nodes: NDArray[np.bool_], a_chin_mm: float) -> DefacedImage:
    return defaced(an_image, DefacingPlan(a_chin_mm, seed=4), some_nodes)


def surface(voxels: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Voxels of the body that touch the air around it, by filling each section."""
    body = np.stack([ndimage.binary_fill_holes(section > BODY_HU) for section in voxels])
    return body & ndimage.binary_dilation(~body)


def ras(image: Image) -> NDArray[np.float64]:
    return image.geometry.ras_from_kji(np.moveaxis(np.indices(image.voxels.shape), 0, -1))


def test_the_surface_of_the_face_is_gone(an_image: Image, a_faceless_image: DefacedImage, a_chin_mm: float) -> None:
    places = ras(an_image)
    before, after = surface(an_image.voxels), surface(a_faceless_image.voxels)
    face = before & (places[..., 2] >= a_chin_mm) & (places[..., 1] > places[before][:, 1].mean() + 20)
    distance = ndimage.distance_transform_edt(~after, sampling=an_image.geometry.spacing_kji_mm)[face]

    assert np.median(distance) > 4
    assert np.ptp(np.percentile(distance, [10, 90])) > 1.5


def test_nodes_and_what_lies_deep_or_low_or_behind_stay_voxel_by_voxel(
    an_image: Image, a_faceless_image: DefacedImage, some_nodes: NDArray[np.bool_], a_chin_mm: float
) -> None:
    changed = a_faceless_image.changed
    spacing = an_image.geometry.spacing_kji_mm
    body = np.stack([ndimage.binary_fill_holes(section > BODY_HU) for section in an_image.voxels])
    places = ras(an_image)

    assert np.array_equal(a_faceless_image.voxels[~changed], an_image.voxels[~changed])
    assert ndimage.distance_transform_edt(~some_nodes, sampling=spacing)[changed].min() > 5
    assert ndimage.distance_transform_edt(body, sampling=spacing)[changed].max() <= 12
    assert places[changed][:, 2].min() >= a_chin_mm
    assert places[changed][:, 1].min() > places[body][:, 1].mean() - 1
    assert a_faceless_image.voxels.dtype == an_image.voxels.dtype


def test_what_replaces_the_face_looks_like_air(an_image: Image, a_faceless_image: DefacedImage) -> None:
    filled = a_faceless_image.voxels[a_faceless_image.changed].astype(float)
    corner = an_image.voxels[:, :5, :5].astype(float)

    assert filled.mean() == pytest.approx(corner.mean(), abs=10)
    assert filled.std() == pytest.approx(corner.std(), rel=0.3)


def test_the_depth_differs_each_time_unless_a_seed_is_given(an_image: Image, a_chin_mm: float) -> None:
    plan = DefacingPlan(a_chin_mm)
    first, second = (defaced(an_image, plan).changed for _ in range(2))
    third, fourth = (defaced(an_image, replace(plan, seed=1)).changed for _ in range(2))

    assert not np.array_equal(first, second)
    assert np.array_equal(third, fourth)


def test_skin_in_front_of_the_chin_is_a_reason_to_warn(an_image: Image, a_chin_mm: float) -> None:
    assert face_warning(an_image, a_chin_mm) == FACE_WARNING
    assert face_warning(an_image) == UNSURE_WARNING
    assert face_warning(an_image, a_chin_mm + 1000) is None


def test_a_volume_within_the_neck_shows_no_face(an_image: Image) -> None:
    inside = np.full_like(an_image.voxels, 40)
    assert face_warning(replace(an_image, voxels=inside)) is None
    with pytest.raises(InputError, match="no air around the body"):
        defaced(replace(an_image, voxels=inside), DefacingPlan(0.0))


def test_a_turned_grid_gives_the_same_face(a_neck: DigitalNeck, an_image: Image, a_chin_mm: float) -> None:
    turned = np.ascontiguousarray(an_image.voxels[:, ::-1, ::-1])
    geometry = a_neck.geometry
    corner = geometry.ijk_to_lps @ [geometry.size_ijk[0] - 1, geometry.size_ijk[1] - 1, 0, 1]
    axes = np.asarray(geometry.direction_lps) * [-1, -1, 1]
    other = replace(
        geometry, origin_lps_mm=tuple(corner[:3].tolist()), direction_lps=tuple(tuple(row) for row in axes.tolist())
    )
    plan = DefacingPlan(a_chin_mm, depth_mm=(6.0, 6.0), seed=1)

    straight = defaced(an_image, plan).changed
    assert np.array_equal(defaced(Image(turned, other, "CT"), plan).changed[:, ::-1, ::-1], straight)


def test_bad_plans_and_masks_are_refused(an_image: Image) -> None:
    with pytest.raises(InputError, match="depths"):
        DefacingPlan(0.0, depth_mm=(5.0, 2.0))
    with pytest.raises(InputError, match="shape"):
        defaced(an_image, DefacingPlan(0.0), np.zeros((1, 1, 1), bool))

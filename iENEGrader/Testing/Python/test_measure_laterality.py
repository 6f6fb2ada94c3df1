"""Side of a node: against the patient's own mid-sagittal plane, however the patient lies in the image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.bounding_box import bounding_box
from iENEGraderLib.measure.position.centroid import centroid_ras_mm
from iENEGraderLib.measure.position.laterality import side_of, side_of_segment
from iENEGraderLib.measure.position.midsagittal import Plane, mid_sagittal_plane, plane_from_body, plane_from_structures
from iENEGraderLib.reading.vocabulary import Side
from scipy.spatial.transform import Rotation

GRID = ImageGeometry((200, 160, 120), (1.0, 1.0, 2.0), (-100.0, -80.0, -120.0))
STRAIGHT = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0.2, "fitted to 2 paired and 1 midline structures")
PLACES_RAS = {
    "submandibular_gland_left": (-28.0, 40.0, 20.0),
    "submandibular_gland_right": (28.0, 40.0, 20.0),
    "common_carotid_artery_left": (-22.0, 5.0, -40.0),
    "common_carotid_artery_right": (22.0, 5.0, -40.0),
    "spinal_cord": (0.0, -35.0, 0.0),
    "hyoid": (0.0, 45.0, 0.0),
}


def moved(point: tuple[float, ...], turn: Rotation, shift: tuple[float, ...]) -> np.ndarray:
    return turn.apply(point) + np.array(shift)


def segment_at(name: str, centre_ras: np.ndarray, half: int = 3) -> Segment:
    box = tuple(slice(c - half, c + half + 1) for c in np.rint(GRID.kji_from_ras(centre_ras)).astype(int))
    labels = np.zeros(GRID.array_shape, np.uint8)
    labels[box] = 1
    return Segment(name, name, labels, 1, box, (0, 0, 0), GRID.array_shape)


def a_patient(
    names: tuple[str, ...] = tuple(PLACES_RAS),
    turn: Rotation | None = None,
    shift: tuple[float, ...] = (0.0, 0.0, 0.0),
) -> Segmentation:
    turn = turn or Rotation.identity()
    return Segmentation(GRID, tuple(segment_at(n, moved(PLACES_RAS[n], turn, shift)) for n in names), "neck.seg.nrrd")


@settings(max_examples=12, deadline=None)
@given(
    yaw=st.floats(-25, 25), tilt=st.floats(-12, 12), x=st.floats(-15, 15), y=st.floats(-15, 15), z=st.floats(-15, 15)
)
def test_the_plane_follows_a_patient_who_lies_turned_and_shifted(
    yaw: float, tilt: float, x: float, y: float, z: float
) -> None:
    turn = Rotation.from_euler("zy", (yaw, tilt), degrees=True)

    plane = mid_sagittal_plane(a_patient(turn=turn, shift=(x, y, z)))

    right = turn.apply((1.0, 0.0, 0.0))
    assert np.degrees(np.arccos(np.clip(np.dot(plane.to_right, right), -1, 1))) < 2.0
    assert plane.distance_mm(tuple(moved((15.0, -20.0, 30.0), turn, (x, y, z)))) == pytest.approx(15.0, abs=1.5)
    assert plane.residual_mm < 1.5
    assert plane.source == "fitted to 2 paired and 2 midline structures"


def test_a_structure_without_voxels_is_left_out_of_the_plane() -> None:
    patient = a_patient()
    empty = Segment(
        "trachea", "trachea", np.zeros(GRID.array_shape, np.uint8), 1, (slice(0, 0),) * 3, (0, 0, 0), GRID.array_shape
    )

    plane = mid_sagittal_plane(replace(patient, segments=(*patient.segments, empty)))

    assert plane == mid_sagittal_plane(patient)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 999))
def test_the_centroid_of_a_segment_is_the_mean_of_its_voxel_centres(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.zeros(GRID.array_shape, np.uint8)
    labels[20:30, 40:47, 60:75] = rng.random((10, 7, 15)) < 0.2
    box = bounding_box(labels != 0)
    assert box is not None

    centroid = centroid_ras_mm(Segment("mass", "mass", labels, 1, box, (0, 0, 0), GRID.array_shape), GRID)

    assert centroid == pytest.approx(GRID.ras_from_kji(np.argwhere(labels)).mean(axis=0), abs=1e-9)


def test_a_node_across_image_zero_is_still_on_its_own_side() -> None:
    segmentation = a_patient(shift=(20.0, 0.0, 0.0))
    node = segment_at("node_1", np.array([8.0, 10.0, 0.0]))

    proposal = side_of_segment(node, segmentation, mid_sagittal_plane(segmentation))

    assert proposal.side is Side.LEFT
    assert proposal.distance_mm == pytest.approx(-12.0, abs=0.6)


def test_nodes_named_right_and_left_are_no_pair() -> None:
    nodes = (
        segment_at("node_right", np.array([40.0, 0.0, 30.0])),
        segment_at("node_left", np.array([-10.0, 20.0, -30.0])),
    )

    assert plane_from_structures(Segmentation(GRID, nodes)) is None


def test_one_pair_alone_defines_the_plane() -> None:
    plane = plane_from_structures(a_patient(("submandibular_gland_left", "submandibular_gland_right")))
    assert plane is not None
    assert plane.to_right == pytest.approx((1, 0, 0), abs=0.03)


def test_midline_structures_in_a_row_define_no_plane() -> None:
    assert plane_from_structures(a_patient(("spinal_cord", "hyoid"))) is None
    with pytest.raises(InputError, match="too few paired"):
        mid_sagittal_plane(a_patient(("spinal_cord", "hyoid")))


def test_swapped_names_are_refused_instead_of_guessed() -> None:
    first, second = a_patient(("submandibular_gland_left", "submandibular_gland_right")).segments
    swapped = Segmentation(
        GRID,
        (
            segment_at("submandibular_gland_left", np.array(PLACES_RAS[second.name])),
            segment_at("submandibular_gland_right", np.array(PLACES_RAS[first.name])),
        ),
        "neck.seg.nrrd",
    )
    with pytest.raises(InputError, match="submandibular_gland_left lies to the right of its right partner"):
        mid_sagittal_plane(swapped)


def test_a_plane_turned_too_far_is_refused() -> None:
    turn = Rotation.from_euler("z", 60, degrees=True)
    with pytest.raises(InputError, match="turned by 60 degrees"):
        mid_sagittal_plane(a_patient(turn=turn))


@pytest.mark.parametrize(
    ("right_mm", "side", "near"),
    [
        (30.0, Side.RIGHT, False),
        (-30.0, Side.LEFT, False),
        (2.0, Side.MIDLINE, False),
        (5.0, Side.MIDLINE, True),
        (5.5, Side.RIGHT, True),
        (-5.5, Side.LEFT, True),
        (-4.5, Side.MIDLINE, True),
    ],
)
def test_the_midline_band_decides_and_close_calls_are_flagged(right_mm: float, side: Side, near: bool) -> None:
    proposal = side_of((right_mm, 20.0, -10.0), STRAIGHT)

    assert (proposal.side, proposal.near_band) == (side, near)
    assert f"{abs(right_mm):.1f} mm to the {'right' if right_mm > 0 else 'left'}" in proposal.reason
    assert STRAIGHT.source in proposal.reason


def test_the_band_is_the_users() -> None:
    assert side_of((8.0, 0.0, 0.0), STRAIGHT, band_mm=10.0).side is Side.MIDLINE
    assert side_of((8.0, 0.0, 0.0), STRAIGHT, band_mm=0.0).side is Side.RIGHT
    with pytest.raises(InputError, match="expected 0 or more"):
        side_of((8.0, 0.0, 0.0), STRAIGHT, band_mm=-1.0)


def a_ct(turn_deg: float, shift_mm: float) -> Image:
    """A neck that is an egg with a nose and shoulders, on a table, turned about the long axis."""
    geometry = ImageGeometry((140, 120, 30), (2.5, 2.5, 5.0), (-175.0, -150.0, -75.0))
    kji = np.stack(np.meshgrid(*[np.arange(n) for n in geometry.array_shape], indexing="ij"), -1)
    ras = geometry.ras_from_kji(kji)
    own = Rotation.from_euler("z", turn_deg, degrees=True).inv().apply((ras - (shift_mm, 0, 0)).reshape(-1, 3))
    x, y, z = own.reshape(ras.shape)[..., 0], own.reshape(ras.shape)[..., 1], own.reshape(ras.shape)[..., 2]
    neck = (x / (60 + 1.2 * np.clip(-z, 0, 40))) ** 2 + ((y - 5) / 70) ** 2 < 1
    nose = (np.abs(x) < 12) & (y > 60) & (y < 95) & (z > 10)
    table = np.abs(ras[..., 1] + 90) < 4
    voxels = np.where(neck | nose, 40.0, -1000.0)
    voxels[table] = 300.0
    return Image(voxels, geometry, source="ct.nrrd")


@pytest.mark.parametrize(("turn_deg", "shift_mm"), [(0, 0), (10, 12), (-15, -20)])
def test_the_outline_of_the_body_gives_the_plane_when_there_are_no_structures(turn_deg: float, shift_mm: float) -> None:
    plane = mid_sagittal_plane(None, a_ct(turn_deg, shift_mm))

    turn = Rotation.from_euler("z", turn_deg, degrees=True)
    angle = np.degrees(np.arccos(np.clip(np.dot(plane.to_right, turn.apply((1.0, 0.0, 0.0))), -1, 1)))
    assert angle < 3.0
    assert plane.distance_mm((shift_mm, 0.0, 0.0)) == pytest.approx(0.0, abs=2.0)
    assert plane.source == "fitted to the outline of the body"


def test_an_image_without_hounsfield_units_gives_no_outline() -> None:
    mr = Image(np.ones((4, 4, 4)), ImageGeometry((4, 4, 4), (1, 1, 1)), "MR", "mr.nrrd")
    with pytest.raises(InputError, match=r"mr\.nrrd: not in Hounsfield units"):
        plane_from_body(mr)

"""The arc in one section, quick enough for dragging, and all pairs at once: the same as the whole measurement tells."""

from __future__ import annotations

import numpy as np
import pytest
from contact_phantoms import draw, pose, tube_with_cuff
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from iENEGraderLib.measure.contact import (
    ContactClass,
    LiveSection,
    NotAssessable,
    VesselModel,
    all_contacts,
    arc_in_section,
    contact_on_grid,
    contact_with_model,
    section_of_branch,
    section_through,
    vessel_model,
)
from iENEGraderLib.measure.label_field import label_part
from scipy.spatial.transform import Rotation

GRID = (1.0, 0.5, 0.5)
TURNED = tuple(map(tuple, Rotation.from_euler("zyx", (10, -15, 20), degrees=True).as_matrix().tolist()))
AT = pose(25, 60, (0.3, -0.2, 0.1))


def a_geometry(mask: np.ndarray) -> ImageGeometry:
    k, j, i = mask.shape
    return ImageGeometry((i, j, k), GRID[::-1], (12.0, -7.0, 30.0), TURNED)


@pytest.fixture(scope="module")
def masks() -> tuple[np.ndarray, np.ndarray]:
    return draw(tube_with_cuff(AT, 3.5, ((40, 210),), length=12), GRID, (36, 32, 32))


@pytest.fixture(scope="module")
def a_model(masks: tuple[np.ndarray, np.ndarray]) -> VesselModel:
    return vessel_model(masks[0], a_geometry(masks[0]))


@pytest.fixture(scope="module")
def a_section(a_model: VesselModel) -> LiveSection:
    return section_of_branch(a_model, 0.5 * len(a_model.branches[0].line) / 2)


def test_each_section_alone_has_the_arc_of_the_whole_measurement(
    a_model: VesselModel, masks: tuple[np.ndarray, np.ndarray]
) -> None:
    profile = contact_with_model(a_model, masks[1])

    for n in np.flatnonzero(a_model.is_usable)[::7]:
        arc = arc_in_section(section_of_branch(a_model, profile.sections.along_mm[n]), masks[1])
        assert arc.longest_arc_deg == pytest.approx(profile.sections.longest_arc_deg[n], abs=1)
        assert (arc.contact == profile.contact_map.contact[:, n]).mean() > 0.99
        assert arc.wall_kji == pytest.approx(profile.contact_map.wall_kji[:, n], abs=0.01)


def test_a_cropped_tumour_gives_the_same_arc(a_section: LiveSection, masks: tuple[np.ndarray, np.ndarray]) -> None:
    part = label_part(masks[1], masks[1].shape, "the tumour")

    assert arc_in_section(a_section, part).longest_arc_deg == arc_in_section(a_section, masks[1]).longest_arc_deg


def test_the_arc_follows_a_tumour_that_is_drawn_on(a_section: LiveSection) -> None:
    arcs = []
    for more in (0, 30, 60):
        _, tumour = draw(tube_with_cuff(AT, 3.5, ((40, 180 + more),), length=12), GRID, (36, 32, 32))
        arcs.append(arc_in_section(a_section, tumour).longest_arc_deg)

    assert arcs == pytest.approx([180, 210, 240], abs=5)
    assert arc_in_section(a_section, np.zeros_like(tumour)).longest_arc_deg == 0


def test_a_section_placed_by_hand_has_the_angle_of_its_plane(
    a_model: VesselModel, masks: tuple[np.ndarray, np.ndarray]
) -> None:
    geometry, middle = a_model.geometry, (np.array(masks[0].shape) - 1) / 2
    ends = [geometry.ras_from_kji(middle + (AT.centre + along * AT.axis) / GRID) for along in (0, 1)]

    placed = section_through(a_model, ends[0], 3 * (ends[1] - ends[0]))

    assert placed.is_usable
    assert arc_in_section(placed, masks[1]).longest_arc_deg == pytest.approx(210, abs=4)
    assert np.linalg.norm((placed.wall_kji - middle) * GRID - AT.centre, axis=1) == pytest.approx(3.5, abs=0.3)


def test_a_section_placed_beside_the_vessel_has_no_angle(
    a_model: VesselModel, masks: tuple[np.ndarray, np.ndarray]
) -> None:
    beside = section_through(a_model, a_model.geometry.ras_from_kji((18, 8, 8)), (0, 0, 1))

    arc = arc_in_section(beside, masks[1])

    assert (arc.longest_arc_deg, arc.reason) == (None, NotAssessable.NO_CROSS_SECTION)


def test_sections_that_are_not_there_and_other_grids_are_refused(a_model: VesselModel, a_section: LiveSection) -> None:
    with pytest.raises(InputError, match="none has number 2"):
        section_of_branch(a_model, 3.0, branch=2)
    with pytest.raises(InputError, match="beyond branch 0"):
        section_of_branch(a_model, 300.0)
    with pytest.raises(InputError, match="no length"):
        section_through(a_model, (0, 0, 0), (0, 0, 0))
    with pytest.raises(InputError, match="three finite numbers"):
        section_through(a_model, (0, 0, np.nan), (0, 0, 1))
    with pytest.raises(InputError, match=r"shape \(3, 4, 5\), expected \(36, 64, 64\)"):
        arc_in_section(a_section, np.zeros((3, 4, 5), dtype=bool))


def test_a_vessel_that_could_not_be_traced_takes_a_section_by_hand() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(0, 0), 3.5, ((0, 200),), length=12), (0.5,) * 3, (30, 24, 24))
    k, j, i = vessel.shape
    vessel[:25], vessel[35:] = False, False
    model = vessel_model(vessel, ImageGeometry((i, j, k), (0.5,) * 3))
    assert model.problem is NotAssessable.TOO_SHORT

    placed = section_through(model, model.geometry.ras_from_kji((29.5, 23.5, 23.5)), (0, 0, 1))

    assert arc_in_section(placed, tumour).longest_arc_deg == pytest.approx(200, abs=5)


def a_long_neck() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return a vessel of 120 mm with a node at either end, and a vessel far from both."""
    extent = (120, 28, 60)
    labels = [tube_with_cuff(pose(4, 30, (z, 0, -14)), 3.5, ((40, 230),), length=8) for z in (-50, 50)]
    (near, low), (_, high) = (draw(label, (1.0, 0.7, 0.7), extent) for label in labels)
    return {"low": low, "high": high & ~near, "none": np.zeros_like(low)}, {"near": near, "far": np.roll(near, 46, 2)}


def test_vessels_traced_beside_nodes_only_have_the_angles_of_whole_vessels() -> None:
    nodes, vessels = a_long_neck()
    nodes = {"low": nodes["low"]}
    k, j, i = vessels["near"].shape
    geometry = ImageGeometry((i, j, k), (0.7, 0.7, 1.0))

    (pair,) = all_contacts(nodes, {"near": vessels["near"]}, geometry)
    whole = contact_on_grid(vessels["near"], nodes["low"], geometry)

    assert len(pair.profile.sections.along_mm) < 0.6 * len(whole.sections.along_mm)
    assert pair.profile.max_arc_deg == pytest.approx(whole.max_arc_deg, abs=2)
    assert pair.profile.length_ge_180_mm == pytest.approx(whole.length_ge_180_mm, abs=0.5)
    assert pair.profile.narrowing == pytest.approx(whole.narrowing, abs=0.02)
    assert pair.profile.place_ras_mm == pytest.approx(whole.place_ras_mm, abs=1)


def test_a_node_out_of_reach_has_no_contact_and_an_empty_one_is_not_assessable() -> None:
    nodes, vessels = a_long_neck()
    k, j, i = vessels["near"].shape

    pairs = all_contacts(nodes, vessels, ImageGeometry((i, j, k), (0.7, 0.7, 1.0)))

    found = {(p.node, p.vessel): p.profile for p in pairs}
    assert [(p.vessel, p.node) for p in pairs] == [(v, n) for v in vessels for n in nodes]
    assert found["low", "near"].max_arc_deg > 200
    for node in ("low", "high"):
        far = found[node, "far"]
        assert (far.max_arc_deg, far.contact_class, far.sections) == (0, ContactClass.BELOW_180, None)
        assert far.possible_classes == (ContactClass.BELOW_180,)
        assert set(far.arc_deg_by_tolerance.values()) == {0.0}
    assert {found["none", v].reason for v in vessels} == {NotAssessable.EMPTY_TUMOUR}

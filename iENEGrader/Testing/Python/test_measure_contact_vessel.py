"""The vessel itself: where it divides, is narrowed or pressed flat, or touches another."""

from __future__ import annotations

import numpy as np
import pytest
from contact_phantoms import draw, forked_tube, in_sector, pose, tube_with_cuff
from iENEGraderLib.measure.contact.measuring import contact_angle

HALF = (0.5,) * 3


def a_fork(tumour: str) -> tuple[np.ndarray, np.ndarray]:
    at = pose(8, 50)
    inside = forked_tube(at, 3.5, 2.75, 22)

    def label(points: np.ndarray) -> np.ndarray:
        along, x, y = at.coordinates(points)
        angle = np.arctan2(y, x)
        on_trunk = (np.hypot(x, y) <= 9) & (along > -20) & (along < -9) & in_sector(angle, 30, 200)
        on_fork = (along > -2) & (along < 10) & (np.hypot(x, y) < 14)
        return np.where(inside(points), 1, 2 * (on_trunk if tumour == "trunk" else on_fork))

    return draw(label, (1.0, 0.5, 0.5), (66, 46, 46))


def test_contact_below_a_bifurcation_has_its_angle_and_leaves_the_bifurcation_free() -> None:
    profile = contact_angle(*a_fork("trunk"), (1.0, 0.5, 0.5))

    assert profile.max_arc_deg == pytest.approx(200, abs=6)
    assert [b.is_in_contact for b in profile.bifurcations] == [False]
    assert profile.unassessed_length_mm == 0


def test_contact_of_a_bifurcation_is_a_finding_of_its_own() -> None:
    profile = contact_angle(*a_fork("fork"), (1.0, 0.5, 0.5))

    (fork,) = profile.bifurcations
    assert fork.wall_share > 0.9
    middle = (np.array([66, 92, 92]) - 1) / 2
    assert np.linalg.norm((fork.place_kji - middle) * (1.0, 0.5, 0.5)) < 6
    assert profile.sections is not None
    near = np.linalg.norm((profile.sections.centre_kji - fork.place_kji) * (1.0, 0.5, 0.5), axis=1) < 4
    assert np.isnan(profile.sections.longest_arc_deg[near]).all()
    assert profile.unassessed_length_mm > 5
    assert any("bifurcation" in warning for warning in profile.warnings)


def test_both_branches_beyond_a_bifurcation_are_measured() -> None:
    vessel, _ = a_fork("trunk")
    profile = contact_angle(vessel, np.roll(vessel, 14, axis=2) & ~vessel, (1.0, 0.5, 0.5))

    assert profile.sections is not None
    ends = [profile.sections.centre_kji[profile.sections.branch == b][[0, -1], 0] for b in (0, 1)]
    assert [max(e) > 55 for e in ends] == [True, True]


def test_a_narrowed_lumen_at_the_contact_is_told() -> None:
    at = pose(0, 0)

    def label(points: np.ndarray) -> np.ndarray:
        along, x, y = at.coordinates(points)
        radius = 4.0 - 1.2 * np.exp(-((along / 4) ** 2))
        near = (np.abs(along) < 5) & (np.hypot(x, y) < 8) & (y > 0)
        return np.where(np.hypot(x, y) <= radius, 1, 2 * near)

    profile = contact_angle(*draw(label, HALF, (44, 26, 26)), HALF)

    assert profile.narrowing == pytest.approx(1 - (2.8 / 4.0) ** 2, abs=0.06)


def test_a_lumen_that_is_pressed_flat_at_the_contact_is_told() -> None:
    at = pose(0, 0, (0.1, 0.2, 0.15))

    def label(points: np.ndarray) -> np.ndarray:
        along, x, y = at.coordinates(points)
        flat = 1 - 0.4 * np.exp(-((along / 5) ** 4))
        near = (np.abs(along) < 4) & (np.hypot(x, y) < 9) & (y > 0)
        return np.where((x * flat / 4) ** 2 + (y / flat / 4) ** 2 <= 1, 1, 2 * near)

    lumen = contact_angle(*draw(label, HALF, (44, 26, 26)), HALF).lumen

    assert lumen.narrowing == pytest.approx(0, abs=0.04)
    assert lumen.axis_ratio == pytest.approx(0.36, abs=0.04)
    assert lumen.free_axis_ratio == pytest.approx(1, abs=0.03)
    assert lumen.circularity == pytest.approx(0.64, abs=0.04)
    assert lumen.free_circularity == pytest.approx(1, abs=0.03)


def test_a_vessel_that_is_free_has_no_deformation_to_tell() -> None:
    vessel, _ = draw(tube_with_cuff(pose(0, 0), 3.5, (), length=8), HALF, (30, 24, 24))
    far = np.zeros_like(vessel)
    far[2:6, 2:6, 2:6] = True

    assert contact_angle(vessel, far, HALF).lumen is None


def test_a_vessel_that_touches_another_keeps_its_own_angle() -> None:
    at = pose(15, 40)

    def label(points: np.ndarray) -> np.ndarray:
        along, x, y = at.coordinates(points)
        first, second = np.hypot(x, y) <= 3.5, np.hypot(x + 6.8, y) <= 3.3
        node = (np.hypot(x, y) <= 8) & in_sector(np.arctan2(y, x), -100, 200) & (np.abs(along) < 7)
        return np.where(first, 1, 2 * (node & ~second))

    profile = contact_angle(*draw(label, HALF, (36, 36, 40)), HALF)

    assert profile.max_arc_deg == pytest.approx(200, abs=5)
    assert profile.bifurcations == ()


def test_a_lumen_that_is_gone_over_a_stretch_keeps_its_angle_at_both_sides_and_the_stretch_is_told() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(10, 30), 3.5, ((10, 220),), length=24), HALF, (52, 32, 32))
    gone = vessel.copy()
    gone[:48], gone[58:] = False, False

    profile = contact_angle(vessel & ~gone, tumour | gone, HALF)

    assert profile.max_arc_deg == pytest.approx(220, abs=6)
    assert set(profile.sections.branch[profile.sections.longest_arc_deg >= 180]) == {0, 1}
    assert profile.length_ge_180_mm < 24 - 5
    assert any("end of the labelled lumen" in warning for warning in profile.warnings)

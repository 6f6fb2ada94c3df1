"""Two scans of a neck that moved in between are brought together, whatever the contrast agent did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import Motion, Registration, Scan, monochromatic_response, register_before_to_after
from iENEGraderLib.spectral.registration.edges import find_edges, match_edges
from iENEGraderLib.spectral.registration.volumes import body_mask, volume_of
from registration_phantoms import COARSE, GRID, TwoScans, bent, points_of, shifted, squeezed, still, turned

if TYPE_CHECKING:
    from registration_phantoms import Movement

KEV = 70.0
NOISE_HU = 12.0


def two_scans(movement: Movement, **changes: object) -> TwoScans:
    coarse = TwoScans(monochromatic_response(KEV), movement, NOISE_HU, COARSE, COARSE)
    return replace(coarse, **changes)


def registered(scans: TwoScans, motion: Motion, frame: str = "1.2") -> Registration:
    before, after = (
        Scan(image, kev=KEV, kernel="Br44", frame_of_reference=frame) for image in (scans.before(), scans.after())
    )
    return register_before_to_after(before, after, motion=motion)


def errors_mm(found: Registration, movement: Movement) -> np.ndarray:
    """How far from its true place each point of the body ends, by the known movement."""
    points = points_of(found.after.image.geometry)[found.after.image.voxels > -500][::211]
    back = np.array([found.transform.TransformPoint(point) for point in points.tolist()])
    return np.linalg.norm(movement(back) - points, axis=1)


@pytest.fixture(scope="module")
def a_turned_neck() -> tuple[Movement, Registration]:
    movement = turned((2.0, -1.5, 3.0), (3.0, -2.2, 4.1))
    return movement, registered(two_scans(movement), Motion.RIGID)


@pytest.fixture(scope="module")
def a_bent_neck() -> Registration:
    return registered(two_scans(bent, before_grid=GRID, after_grid=GRID), Motion.DEFORMABLE)


def test_a_turned_neck_is_brought_back_within_a_third_of_a_millimetre(
    a_turned_neck: tuple[Movement, Registration],
) -> None:
    movement, found = a_turned_neck
    assert errors_mm(found, movement).max() < 0.3
    assert found.quality.motion is Motion.RIGID
    assert found.quality.rotation_deg == pytest.approx(3.84, abs=0.2)
    assert found.quality.mean_displacement_mm == pytest.approx(6.3, abs=0.3)
    assert found.quality.mismatch_mm < 0.45 < 2.0 < found.quality.mismatch_before_mm
    assert found.summary().startswith("rigid registration moved the body by 6.")


def test_a_bent_neck_is_brought_back_where_a_rigid_movement_cannot(a_bent_neck: Registration) -> None:
    errors = errors_mm(a_bent_neck, bent)
    points = points_of(GRID)[a_bent_neck.after.image.voxels > -500]
    assert np.linalg.norm(bent(points) - points, axis=1).mean() > 1.8
    assert errors.mean() < 0.3
    assert np.percentile(errors, 90) < 0.6
    assert a_bent_neck.quality.motion is Motion.DEFORMABLE
    assert a_bent_neck.quality.mismatch_mm < 0.35
    assert any("the neck was deformed by up to 4" in text for text in a_bent_neck.warnings)


def test_edges_that_contrast_agent_brightens_stay_where_they_are() -> None:
    scans = two_scans(still)
    after, before = volume_of(scans.after()), volume_of(scans.before())
    edges = find_edges(after, body_mask(after, "after"))
    shifts = match_edges(after, before, edges, 3.0).shift_mm
    assert np.isfinite(shifts).mean() > 0.8
    assert abs(np.nanmedian(shifts)) < 0.02
    assert np.nanpercentile(np.abs(shifts), 90) < 0.2


def test_a_known_shift_of_edges_is_measured_across_them() -> None:
    after = volume_of(two_scans(still, after_grid=GRID).after())
    before = volume_of(two_scans(shifted(0.6, -0.4, 0.9), before_grid=GRID).before())
    edges = find_edges(after, body_mask(after, "after"))
    shifts = match_edges(after, before, edges, 3.0).shift_mm
    expected = edges.normals_lps @ np.array([-0.6, 0.4, -0.9])
    assert np.nanmedian(np.abs(shifts - expected)) < 0.12


def test_without_motion_the_scan_is_used_as_it_is() -> None:
    found = registered(two_scans(still), Motion.RIGID)
    assert found.quality.motion is Motion.NONE
    assert found.moved is found.before.image
    assert found.warnings == ("no motion was found between the scans, which share their frame of reference",)
    assert "no motion found" in found.summary()
    assert found.covered.all()


def test_the_same_scans_always_give_the_same_transform(a_turned_neck: tuple[Movement, Registration]) -> None:
    movement, found = a_turned_neck
    again = registered(two_scans(movement), Motion.RIGID)
    assert again.transform.GetParameters() == found.transform.GetParameters()
    assert np.array_equal(again.moved.voxels, found.moved.voxels)


def test_a_scan_of_another_frame_is_found_far_away() -> None:
    movement = shifted(140.0, -60.0, 95.0)
    grid = replace(COARSE, origin_lps_mm=tuple(np.subtract(COARSE.origin_lps_mm, (140.0, -60.0, 95.0))))
    scans = two_scans(movement, before_grid=grid)
    before, after = Scan(scans.before(), kev=KEV, frame_of_reference="1.2"), Scan(scans.after(), kev=KEV)
    found = register_before_to_after(before, replace(after, frame_of_reference="3.4"), motion=Motion.RIGID)
    assert errors_mm(found, movement).max() < 0.3
    assert found.warnings[0] == "not both scans state their kernel: it was not compared"


def test_where_the_first_scan_does_not_reach_nothing_is_claimed() -> None:
    short = replace(COARSE, size_ijk=(*COARSE.size_ijk[:2], 22))
    found = registered(two_scans(still, before_grid=short), Motion.RIGID)
    assert found.quality.overlap == pytest.approx(22 / 30, abs=0.03)
    assert not found.covered[23:].any()
    assert found.covered[:22].all()
    assert np.array_equal(found.moved.voxels[23:], found.after.image.voxels[23:])
    assert any("% of the body lies outside the scan before contrast agent" in text for text in found.warnings)


def test_progress_rises_and_a_user_can_stop_at_any_time() -> None:
    scans = two_scans(shifted(2.0, 0.0, 0.0))
    before, after = (Scan(image, kev=KEV) for image in (scans.before(), scans.after()))
    told: list[float] = []

    def stopping(share: float, words: str) -> None:
        told.append(share)
        if words == "rigid registration" and share > 0.1:
            raise KeyboardInterrupt(words)

    with pytest.raises(KeyboardInterrupt, match="rigid registration"):
        register_before_to_after(before, after, progress=stopping)
    assert told == sorted(told)
    assert told[-1] < 0.35


def test_scans_of_different_necks_fail_with_numbers() -> None:
    with pytest.raises(InputError, match=r"registration failed: only \d+ % of the edges of bone and air were found"):
        registered(two_scans(squeezed), Motion.RIGID)

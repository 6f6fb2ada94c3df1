from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from aif_phantoms import ONSET_S, NeckStudy, a_neck_concentration, a_neck_signal, blood_curve
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.kinetics.aif_detection import AifDetection, InputKind, detect_aif

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.fixture(scope="module")
def a_neck() -> NeckStudy:
    return a_neck_concentration()


def detected(study: NeckStudy, kind: InputKind = InputKind.CONCENTRATION) -> AifDetection:
    return detect_aif(study.frames, study.time_s, study.geometry, kind)


def voxels(found: AifDetection) -> NDArray[np.bool_]:
    assert found.voxels is not None, found.reason
    return found.voxels


def curve(found: AifDetection) -> NDArray[np.float64]:
    assert found.curve is not None
    return found.curve


def test_the_carotids_are_found_and_nothing_else(a_neck: NeckStudy) -> None:
    found = detected(a_neck)
    assert voxels(found).sum() >= 20
    assert not np.any(voxels(found) & ~a_neck.carotids)
    np.testing.assert_allclose(curve(found), a_neck.blood_mM, atol=0.1)


def test_the_reason_names_every_rule_with_its_score(a_neck: NeckStudy) -> None:
    found = detected(a_neck)
    assert [rule.rule for rule in found.scores] == ["early", "strong", "sharp", "connected"]
    assert all(0.5 < rule.score <= 1.0 for rule in found.scores)
    assert found.reason.startswith("Artery found: rises")
    assert "connected voxels agree" in found.reason
    assert found.warnings == ()


@pytest.mark.parametrize("noise_mM", [0.3, 0.5])
def test_noise_does_not_lead_it_into_a_vein(noise_mM: float) -> None:
    study = a_neck_concentration(noise_mM)
    found = detected(study)
    assert np.mean(study.carotids[voxels(found)]) > 0.95
    assert curve(found).max() == pytest.approx(study.blood_mM.max(), rel=0.05)


def test_the_carotids_are_found_in_the_signal_too() -> None:
    study = a_neck_signal()
    found = detected(study, InputKind.SIGNAL)
    assert not np.any(voxels(found) & ~study.carotids)
    assert not any("inflow" in warning for warning in found.warnings)


def test_a_vessel_that_is_bright_before_contrast_is_warned_of_as_inflow() -> None:
    study = a_neck_signal(inflow=2.5)
    found = detected(study, InputKind.SIGNAL)
    assert np.mean(study.carotids[voxels(found)]) > 0.95
    assert any("inflow of unsaturated blood is likely" in warning for warning in found.warnings)


def test_the_outermost_slices_are_left_out_while_others_do(a_neck: NeckStudy) -> None:
    chosen = voxels(detected(a_neck))
    assert not chosen[0].any()
    assert not chosen[-1].any()


def test_a_vessel_seen_only_at_the_edge_is_taken_with_a_warning(a_neck: NeckStudy) -> None:
    frames = a_neck.frames.copy()
    frames[:, 1:, :, :] = np.where(a_neck.carotids[1:] | a_neck.jugulars[1:], 0.0, frames[:, 1:])
    found = detected(replace(a_neck, frames=frames))
    assert voxels(found)[0].any()
    assert any("outermost slices" in warning for warning in found.warnings)


def test_clipped_voxels_are_passed_over(a_neck: NeckStudy) -> None:
    frames = a_neck.frames.copy()
    left = a_neck.carotids & (np.arange(48) < 24)
    frames[:, left] = np.minimum(frames[:, left], 3.0)
    found = detected(replace(a_neck, frames=frames))
    assert not np.any(voxels(found) & left)
    assert any("passed over for a flat top" in warning for warning in found.warnings)


def test_clipped_voxels_are_taken_with_a_warning_when_there_are_no_others(a_neck: NeckStudy) -> None:
    found = detected(replace(a_neck, frames=np.minimum(a_neck.frames, 2.0)))
    assert any("the top of the curve is flat" in warning for warning in found.warnings)


def test_voxels_without_a_concentration_are_counted(a_neck: NeckStudy) -> None:
    frames = a_neck.frames.copy()
    left = a_neck.carotids & (np.arange(48) < 24)
    frames[8, left] = np.nan
    found = detected(replace(a_neck, frames=frames))
    assert not np.any(voxels(found) & left)
    assert any(f"{left.sum()} voxels have no value" in warning for warning in found.warnings)


def test_the_search_can_be_kept_to_a_region(a_neck: NeckStudy) -> None:
    right = np.broadcast_to(np.arange(48) >= 24, a_neck.carotids.shape)
    found = detect_aif(a_neck.frames, a_neck.time_s, a_neck.geometry, InputKind.CONCENTRATION, right)
    assert not np.any(voxels(found) & ~right)


def with_node(study: NeckStudy, values: NDArray[np.float64]) -> NeckStudy:
    """The same neck with another curve in its node."""
    frames = study.frames.copy()
    frames[:, study.node] = values[:, None] + noise_alone(study)[:, study.node]
    return replace(study, frames=frames)


def test_a_strong_and_sharp_curve_that_comes_late_is_no_artery(a_neck: NeckStudy) -> None:
    late = with_node(a_neck, 1.5 * blood_curve(a_neck.time_s, ONSET_S + 20.0))
    assert not np.any(voxels(detected(late)) & ~late.carotids)


def test_an_early_and_strong_curve_that_stays_high_is_no_artery(a_neck: NeckStudy) -> None:
    blood = a_neck.blood_mM
    steady = with_node(a_neck, 1.5 * np.maximum.accumulate(blood))
    assert not np.any(voxels(detected(steady)) & ~steady.carotids)


def only_where(study: NeckStudy, place: NDArray[np.bool_]) -> NeckStudy:
    """Noise, and the arterial curve in some voxels."""
    frames = noise_alone(study)
    frames[:, place] += study.blood_mM[:, None].astype(np.float32)
    return replace(study, frames=frames)


def test_a_single_voxel_is_no_artery(a_neck: NeckStudy) -> None:
    one = np.zeros_like(a_neck.carotids)
    one[5, 16, 14] = True
    assert not detected(only_where(a_neck, one)).found


def test_a_region_larger_than_both_carotids_is_no_artery(a_neck: NeckStudy) -> None:
    wide = np.zeros_like(a_neck.carotids)
    wide[:, 5:25, 10:30] = True
    assert not detected(only_where(a_neck, wide)).found


def noise_alone(study: NeckStudy) -> NDArray[np.float32]:
    return np.random.default_rng(5).normal(0.0, 0.1, study.frames.shape).astype(np.float32)


def without_vessels(study: NeckStudy) -> NDArray[np.float32]:
    return np.where(study.carotids | study.jugulars, noise_alone(study), study.frames)


def contrast_from_the_start(study: NeckStudy) -> NDArray[np.float32]:
    return study.frames[::-1].copy()


@pytest.mark.parametrize("frames", [noise_alone, without_vessels, contrast_from_the_start])
def test_nothing_convincing_is_refused_with_a_reason(a_neck: NeckStudy, frames: object) -> None:
    assert callable(frames)
    found = detected(replace(a_neck, frames=frames(a_neck)))
    assert not found.found
    assert found.curve is None
    assert found.reason.startswith("No artery found: ")
    assert found.reason.endswith("Draw one, or use a population AIF.")


def test_veins_alone_are_not_taken_for_arteries_without_a_low_sharp_score(a_neck: NeckStudy) -> None:
    frames = np.where(a_neck.carotids, noise_alone(a_neck), a_neck.frames)
    found = detected(replace(a_neck, frames=frames))
    if found.found:
        strict = detected(a_neck)
        assert found.scores[2].score < strict.scores[2].score


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"time_s": np.arange(10.0)}, "60 frames, 10 times"),
        ({"frames": np.zeros((60, 3, 4, 5), np.float32)}, r"expected times and \(10, 40, 48\)"),
        ({"frames": np.zeros((3, 10, 40, 48), np.float32), "time_s": np.arange(3.0)}, "at least 6 are needed"),
    ],
)
def test_frames_that_do_not_belong_to_times_or_grid_are_refused(
    a_neck: NeckStudy, change: dict[str, NDArray[np.float64]], complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        detected(replace(a_neck, **change))

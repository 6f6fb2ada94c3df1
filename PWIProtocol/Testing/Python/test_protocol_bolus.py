"""Arrival of the bolus: found where it is, silent where there is none, read from the pixels of a few slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from checked_studies import a_short_plan, checked
from hypothesis import given, settings
from hypothesis import strategies as st
from PWIProtocolLib.protocol.frames import frame_times
from PWIProtocolLib.protocol.signal.bolus import LEAST_FRAMES, arrival_in
from PWIProtocolLib.protocol.signal.pixel_curve import bolus_of, vessel_curve
from PWIProtocolLib.protocol.study import ReadingCancelledError, read_study
from study_plan import Vendor
from vendor_studies import write_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


def a_bolus(before: int, frames: int = 60, rise_frames: int = 3, noise: float = 0.0, seed: int = 0) -> NDArray[Any]:
    """A vessel's curve: rest at 100, climb to 300 after `before` frames, slow fall."""
    since = np.arange(frames) - before + 1.0
    climb = np.clip(since / rise_frames, 0, 1) * np.exp(-np.clip(since - rise_frames, 0, None) / 15)
    return 100 + 200 * climb + np.random.default_rng(seed).normal(0, noise, frames)


@pytest.mark.parametrize("before", [1, 2, 5, 9, 20])
@pytest.mark.parametrize("rise_frames", [1, 2, 4])
def test_the_frames_before_a_clean_bolus_are_counted_exactly(before: int, rise_frames: int) -> None:
    arrival = arrival_in(a_bolus(before, rise_frames=rise_frames))
    assert arrival is not None
    assert arrival.frames_before == before
    assert before - 1.5 <= arrival.frame <= before


def test_the_arrival_is_told_in_seconds_where_times_are_known() -> None:
    times = 4.8 * np.arange(60) + np.where(np.arange(60) > 30, 20.0, 0.0)
    arrival = arrival_in(a_bolus(9), times)
    assert arrival is not None
    assert arrival.time_s == pytest.approx(8 * 4.8, abs=4.8)


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 30), st.floats(0, 10), st.integers(0, 10_000))
def test_noise_of_a_tenth_moves_the_count_by_one_frame_at_most(before: int, noise: float, seed: int) -> None:
    arrival = arrival_in(a_bolus(before, noise=noise, seed=seed))
    assert arrival is not None
    assert abs(arrival.frames_before - before) <= 1


def test_noise_alone_is_hardly_ever_taken_for_a_bolus() -> None:
    rng = np.random.default_rng(4)
    found = [arrival_in(100 + rng.normal(0, 20, int(rng.integers(LEAST_FRAMES, 80)))) for _ in range(500)]
    assert sum(each is not None for each in found) <= 5


@pytest.mark.parametrize(
    "curve",
    [
        np.full(60, 100.0),
        np.linspace(300, 100, 60),
        np.r_[np.full(30, 100.0), 400.0, np.full(29, 100.0)],
        np.r_[np.full(30, 100.0), 380.0, 400.0, np.full(28, 100.0)],
        a_bolus(3)[: LEAST_FRAMES - 1],
        np.r_[a_bolus(5)[:10], np.nan, a_bolus(5)[11:]],
        np.zeros((4, 4)),
        np.zeros(0),
    ],
    ids=["flat", "falling", "one spike", "a spike of two", "too short", "not a number", "two-dimensional", "empty"],
)
def test_no_arrival_is_found_where_there_is_none(curve: NDArray[Any]) -> None:
    assert arrival_in(curve) is None


def test_a_slow_climb_is_less_certain_than_a_steep_one() -> None:
    steep, slow = arrival_in(a_bolus(10, noise=4)), arrival_in(a_bolus(10, rise_frames=20, noise=4))
    assert steep is not None
    assert slow is not None
    assert slow.uncertainty_frames > steep.uncertainty_frames


def test_vessels_are_picked_out_of_tissue_and_blinking_pixels() -> None:
    rng = np.random.default_rng(2)
    voxels = rng.uniform(80, 120, 2000) + np.zeros((60, 1)) + rng.normal(0, 3, (60, 2000))
    voxels[:, :30] = a_bolus(7)[:, None] + rng.normal(0, 3, (60, 30))
    voxels[:, 30:50] = rng.choice([0.0, 5000.0], (60, 20))
    curve = vessel_curve(voxels.astype(np.float32))
    assert curve is not None
    assert curve == pytest.approx(a_bolus(7), abs=6)


def a_reading(folder: Path, vendor: Vendor, **fields: Any) -> Any:
    study = read_study(write_study(a_short_plan(vendor, **fields), folder / "study"))
    return frame_times(study.dynamics[0])


@pytest.mark.parametrize("vendor", list(Vendor))
def test_the_bolus_is_read_from_every_vendor_s_pixels(tmp_path: Path, vendor: Vendor) -> None:
    reading = bolus_of(a_reading(tmp_path, vendor))
    assert reading.arrival is not None
    assert reading.arrival.frames_before == 9
    assert len(reading.curve) == 16
    assert "PixelData" in reading.evidence.attribute


@pytest.mark.parametrize("syntax", ["RLELossless", "ExplicitVRBigEndian", "ImplicitVRLittleEndian", "JPEGLSLossless"])
def test_the_bolus_is_read_in_other_encodings_too(tmp_path: Path, syntax: str) -> None:
    times = a_reading(tmp_path, Vendor.SIEMENS)
    for frame in times.frames:
        for plane in frame:
            _recode(plane.header.path, syntax)
    reading = bolus_of(times)
    assert reading.arrival is not None, reading.reason
    assert reading.arrival.frames_before == 9


def test_pixels_that_are_cut_short_are_said_to_be_unreadable(tmp_path: Path) -> None:
    times = a_reading(tmp_path, Vendor.GE)
    path = times.frames[3][0].header.path
    path.write_bytes(path.read_bytes()[:-100])
    reading = bolus_of(times)
    assert reading.arrival is None
    assert "ends within its pixels" in reading.reason


def test_a_series_without_contrast_shows_no_bolus(tmp_path: Path) -> None:
    reading = bolus_of(a_reading(tmp_path, Vendor.SIEMENS, arrival_frame=None))
    assert reading.arrival is None
    assert "bolus" in reading.reason


def test_reading_can_be_cancelled() -> None:
    progress: Callable[[int, int], bool] = lambda done, total: done < total // 2  # noqa: E731
    with pytest.raises(ReadingCancelledError):
        checked(a_short_plan(), progress=progress)


@pytest.mark.shared_data
def test_the_bolus_of_a_real_breast_study_comes_after_three_frames(shared_data: Callable[[str], Path]) -> None:
    loadmat = pytest.importorskip("scipy.io").loadmat
    frames = loadmat(shared_data("breast-dce-invivo") / "invivo.mat")["DCEdata"]
    curve = vessel_curve(frames[:, ::2, ::2].reshape(len(frames), -1).astype(np.float32))
    assert curve is not None
    arrival = arrival_in(curve)
    assert arrival is not None
    assert arrival.frames_before == 3


def _recode(path: Path, syntax: str) -> None:
    import pydicom
    from pydicom import uid

    data = pydicom.dcmread(path)
    target = getattr(uid, syntax)
    if target.is_compressed:
        data.compress(target)
        data.save_as(path)
        return
    pixels = data.pixel_array.astype(">u2" if not target.is_little_endian else "<u2")
    data.PixelData = pixels.tobytes()
    data.file_meta.TransferSyntaxUID = target
    pydicom.dcmwrite(path, data, implicit_vr=target.is_implicit_VR, little_endian=target.is_little_endian)

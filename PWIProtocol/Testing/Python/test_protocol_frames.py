"""Frame times: from the source each vendor makes trustworthy, with every irregularity named, and never a guess."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PWIProtocolLib.protocol.frames import FrameTimes, frame_times
from PWIProtocolLib.protocol.frames.cautions import TimeCautionKind
from PWIProtocolLib.protocol.frames.sources import TimeSource
from PWIProtocolLib.protocol.headers.tags import PrivateTag, Tag
from PWIProtocolLib.protocol.study import read_study
from study_builders import clock, enhanced_file, moment, write, write_dynamic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GE, PHILIPS, CANON = "GE MEDICAL SYSTEMS", "Philips Medical Systems", "CANON_MEC"
START_S = 36000.0


def times_of(folder: Path) -> FrameTimes:
    return frame_times(read_study(folder).dynamics[0])


def kinds(found: FrameTimes) -> list[TimeCautionKind]:
    return [caution.kind for caution in found.cautions]


def one_clock(_t: int, _k: int) -> dict[str, Any]:
    """Give all images the same acquisition time."""
    return {"AcquisitionTime": clock(START_S)}


def triggered(*times_ms: float | None) -> Callable[[int, int], dict[str, Any]]:
    """Give all images one acquisition time, and each time point its trigger time."""
    return lambda t, _k: {
        "AcquisitionTime": clock(START_S),
        "TriggerTime": None if times_ms[t] is None else str(times_ms[t]),
    }


def test_a_siemens_dynamic_tells_its_times_by_acquisition_time(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, (0.0, 2.9875, 5.975, 8.9625)))
    assert found.source is TimeSource.ACQUISITION_TIME
    np.testing.assert_allclose(found.times_s, [0.0, 2.9875, 5.975, 8.9625], atol=1e-6)
    assert found.interval_s == pytest.approx(2.9875)
    assert found.total_s == pytest.approx(4 * 2.9875)
    assert found.start == datetime(2024, 1, 5, 10, 0, 0)
    assert found.start_clock_s == START_S
    assert found.cautions == ()
    assert found.evidence is not None
    assert found.evidence.attribute == "AcquisitionTime (0008,0032)"


def test_the_images_of_a_frame_lie_along_the_normal(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, slices=4))
    assert [len(frame) for frame in found.frames] == [4, 4, 4, 4]
    for t, frame in enumerate(found.frames):
        places = [plane.header.numbers(Tag.ImagePositionPatient, 3).value for plane in frame]
        assert places == [(-10.0, -20.0, 3.0 * k) for k in range(4)]
        assert {plane.header.clock_s(Tag.AcquisitionTime).value for plane in frame} == {START_S + 4.0 * t}


def test_slices_with_times_of_their_own_are_grouped_by_place_first(tmp_path: Path) -> None:
    def own_times(t: int, k: int) -> dict[str, Any]:
        return {"AcquisitionTime": clock(START_S + 4.0 * t + 0.9 * ((k * 2) % 3))}

    found = times_of(write_dynamic(tmp_path, per_plane=own_times))
    np.testing.assert_allclose(found.times_s, [0.0, 4.0, 8.0, 12.0], atol=1e-6)
    assert {len(frame) for frame in found.frames} == {3}


def test_a_dynamic_over_midnight_with_one_date_goes_on(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, start_s=86400.0 - 6.0))
    np.testing.assert_allclose(found.times_s, [0.0, 4.0, 8.0, 12.0], atol=1e-6)
    assert kinds(found) == [TimeCautionKind.MIDNIGHT]


def test_a_dynamic_over_midnight_with_both_dates_needs_no_caution(tmp_path: Path) -> None:
    def dated(t: int, _k: int) -> dict[str, Any]:
        return {"AcquisitionDate": "20240105" if t < 2 else "20240106"}

    found = times_of(write_dynamic(tmp_path, start_s=86400.0 - 6.0, per_plane=dated))
    np.testing.assert_allclose(found.times_s, [0.0, 4.0, 8.0, 12.0], atol=1e-6)
    assert found.cautions == ()


def test_frames_dated_a_day_apart_are_no_dynamic(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, per_plane=lambda t, _k: {"AcquisitionDate": f"2024010{5 + t // 2}"}))
    assert found.times_s is None
    assert "spreads the frames over 24.0 hours" in found.reason


def test_dropped_frames_are_counted_and_times_kept(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, (0.0, 4.0, 8.0, 20.0, 24.0, 28.0)))
    assert kinds(found) == [TimeCautionKind.DROPPED_FRAMES]
    assert found.cautions[0].text.startswith("2 frames are missing")
    assert found.longest_s == pytest.approx(12.0)


def test_a_missing_slice_is_named_as_an_incomplete_frame(tmp_path: Path) -> None:
    write_dynamic(tmp_path)
    (tmp_path / "0005.dcm").unlink()
    found = times_of(tmp_path)
    assert kinds(found) == [TimeCautionKind.INCOMPLETE_FRAMES]
    np.testing.assert_allclose(found.times_s, [0.0, 4.0, 8.0, 12.0], atol=1e-6)


def test_jitter_is_measured(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, (0.0, 4.0, 8.9, 12.0, 16.0)))
    assert kinds(found) == [TimeCautionKind.JITTER]
    assert found.jitter_s == pytest.approx(0.9)


def test_files_copied_twice_are_counted_once(tmp_path: Path) -> None:
    write_dynamic(tmp_path)
    for path in list(tmp_path.iterdir()):
        (tmp_path / f"copy of {path.name}").write_bytes(path.read_bytes())
    found = times_of(tmp_path)
    assert found.count == 4
    assert kinds(found) == [TimeCautionKind.DOUBLED_FILES]


def test_phase_images_among_magnitude_images_are_left_out(tmp_path: Path) -> None:
    write_dynamic(tmp_path)
    write_dynamic(
        tmp_path / "phase",
        ImageType=["ORIGINAL", "PRIMARY", "P"],
        per_plane=lambda t, k: {"SOPInstanceUID": f"1.7.{t}.{k}"},
    )
    found = times_of(tmp_path)
    assert (found.count, kinds(found)) == (4, [TimeCautionKind.OTHER_IMAGES])
    assert all(len(frame) == 3 for frame in found.frames)


def test_the_water_images_of_a_dixon_dynamic_carry_its_signal(tmp_path: Path) -> None:
    write_dynamic(tmp_path, ImageType=["DERIVED", "PRIMARY", "DIXON", "WATER"])
    own_uid = {"per_plane": lambda t, k: {"SOPInstanceUID": f"1.7.{t}.{k}"}}
    write_dynamic(tmp_path / "fat", ImageType=["DERIVED", "PRIMARY", "DIXON", "FAT"], **own_uid)
    found = times_of(tmp_path)
    assert (found.count, kinds(found)) == (4, [TimeCautionKind.OTHER_IMAGES])
    assert {plane.header.path.parent for frame in found.frames for plane in frame} == {tmp_path}


def test_frames_are_sorted_by_time_when_their_numbers_say_otherwise(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, (0.0, 8.0, 4.0, 12.0)))
    np.testing.assert_allclose(found.times_s, [0.0, 4.0, 8.0, 12.0], atol=1e-6)
    assert kinds(found) == [TimeCautionKind.ORDER]


def test_a_ge_dynamic_tells_its_times_by_trigger_time(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, Manufacturer=GE, per_plane=triggered(0, 5000, 10000, 15000)))
    assert found.source is TimeSource.TRIGGER_TIME
    np.testing.assert_allclose(found.times_s, [0.0, 5.0, 10.0, 15.0])


def test_a_first_frame_without_trigger_time_is_at_zero_with_a_caution(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, Manufacturer=GE, per_plane=triggered(None, 5000, 10000, 15000)))
    np.testing.assert_allclose(found.times_s, [0.0, 5.0, 10.0, 15.0])
    assert kinds(found) == [TimeCautionKind.FIRST_FRAME_WITHOUT_TIME]


@pytest.mark.parametrize(
    "times_ms",
    [
        (None, 60000, 65000, 70000),
        (0, None, 10000, 15000),
        (5000, None, 10000, 15000),
        (None, None, 10000, 15000),
        (None, None, None, None),
    ],
)
def test_other_missing_trigger_times_are_never_filled_in(tmp_path: Path, times_ms: tuple[float | None, ...]) -> None:
    found = times_of(write_dynamic(tmp_path, Manufacturer=GE, per_plane=triggered(*times_ms)))
    assert found.times_s is None
    assert found.count == 4
    assert "TriggerTime (0018,1060) is missing" in found.reason


def test_ge_phases_with_one_trigger_time_go_by_acquisition_time(tmp_path: Path) -> None:
    found = times_of(write_dynamic(tmp_path, Manufacturer=GE, TriggerTime="0"))
    assert found.source is TimeSource.ACQUISITION_TIME


def test_a_philips_dynamic_falls_back_on_its_private_scan_begin(tmp_path: Path) -> None:
    import pydicom

    write_dynamic(tmp_path, Manufacturer=PHILIPS, per_plane=one_clock)
    for path in tmp_path.iterdir():
        data = pydicom.dcmread(path)
        block = data.private_block(0x2005, PrivateTag.PHILIPS_DYNAMIC_SCAN_BEGIN.creator, create=True)
        block.add_new(0xA0, "FL", 6.5 * ((int(data.InstanceNumber) - 1) // 3))
        data.save_as(path)
    found = times_of(tmp_path)
    assert found.source is TimeSource.DYNAMIC_SCAN_BEGIN
    np.testing.assert_allclose(found.times_s, [0.0, 6.5, 13.0, 19.5])


def test_two_sources_that_disagree_are_both_named(tmp_path: Path) -> None:
    def both(t: int, _k: int) -> dict[str, Any]:
        return {"TriggerTime": str(5000 * t)}

    found = times_of(write_dynamic(tmp_path, Manufacturer=GE, per_plane=both))
    assert kinds(found) == [TimeCautionKind.SOURCES_DISAGREE]
    assert "5.00 s" in found.cautions[0].text
    assert "4.00 s" in found.cautions[0].text


@pytest.mark.parametrize(
    ("stated_s", "is_told"), [(16.0, False), (17.0, False), (4.0, False), (40.0, True), (0.0, False)]
)
def test_a_stated_duration_that_does_not_fit_the_frames_is_told(tmp_path: Path, stated_s: float, is_told: bool) -> None:
    found = times_of(write_dynamic(tmp_path, (0.0, 4.0, 8.0, 12.0), AcquisitionDuration=stated_s))
    text = "AcquisitionDuration (0018,9073) states 40 s, the frames cover 16 s"
    assert [caution.text for caution in found.cautions] == ([text] if is_told else [])
    assert found.total_s == pytest.approx(16.0)


def test_one_time_stamp_for_all_frames_tells_no_times(tmp_path: Path) -> None:
    def indexed(t: int, k: int) -> dict[str, Any]:
        return one_clock(t, k) | {"TemporalPositionIdentifier": str(t + 1)}

    found = times_of(write_dynamic(tmp_path, Manufacturer=CANON, AcquisitionDuration=150.0, per_plane=indexed))
    assert found.times_s is None
    assert found.interval_s is None
    assert "AcquisitionTime (0008,0032) is the same in all 4 time points" in found.reason
    assert [len(frame) for frame in found.frames] == [3, 3, 3, 3]


def test_repetition_content_and_series_time_are_never_frame_times(tmp_path: Path) -> None:
    def tempting(t: int, _k: int) -> dict[str, Any]:
        return {"AcquisitionTime": None, "ContentTime": clock(START_S + 4 * t), "SeriesTime": clock(START_S + 4 * t)}

    found = times_of(write_dynamic(tmp_path, RepetitionTime="4000", per_plane=tempting))
    assert found.times_s is None
    assert "AcquisitionTime (0008,0032) is missing" in found.reason


def test_one_malformed_time_spoils_the_source_and_names_the_file(tmp_path: Path) -> None:
    def spoiled(t: int, k: int) -> dict[str, Any]:
        return {"AcquisitionTime": "noon"} if (t, k) == (1, 1) else {}

    found = times_of(write_dynamic(tmp_path, per_plane=spoiled))
    assert found.times_s is None
    assert "in 1 of 12 images, first in 0005.dcm" in found.reason


def test_images_without_a_place_cannot_be_sorted(tmp_path: Path) -> None:
    write_dynamic(tmp_path)
    dynamic = read_study(tmp_path).dynamics[0]
    dynamic.planes[3].header._raw.pop(Tag.ImagePositionPatient)
    found = frame_times(dynamic)
    assert (found.count, found.times_s) == (None, None)
    assert "ImagePositionPatient (0020,0032) is missing in 0004.dcm" in found.reason


def test_an_enhanced_dynamic_tells_its_times_frame_by_frame(tmp_path: Path) -> None:
    write(tmp_path / "one.dcm", enhanced_file([moment(START_S + s) for s in (0.0, 4.5, 9.0, 13.5)]))
    found = times_of(tmp_path)
    assert found.source is TimeSource.FRAME_ACQUISITION_DATETIME
    np.testing.assert_allclose(found.times_s, [0.0, 4.5, 9.0, 13.5], atol=1e-6)
    assert found.start == datetime(2024, 1, 5, 10, 0, 0)


def test_one_enhanced_file_for_each_time_point_is_sorted_by_time_not_by_its_index(tmp_path: Path) -> None:
    for n, seconds in enumerate((8.0, 0.0, 4.0)):
        data = enhanced_file([moment(START_S + seconds)], SOPInstanceUID=f"1.2.{n}", InstanceNumber=str(n + 1))
        write(tmp_path / f"{n}.dcm", data)
    found = times_of(tmp_path)
    np.testing.assert_allclose(found.times_s, [0.0, 4.0, 8.0], atol=1e-6)
    assert [frame[0].header.name for frame in found.frames] == ["1.dcm", "2.dcm", "0.dcm"]


def test_an_enhanced_dynamic_with_one_time_stamp_tells_no_times(tmp_path: Path) -> None:
    write(tmp_path / "one.dcm", enhanced_file([moment(START_S)] * 13, Manufacturer=CANON))
    found = times_of(tmp_path)
    assert (found.count, found.times_s) == (13, None)
    assert "FrameAcquisitionDateTime (0018,9074) is the same in all 13 time points" in found.reason


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(st.floats(0.5, 30.0), min_size=2, max_size=6),
    start=st.floats(0.0, 86399.0),
    order=st.randoms(use_true_random=False),
)
def test_any_times_in_any_order_come_back_sorted(
    tmp_path_factory: pytest.TempPathFactory, steps: list[float], start: float, order: Any
) -> None:
    truth = np.round(np.concatenate([[0.0], np.cumsum(steps)]), 3)
    shuffled = truth.tolist()
    order.shuffle(shuffled)
    folder = write_dynamic(tmp_path_factory.mktemp("any"), shuffled, slices=2, start_s=round(start, 3))
    np.testing.assert_allclose(times_of(folder).times_s, truth, atol=2e-6)


@pytest.mark.shared_data
def test_the_prisma_dynamic_takes_3_of_10_frames_2_9875_s_apart(shared_data: Callable[[str], Path]) -> None:
    found = times_of(shared_data("prisma-fl3d-dynamic"))
    assert (found.count, found.source) == (3, TimeSource.ACQUISITION_TIME)
    assert found.interval_s == pytest.approx(2.9875)
    assert found.total_s == pytest.approx(8.9625)
    assert kinds(found) == [TimeCautionKind.FEWER_THAN_PLANNED]
    assert "3 of 10 frames" in found.cautions[0].text


@pytest.mark.shared_data
def test_the_qiba_object_tells_its_times_by_trigger_time_alone(shared_data: Callable[[str], Path]) -> None:
    found = times_of(shared_data("qiba-tofts-v6"))
    assert (found.count, found.source) == (133, TimeSource.TRIGGER_TIME)
    np.testing.assert_allclose(found.times_s, 5.0 * np.arange(133))
    assert kinds(found) == [TimeCautionKind.FIRST_FRAME_WITHOUT_TIME]

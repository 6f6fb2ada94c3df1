from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from PWIProtocolLib.dynamic.frames import require_same_grid, stated_acquisition
from PWIProtocolLib.dynamic.read import read_dynamic, read_flip_angles
from PWIProtocolLib.protocol.study import ReadingCancelledError
from study_plan import Kind, StudyPlan, Vendor
from vendor_studies import passing_plan, write_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


FRAMES = np.arange(5 * 2 * 3 * 4, dtype=np.int16).reshape(5, 2, 3, 4)
SEQUENCE_KEYS = ("axis 3 index type:=numeric", "axis 3 index values:=10 14.5 19 23.5 28")


def a_small_plan(vendor: Vendor) -> StudyPlan:
    return passing_plan(vendor).but(frames=12, slices=3, arrival_frame=5)


def written_nrrd(path: Path, *keys: str, frames_first: bool = True, unit: str = "") -> Path:
    """Write `FRAMES` with an origin of RAS (1, 2, 3) mm and spacing 2, 2.5, 4 mm."""
    space = ["(2,0,0)", "(0,2.5,0)", "(0,0,4)"]
    stored = np.moveaxis(FRAMES, 0, -1) if frames_first else FRAMES
    sizes, kinds = ["4", "3", "2"], ["domain"] * 3
    for values, value in ((space, "none"), (sizes, "5"), (kinds, "list")):
        values.insert(0 if frames_first else 3, value)
    lines = [
        "NRRD0005",
        "type: short",
        "dimension: 4",
        "space: right-anterior-superior",
        f"sizes: {' '.join(sizes)}",
        f"space directions: {' '.join(space)}",
        f"kinds: {' '.join(kinds)}",
        "endian: little",
        "encoding: raw",
        "space origin: (1,2,3)",
    ]
    lines += [f'units: "" "" "" "{unit}"'] if unit else []
    path.write_bytes("\n".join([*lines, *keys, "", ""]).encode() + np.ascontiguousarray(stored).tobytes())
    return path


def multi_volume_keys(labels: str, tag: str = "TriggerTime", unit: str = "ms", repetition_ms: str = "5") -> list[str]:
    return [
        f"MultiVolume.FrameLabels:={labels}",
        f"MultiVolume.FrameIdentifyingDICOMTagName:={tag}",
        f"MultiVolume.FrameIdentifyingDICOMTagUnits:={unit}",
        f"MultiVolume.DICOM.RepetitionTime:={repetition_ms}",
        "MultiVolume.DICOM.FlipAngle:=15",
    ]


TIMES_MS = "0,4000,8000,12000,16500"


@pytest.mark.parametrize("vendor", list(Vendor))
def test_the_dynamic_of_every_vendor_is_read_pixel_for_pixel(tmp_path: Path, vendor: Vendor) -> None:
    plan = a_small_plan(vendor)
    scan = next(one for one in plan.scans if one.kind is Kind.DYNAMIC)
    study = read_dynamic(write_study(plan, tmp_path / "study"))
    expected = [[plan.pixels(scan, t, k) for k in range(plan.slices)] for t in range(plan.frames)]
    np.testing.assert_array_equal(study.frames, expected)
    np.testing.assert_allclose(study.time_s, scan.starts_s, atol=0.011)
    assert study.geometry.spacing_mm == pytest.approx((1.5, 1.5, 3.0))
    assert study.geometry.origin_lps_mm == pytest.approx((-12.0, -12.0, 40.0))
    assert study.acquisition.repetition_time_s == pytest.approx(0.004)
    assert study.acquisition.flip_angle_deg == pytest.approx(12.0)
    assert study.frames.dtype == np.int16


@pytest.mark.parametrize("vendor", [Vendor.SIEMENS, Vendor.PHILIPS_ENHANCED])
def test_the_flip_angles_are_read_in_rising_order(tmp_path: Path, vendor: Vendor) -> None:
    plan = a_small_plan(vendor)
    angles = read_flip_angles(write_study(plan, tmp_path / "study"))
    scans = [one for one in plan.scans if one.kind is Kind.FLIP_ANGLE]
    assert angles.flip_angles_deg == (5.0, 15.0, 30.0)
    assert angles.repetition_time_s == pytest.approx(0.004)
    np.testing.assert_array_equal(angles.signal, [[plan.pixels(s, 0, k) for k in range(3)] for s in scans])


def test_an_oblique_dynamic_keeps_its_orientation(tmp_path: Path) -> None:
    plan = a_small_plan(Vendor.GE).but(tilt_deg=25.0)
    study = read_dynamic(write_study(plan, tmp_path / "study"))
    scan = next(one for one in plan.scans if one.kind is Kind.DYNAMIC)
    last = study.geometry.ras_from_kji((2, 0, 0)) * [-1, -1, 1]
    assert last.tolist() == pytest.approx(plan.position(scan, 2), abs=1e-4)


def test_a_rescaled_signal_is_read_as_the_header_states_it(tmp_path: Path) -> None:
    import pydicom

    folder = write_study(a_small_plan(Vendor.SIEMENS), tmp_path / "study")
    plain = read_dynamic(folder)
    for path in (folder / "dce").iterdir():
        data = pydicom.dcmread(path)
        data.RescaleSlope, data.RescaleIntercept = "0.5", "3"
        data.save_as(path)
    np.testing.assert_allclose(read_dynamic(folder).frames, 0.5 * plain.frames + 3.0)


def test_a_study_without_times_is_refused_with_the_reason(tmp_path: Path) -> None:
    folder = write_study(a_small_plan(Vendor.CANON_ENHANCED).but(timed=False), tmp_path / "study")
    with pytest.raises(InputError, match="the times of the frames cannot be told"):
        read_dynamic(folder)


def test_a_missing_slice_is_refused(tmp_path: Path) -> None:
    folder = write_study(a_small_plan(Vendor.SIEMENS), tmp_path / "study")
    (folder / "dce" / "IM0014.dcm").unlink()
    with pytest.raises(InputError):
        read_dynamic(folder)


def test_a_folder_without_a_dynamic_is_refused(tmp_path: Path) -> None:
    folder = write_study(a_small_plan(Vendor.SIEMENS), tmp_path / "study")
    with pytest.raises(InputError, match="holds no dynamic contrast-enhanced series"):
        read_dynamic(folder / "t2")


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    folder = write_study(a_small_plan(Vendor.SIEMENS), tmp_path / "study")
    seen: list[tuple[int, int]] = []

    def until_the_third(done: int, total: int) -> bool:
        seen.append((done, total))
        return done < 3

    with pytest.raises(ReadingCancelledError):
        read_dynamic(folder, progress=until_the_third)
    assert seen == [(0, 12), (1, 12), (2, 12), (3, 12)]


@pytest.mark.parametrize("frames_first", [True, False])
def test_a_multi_volume_is_read_with_times_repetition_time_and_place(tmp_path: Path, frames_first: bool) -> None:
    study = read_dynamic(written_nrrd(tmp_path / "m.nrrd", *multi_volume_keys(TIMES_MS), frames_first=frames_first))
    np.testing.assert_array_equal(study.frames, FRAMES)
    assert study.time_s.tolist() == [0.0, 4.0, 8.0, 12.0, 16.5]
    assert study.acquisition.repetition_time_s == pytest.approx(0.005)
    assert study.acquisition.flip_angle_deg == pytest.approx(15.0)
    assert study.geometry.spacing_mm == pytest.approx((2.0, 2.5, 4.0))
    assert study.geometry.ras_from_kji((0, 0, 0)).tolist() == pytest.approx([1.0, 2.0, 3.0])
    assert study.geometry.ras_from_kji((1, 2, 3)).tolist() == pytest.approx([7.0, 7.0, 7.0])


def test_a_sequence_is_read_with_the_unit_of_its_index(tmp_path: Path) -> None:
    study = read_dynamic(written_nrrd(tmp_path / "s.seq.nrrd", *SEQUENCE_KEYS, frames_first=False, unit="s"))
    assert study.time_s.tolist() == [0.0, 4.5, 9.0, 13.5, 18.0]
    np.testing.assert_array_equal(study.frames, FRAMES)


def test_a_sequence_without_a_unit_is_refused_and_read_when_times_are_given(tmp_path: Path) -> None:
    path = written_nrrd(tmp_path / "s.seq.nrrd", *SEQUENCE_KEYS, frames_first=False)
    with pytest.raises(InputError, match="does not state the times of its frames with their unit; give them"):
        read_dynamic(path)
    study = read_dynamic(path, time_s=[0.0, 5.0, 10.0, 15.0, 20.0])
    assert study.time_s[-1] == 20.0
    assert "given by the user" in study.time_reason


def test_given_times_must_be_as_many_as_frames(tmp_path: Path) -> None:
    path = written_nrrd(tmp_path / "s.seq.nrrd", frames_first=False)
    with pytest.raises(InputError, match="5 frames, 2 times"):
        read_dynamic(path, time_s=[0.0, 5.0])


def test_a_multi_volume_of_flip_angles_is_sorted_and_no_dynamic(tmp_path: Path) -> None:
    path = written_nrrd(tmp_path / "f.nrrd", *multi_volume_keys("30,5,10,15,20", "FlipAngle", "degrees"))
    angles = read_flip_angles(path)
    assert angles.flip_angles_deg == (5.0, 10.0, 15.0, 20.0, 30.0)
    np.testing.assert_array_equal(angles.signal, FRAMES[[1, 2, 3, 4, 0]])
    with pytest.raises(InputError, match="differ in flip angle, not in time"):
        read_dynamic(path)


def test_times_are_no_flip_angles(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not say that its frames differ in flip angle"):
        read_flip_angles(written_nrrd(tmp_path / "m.nrrd", *multi_volume_keys(TIMES_MS)))


def test_a_repetition_time_in_seconds_is_not_used_but_told(tmp_path: Path) -> None:
    study = read_dynamic(written_nrrd(tmp_path / "m.nrrd", *multi_volume_keys(TIMES_MS, repetition_ms="0.005")))
    assert study.acquisition.repetition_time_s is None
    assert "stated as 0.005 ms, which no spoiled gradient echo has" in study.cautions[0]


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [("0,4,3,2,9", "do not rise"), ("0,1,2,3", "5 frames, 4 times"), ("a,b,c,d,e", "a label that is no number")],
)
def test_labels_that_are_no_times_are_refused(tmp_path: Path, labels: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_dynamic(written_nrrd(tmp_path / "m.nrrd", *multi_volume_keys(labels)))


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = written_nrrd(tmp_path / "m.nrrd", *multi_volume_keys(TIMES_MS))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="cannot be read to its end"):
        read_dynamic(path)


def test_two_grids_that_differ_are_both_described() -> None:
    dynamic, t1 = ImageGeometry((4, 3, 2), (1.0, 1.0, 3.0)), ImageGeometry((4, 3, 5), (1.0, 1.0, 1.5))
    with pytest.raises(InputError, match=r"4 x 3 x 5 voxels of 1 x 1 x 1.5 mm.*4 x 3 x 2 voxels of 1 x 1 x 3 mm"):
        require_same_grid("T1 map", t1, "dynamic study", dynamic)
    require_same_grid("T1 map", dynamic, "dynamic study", dynamic)


def test_what_is_not_stated_is_left_open() -> None:
    acquisition, cautions = stated_acquisition(None, None)
    assert (acquisition.repetition_time_s, acquisition.flip_angle_deg, cautions) == (None, None, ())


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("place", "shape", "interval_s", "repetition_s"),
    [
        ("qiba-tofts-v6", (133, 1, 80, 50), 5.0, 0.005),
        ("prisma-fl3d-dynamic", (3, 3, 192, 152), 2.9875, 0.00194),
        ("pkmodeling-dro/DRO3min5secinf.nrrd", (36, 1, 13, 16), 5.0, 0.005),
    ],
)
def test_public_studies_are_read_with_their_times(
    shared_data: Callable[[str], Path], place: str, shape: tuple[int, ...], interval_s: float, repetition_s: float
) -> None:
    folder, _, name = place.partition("/")
    study = read_dynamic(shared_data(folder) / name)
    assert study.frames.shape == shape
    np.testing.assert_allclose(np.diff(study.time_s), interval_s, atol=1e-3)
    assert study.acquisition.repetition_time_s == pytest.approx(repetition_s)


@pytest.mark.shared_data
def test_a_public_map_is_no_dynamic(shared_data: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match="holds a single volume"):
        read_dynamic(shared_data("pkmodeling-dro") / "DRO-T1Map.nrrd")

"""Folders become studies: every file accounted for, every series sorted with its reason, geometry from positions."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PWIProtocolLib.protocol.frames import frame_times
from PWIProtocolLib.protocol.geometry import series_geometry
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.series import DynamicLayout, Series, SeriesKind, Vendor
from PWIProtocolLib.protocol.study import ReadingCancelledError, Study, read_studies, read_study
from study_builders import STUDY_UID, a_data_set, enhanced_file, moment, write, write_dynamic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FUZZED_TAGS = (
    *(Tag.ImageType, Tag.Modality, Tag.Manufacturer, Tag.ScanningSequence, Tag.MRAcquisitionType, Tag.ProtocolName),
    *(Tag.SliceThickness, Tag.RepetitionTime, Tag.EchoTime, Tag.FlipAngle, Tag.SeriesNumber, Tag.InstanceNumber),
    *(Tag.AcquisitionDate, Tag.AcquisitionTime, Tag.ImageOrientationPatient, Tag.ImagePositionPatient),
    *(Tag.PixelSpacing, Tag.AcquisitionMatrix, Tag.SOPInstanceUID, Tag.FrameOfReferenceUID, Tag.StudyInstanceUID),
)
FUZZED = [tag.name for tag in FUZZED_TAGS]
NO_NUMBERS = st.sampled_from(["-4", "0", "1e30"])


def uid(number: int) -> str:
    return f"{STUDY_UID}.{number}"


def add_series(folder: Path, number: int, times_s: tuple[float, ...] = (0.0,), **attributes: Any) -> None:
    """Add a series to a study, in a folder of its own."""
    own = {"SeriesInstanceUID": uid(number), "SeriesNumber": str(number)}
    write_dynamic(folder / str(number), times_s, start_s=36000.0 + 60 * number, **own | attributes)


def kind_of(tmp_path: Path, times_s: tuple[float, ...] = (0.0,), **attributes: Any) -> SeriesKind:
    add_series(tmp_path, 1, times_s, **attributes)
    return read_study(tmp_path).series[0].kind


def by_number(study: Study) -> dict[int | None, Series]:
    return {one.number: one for one in study.series}


@pytest.fixture
def a_study(tmp_path: Path) -> Path:
    """A study as scanners export it: anatomy, three flip angles, the dynamic, its subtractions, and other files."""
    folder = tmp_path / "exam 7"
    add_series(folder, 1, ScanningSequence="SE", RepetitionTime="600", ProtocolName="t1 tse")
    for number, angle in ((2, "5"), (3, "15"), (4, "25")):
        add_series(folder, number, FlipAngle=angle, ProtocolName=f"vfa {angle}")
    add_series(folder, 5, (0.0, 4.0, 8.0, 12.0), RepetitionTime="5.5")
    add_series(folder, 6, (0.0, 4.0, 8.0), ImageType=["DERIVED", "PRIMARY", "M", "SUB"], RepetitionTime="5.5")
    (folder / "notes").mkdir()
    (folder / "notes" / "protocol.txt").write_text("typed by hand")
    write(
        folder / "notes" / "report.dcm",
        a_data_set(Modality="SR", StudyInstanceUID=STUDY_UID, SeriesInstanceUID=uid(99)),
    )
    return folder


def test_a_study_is_sorted_into_its_kinds_of_series(a_study: Path) -> None:
    study = read_study(a_study)
    assert {number: one.kind for number, one in by_number(study).items()} == {
        1: SeriesKind.ANATOMICAL,
        2: SeriesKind.FLIP_ANGLES,
        3: SeriesKind.FLIP_ANGLES,
        4: SeriesKind.FLIP_ANGLES,
        5: SeriesKind.DCE_DYNAMIC,
        6: SeriesKind.SUBTRACTION,
    }
    assert [dynamic.label for dynamic in study.dynamics] == ["series 5"]
    assert [angles.flip_angles_deg for angles in study.flip_angle_sets] == [(5.0, 15.0, 25.0)]
    assert study.label == "exam 7"


def test_every_series_says_why_and_where(a_study: Path) -> None:
    for one in read_study(a_study).series:
        assert one.reason
        assert one.evidence is not None
        assert one.evidence.file == f"{one.number}/0001.dcm"
        assert "(" in one.evidence.attribute


def test_other_files_are_named_and_do_not_stop_the_reading(a_study: Path) -> None:
    others = {other.name: other.reason for other in read_study(a_study).other_files}
    assert others == {
        "notes/protocol.txt": "not a DICOM file; give the files as the scanner exported them",
        "notes/report.dcm": "DICOM without an image, or without the series that it belongs to",
    }


def test_a_list_of_files_serves_as_well_as_a_folder(a_study: Path) -> None:
    files = sorted(a_study.rglob("*.dcm"), reverse=True)
    listed = read_study(files)
    assert {number: one.kind for number, one in by_number(listed).items()} == {
        number: one.kind for number, one in by_number(read_study(a_study)).items()
    }
    assert listed.series[0].first.name == "1/0001.dcm"


def test_two_studies_in_one_folder_are_told_apart(tmp_path: Path) -> None:
    add_series(tmp_path / "a", 1)
    add_series(tmp_path / "b", 2, StudyInstanceUID="1.2.3")
    add_series(tmp_path / "b", 3, StudyInstanceUID="1.2.4")
    assert [study.label for study in read_studies(tmp_path)] == ["a", "b/2", "b/3"]
    with pytest.raises(InputError, match=r"found 3 studies \(a, b/2, b/3\), expected one"):
        read_study(tmp_path)


def test_several_given_folders_keep_their_names_wherever_they_lie(tmp_path: Path) -> None:
    add_series(tmp_path / "2024" / "july", 1)
    add_series(tmp_path / "2025" / "may", 2, StudyInstanceUID="1.2.3")
    studies = read_studies([tmp_path / "2024" / "july", tmp_path / "2025" / "may"])
    assert [study.label for study in studies] == ["july", "may"]
    assert studies[1].series[0].first.name.startswith("may/")


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing")
    with pytest.raises(InputError, match="no DICOM image in 1 files"):
        read_study(tmp_path)
    with pytest.raises(InputError, match="there is no such file or folder"):
        read_study(tmp_path / "nowhere")


def test_reading_reports_its_progress_and_can_be_cancelled(tmp_path: Path) -> None:
    add_series(tmp_path, 1, tuple(4.0 * t for t in range(20)))
    seen: list[tuple[int, int]] = []
    read_study(tmp_path, lambda done, total: seen.append((done, total)) or True)
    assert seen == [(0, 60), (50, 60), (60, 60)]
    with pytest.raises(ReadingCancelledError):
        read_study(tmp_path, lambda done, _total: done < 50)


def test_one_series_for_each_phase_makes_one_dynamic(tmp_path: Path) -> None:
    for number in (3, 4, 5, 6):
        add_series(tmp_path, number, SeriesDescription=f"DISCO Ph{number}")
    (dynamic,) = read_study(tmp_path).dynamics
    assert dynamic.layout is DynamicLayout.SERIES_PER_PHASE
    assert dynamic.label == "series 3, 4, 5, 6"
    assert frame_times(dynamic).interval_s == 60.0


def shifted(number: int) -> dict[str, Any]:
    """Place a volume elsewhere than the other series."""
    return {"per_plane": lambda _t, k: {"ImagePositionPatient": [-10.0, 5.0 * number, 3.0 * k]}}


@pytest.mark.parametrize(
    "own",
    [
        shifted,
        lambda _number: {"FrameOfReferenceUID": None},
        lambda number: {"FrameOfReferenceUID": uid(number)},
        lambda number: {"ProtocolName": ("before", "during", "after")[number]},
        lambda _number: {"FlipAngle": ""},
        lambda number: {"RepetitionTime": str(4 + number)},
    ],
    ids=["elsewhere", "no reference", "other references", "other names", "no flip angle", "other repetition times"],
)
def test_volumes_not_shown_to_be_the_same_are_no_phases(tmp_path: Path, own: Callable[[int], dict[str, Any]]) -> None:
    for number in range(3):
        add_series(tmp_path, number, **own(number))
    study = read_study(tmp_path)
    assert study.dynamics == ()
    assert {one.kind for one in study.series} == {SeriesKind.ANATOMICAL}


def test_one_enhanced_file_for_each_time_point_makes_one_dynamic(tmp_path: Path) -> None:
    for n in range(3):
        write(tmp_path / f"{n}.dcm", enhanced_file([moment(36000.0 + 4 * n)], SOPInstanceUID=uid(n)))
    (dynamic,) = read_study(tmp_path).dynamics
    assert dynamic.layout is DynamicLayout.FILE_PER_TIME_POINT


def test_flip_angles_in_one_series_are_a_set(tmp_path: Path) -> None:
    add_series(tmp_path, 2, (0.0, 60.0, 120.0), per_plane=lambda t, _k: {"FlipAngle": str(5 + 10 * t)})
    study = read_study(tmp_path)
    assert study.series[0].kind is SeriesKind.FLIP_ANGLES
    assert study.flip_angle_sets[0].flip_angles_deg == (5.0, 15.0, 25.0)
    assert [len(planes) for _, planes in study.flip_angle_sets[0].groups] == [3, 3, 3]


def test_a_flip_angle_like_the_one_of_the_dynamic_stays_in_the_set(tmp_path: Path) -> None:
    for number, angle in ((2, "5"), (3, "15"), (4, "25")):
        add_series(tmp_path, number, FlipAngle=angle)
    add_series(tmp_path, 5, (0.0, 4.0, 8.0), FlipAngle="15")
    study = read_study(tmp_path)
    assert [dynamic.label for dynamic in study.dynamics] == ["series 5"]
    assert [angles.flip_angles_deg for angles in study.flip_angle_sets] == [(5.0, 15.0, 25.0)]


def test_a_volume_before_contrast_joins_the_dynamic_after_it(tmp_path: Path) -> None:
    add_series(tmp_path, 4)
    add_series(tmp_path, 5, (0.0, 4.0, 8.0))
    (dynamic,) = read_study(tmp_path).dynamics
    assert dynamic.label == "series 4, 5"
    assert frame_times(dynamic).count == 4


def test_flip_angles_under_another_repetition_time_are_no_set(tmp_path: Path) -> None:
    add_series(tmp_path, 2, FlipAngle="5")
    add_series(tmp_path, 3, FlipAngle="15", RepetitionTime="9")
    assert read_study(tmp_path).flip_angle_sets == ()


PERFUSED = {"ScanningSequence": ["EP", "GR"], "ContrastBolusAgent": "YES"}
TEN = tuple(1.5 * t for t in range(10))


@pytest.mark.parametrize(
    ("times_s", "attributes", "kind"),
    [
        (TEN, PERFUSED, SeriesKind.DSC),
        (TEN, PERFUSED | {"ContrastBolusAgent": None}, SeriesKind.OTHER),
        (TEN, PERFUSED | {"ContrastBolusAgent": None, "SeriesDescription": "ep2d_perf"}, SeriesKind.DSC),
        ((0.0,), PERFUSED, SeriesKind.OTHER),
        (TEN, {"SeriesDescription": "pCASL neck"}, SeriesKind.ASL),
        (TEN, {"ImageType": ["ORIGINAL", "PRIMARY", "ASL"]}, SeriesKind.ASL),
        ((0.0, 4.0, 8.0), {"SeriesDescription": "BASLE"}, SeriesKind.DCE_DYNAMIC),
        ((0.0, 4.0, 8.0), {"ScanningSequence": "SE"}, SeriesKind.OTHER),
        ((0.0, 4.0), {}, SeriesKind.ANATOMICAL),
        ((0.0,), {"Modality": "CT"}, SeriesKind.OTHER),
        ((0.0,), {"ImageType": ["DERIVED", "SECONDARY", "MPR"]}, SeriesKind.OTHER),
        ((0.0,), {"ImageType": ["DERIVED", "PRIMARY"], "SeriesDescription": "dyn_SUB_5-1"}, SeriesKind.SUBTRACTION),
        ((0.0,), {"SeriesDescription": "t1 sub mandibular"}, SeriesKind.ANATOMICAL),
        ((0.0, 4.0, 8.0), {"ImageType": ["DERIVED", "PRIMARY", "DIXON", "WATER"]}, SeriesKind.DCE_DYNAMIC),
    ],
)
def test_a_series_is_what_its_headers_say(
    tmp_path: Path, times_s: tuple[float, ...], attributes: dict[str, Any], kind: SeriesKind
) -> None:
    assert kind_of(tmp_path, times_s, **attributes) is kind


@pytest.mark.parametrize(
    ("maker", "vendor"),
    [
        ("SIEMENS", Vendor.SIEMENS),
        ("Siemens Healthineers", Vendor.SIEMENS),
        ("GE MEDICAL SYSTEMS", Vendor.GE),
        ("Philips", Vendor.PHILIPS),
        ("TOSHIBA_MEC", Vendor.CANON),
        ("Canon Medical", Vendor.CANON),
        ("Bruker", Vendor.OTHER),
        (None, Vendor.OTHER),
    ],
)
def test_the_maker_is_known_by_its_names(tmp_path: Path, maker: str | None, vendor: Vendor) -> None:
    add_series(tmp_path, 1, Manufacturer=maker)
    assert read_study(tmp_path).series[0].vendor is vendor


def test_spacing_and_gap_come_from_positions_not_from_the_attribute(tmp_path: Path) -> None:
    def spread(_t: int, k: int) -> dict[str, Any]:
        return {"ImagePositionPatient": [0.0, 0.0, 3.6 * k]}

    add_series(tmp_path, 1, SpacingBetweenSlices="3", per_plane=spread)
    found = series_geometry(read_study(tmp_path).series[0].planes)
    assert found.spacing_mm == pytest.approx(3.6)
    assert found.gap_mm == pytest.approx(0.6)
    assert found.spacing_tag_mm.value == 3.0
    assert (found.slices, found.axial_angle_deg) == (3, 0.0)


def test_the_acquired_resolution_is_field_of_view_over_matrix(tmp_path: Path) -> None:
    add_series(tmp_path, 1, AcquisitionMatrix=[0, 16, 8, 0])
    found = series_geometry(read_study(tmp_path).series[0].planes)
    assert found.pixel_spacing_mm.value == (1.0, 1.0)
    assert found.acquired_mm == (2.0, 1.0)


@pytest.mark.parametrize(
    ("direction", "matrix", "coarsest", "finest"),
    [("COL", [0, 16, 8, 0], (2.0, 1.0), (1.0, 1.0)), ("ROW", [16, 0, 0, 8], (1.0, 2.0), (1.0, 1.0))],
)
def test_an_image_padded_in_the_phase_direction_may_be_twice_as_fine(
    tmp_path: Path, direction: str, matrix: list[int], coarsest: tuple[float, float], finest: tuple[float, float]
) -> None:
    phase = {"InPlanePhaseEncodingDirection": direction, "PercentPhaseFieldOfView": "50"}
    add_series(tmp_path, 1, AcquisitionMatrix=matrix, **phase)
    found = series_geometry(read_study(tmp_path).series[0].planes)
    assert (found.acquired_mm, found.finest_acquired_mm) == (coarsest, finest)


def test_the_acquired_resolution_of_enhanced_images_follows_the_phase_direction(tmp_path: Path) -> None:
    steps = {"MRAcquisitionFrequencyEncodingSteps": 16, "MRAcquisitionPhaseEncodingStepsInPlane": 8}
    groups = {"MRFOVGeometrySequence": steps | {"InPlanePhaseEncodingDirection": "ROW"}}
    write(tmp_path / "one.dcm", enhanced_file([moment(1.0)], shared_groups=groups))
    assert series_geometry(read_study(tmp_path).series[0].planes).acquired_mm == (1.0, 2.0)


def test_an_unsound_orientation_or_a_missing_place_leaves_the_geometry_open(tmp_path: Path) -> None:
    add_series(tmp_path, 1, ImageOrientationPatient=[1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    add_series(tmp_path, 2, per_plane=lambda _t, k: {"ImagePositionPatient": None} if k else {})
    for one in read_study(tmp_path).series:
        found = series_geometry(one.planes)
        assert (found.spacing_mm, found.gap_mm, found.slices, found.axial_angle_deg) == (None, None, None, None)


def test_geometries_name_what_differs(tmp_path: Path) -> None:
    add_series(tmp_path, 1)
    add_series(tmp_path, 2, PixelSpacing=[2.0, 2.0], Columns=8)
    first, second = (series_geometry(one.planes) for one in read_study(tmp_path).series)
    assert first.differences(first) == ()
    assert first.differences(second) == ("pixel spacing", "columns")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    missing=st.sets(st.sampled_from(FUZZED), max_size=4),
    empty=st.sets(st.sampled_from(FUZZED), max_size=3),
    wrong=st.dictionaries(
        st.sampled_from(["RepetitionTime", "FlipAngle", "EchoTime"]), st.sampled_from(["-4", "0", "1e30"])
    ),
    one_file=st.booleans(),
)
def test_fuzzed_studies_never_crash_and_never_gain_times(
    tmp_path_factory: pytest.TempPathFactory, missing: set[str], empty: set[str], wrong: dict[str, str], one_file: bool
) -> None:
    spoiled: dict[str, Any] = wrong | dict.fromkeys(empty, "") | dict.fromkeys(missing)
    folder = write_dynamic(
        tmp_path_factory.mktemp("fuzzed"),
        slices=2,
        per_plane=lambda t, k: spoiled if not one_file or (t, k) == (1, 1) else {},
    )
    for study in read_studies(folder):
        for one in study.series:
            assert one.reason
            series_geometry(one.planes)
        for dynamic in study.dynamics:
            found = frame_times(dynamic)
            assert found.reason
            if {"AcquisitionTime", "ImagePositionPatient"} & (missing | empty):
                assert found.times_s is None or one_file


def test_nothing_read_holds_who_the_patient_is(tmp_path: Path) -> None:
    add_series(tmp_path, 1, PatientName="Doe^Jane", PatientID="4711", PatientBirthDate="19500102")
    held = pickle.dumps([header._raw for header in read_study(tmp_path).series[0].headers])
    for secret in (b"Doe", b"4711", b"19500102"):
        assert secret not in held


@pytest.mark.shared_data
def test_the_prisma_dynamic_is_coronal_without_gap_and_coarse_in_plane(shared_data: Callable[[str], Path]) -> None:
    study = read_study(shared_data("prisma-fl3d-dynamic"))
    found = series_geometry(study.dynamics[0].planes)
    assert study.series[0].kind is SeriesKind.DCE_DYNAMIC
    assert found.axial_angle_deg == pytest.approx(90.0, abs=0.2)
    assert found.spacing_mm == pytest.approx(3.0)
    assert found.gap_mm == pytest.approx(0.0, abs=1e-6)
    assert found.pixel_spacing_mm.value == pytest.approx((2.0833, 2.0833), abs=1e-4)
    assert found.acquired_mm == pytest.approx((2.083, 2.363), abs=1e-3)
    assert [other.name for other in study.other_files] == ["LICENSE.txt"]


@pytest.mark.shared_data
def test_enhanced_files_of_two_makers_are_two_studies_without_dce(shared_data: Callable[[str], Path]) -> None:
    siemens, philips = read_studies(shared_data("enhanced-mr"))
    assert siemens.series[0].kind is SeriesKind.OTHER
    assert "echo-planar" in siemens.series[0].reason
    assert siemens.series[0].first.text(Tag.ReceiveCoilName).value == "HeadNeck_20_TCS"
    assert philips.series[0].kind is SeriesKind.ANATOMICAL
    assert philips.series[0].first.text(Tag.Spoiling).value == "NONE"
    assert philips.dynamics == siemens.dynamics == ()

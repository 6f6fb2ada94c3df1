"""Headers that lack, empty or garble attributes: no check crashes, and none of it ever becomes a pass."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import pytest
from checked_studies import a_short_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PWIProtocolLib.protocol import study as study_module
from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.headers import Header
from PWIProtocolLib.protocol.headers.raw import WrongType
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.study import read_study
from PWIProtocolLib.protocol.verdict import CriterionResult, Verdict
from study_plan import Vendor
from vendor_studies import write_study

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.protocol.study import Study

PASSING = (Verdict.MET, Verdict.OPTIMAL)
CLASSIC = (Vendor.SIEMENS, Vendor.GE, Vendor.PHILIPS, Vendor.CANON)
# Attributes without which a criterion cannot be met, in a classic study.
ESSENTIAL: dict[str, tuple[Tag, ...]] = {
    "dce_technique": (Tag.ScanningSequence, Tag.ImagePositionPatient, Tag.ImageOrientationPatient),
    "sequence_3d_spgr_t1": (Tag.MRAcquisitionType, Tag.ScanningSequence, Tag.EchoTime),
    "axial": (Tag.ImageOrientationPatient,),
    "field_strength": (Tag.MagneticFieldStrength,),
    "slice_thickness": (Tag.SliceThickness,),
    "no_gap": (Tag.SliceThickness, Tag.ImagePositionPatient, Tag.ImageOrientationPatient),
    "in_plane_resolution": (Tag.PixelSpacing,),
    "flip_angle_count": (Tag.FlipAngle,),
    "flip_angle_range": (Tag.FlipAngle,),
    "flip_angle_geometry": (
        Tag.FlipAngle,
        Tag.ImagePositionPatient,
        Tag.PixelSpacing,
        Tag.SliceThickness,
        Tag.FrameOfReferenceUID,
    ),
    "contrast_dose": (Tag.ContrastBolusAgent, Tag.PatientWeight),
}
# Attributes that some files of a series may leave out: what the others state is evidence enough.
STATED_ONCE = (Tag.FlipAngle, Tag.ContrastBolusAgent)
GARBAGE = (None, b"", b"   ", b"\0", b"nan", b"-inf", b"1e999", b"-3", b"0", b"abc", b"3\\x", b"\xff\xfe", b"999999999")
GARBAGE_NUMBERS = (None, b"", struct.pack("<d", float("nan")), struct.pack("<d", -1.0), b"\0\0", b"\xff" * 7)


def garbage_for(tag: Tag) -> st.SearchStrategy[Any]:
    """Values that no sound file holds: missing, empty, of another type, not a number, negative, huge."""
    binary = tag.vr in {"US", "UL", "FD", "FL"}
    return st.sampled_from((*(GARBAGE_NUMBERS if binary else GARBAGE), WrongType("OB"), WrongType("UN")))


def spoiled(study: Study, tag: Tag, value: Any, where: Callable[[int], bool]) -> Study:
    """The study with another value of an attribute in some of its files."""
    headers = []
    for number, header in enumerate(header for series in study.series for header in series.headers):
        raw = dict(header._raw)
        if where(number):
            raw.pop(tag, None)
            if value is not None:
                raw[tag] = value
        headers.append(Header(header.path, header.name, raw))
    return study_module._study_of(study.label, headers, ())


def results(study: Study) -> tuple[CriterionResult, ...]:
    return check_study(study, read_signal=False).criteria


@pytest.fixture(scope="module")
def good_studies(tmp_path_factory: pytest.TempPathFactory) -> dict[Vendor, Study]:
    folder = tmp_path_factory.mktemp("good")
    return {each: read_study(write_study(a_short_plan(each), folder / each.name)) for each in CLASSIC}


@pytest.fixture(scope="module")
def a_bad_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study that misses almost every recommendation."""
    plan = a_short_plan(
        spoiled=False,
        tilt_deg=90.0,
        field_t=7.0,
        coil="Spine_32",
        thickness_mm=5.0,
        spacing_mm=6.0,
        pixel_mm=2.5,
        acquired_mm=2.5,
        fat_suppressed=False,
        cover_deg=(2.0, 50.0),
        cover_shift_mm=6.0,
        cover_after_contrast=True,
        interval_s=7.5,
        injection_s=3.0,
        arrival_frame=3,
        volume_ml=14.0,
        rate_ml_s=1.0,
    )
    return read_study(write_study(plan, tmp_path_factory.mktemp("bad") / "study"))


@pytest.mark.parametrize(("criterion", "tag"), [(name, tag) for name, tags in ESSENTIAL.items() for tag in tags])
@pytest.mark.parametrize("value", [None, b"", b"nan", b"-1", b"junk", WrongType("OB")], ids=str)
def test_no_criterion_passes_without_its_attribute(
    good_studies: dict[Vendor, Study], criterion: str, tag: Tag, value: Any
) -> None:
    found = {each.criterion_id: each for each in results(spoiled(good_studies[Vendor.SIEMENS], tag, value, _all))}
    assert found[criterion].verdict not in PASSING
    assert found[criterion].reason


@pytest.mark.parametrize(
    ("criterion", "tag"), [(name, tags[0]) for name, tags in ESSENTIAL.items() if tags[0] not in STATED_ONCE]
)
def test_one_file_in_two_without_its_attribute_is_enough(
    good_studies: dict[Vendor, Study], criterion: str, tag: Tag
) -> None:
    study = spoiled(good_studies[Vendor.SIEMENS], tag, b"", lambda number: number % 2 == 1)
    assert {each.criterion_id: each for each in results(study)}[criterion].verdict not in PASSING


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_garbage_never_turns_a_miss_into_a_pass(a_bad_study: Study, data: st.DataObject) -> None:
    tag = data.draw(st.sampled_from([each for each in Tag if each.vr != "SQ"]), label="tag")
    value = data.draw(garbage_for(tag), label="value")
    every = data.draw(st.integers(1, 3), label="every")
    before = {each.criterion_id: each.verdict for each in results(a_bad_study)}
    for each in results(spoiled(a_bad_study, tag, value, lambda number: number % every == 0)):
        if before[each.criterion_id] not in PASSING:
            assert each.verdict not in PASSING, f"{each.criterion_id}: {each.reason}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_garbage_in_any_vendor_s_headers_never_crashes_and_always_gives_a_reason(
    good_studies: dict[Vendor, Study], data: st.DataObject
) -> None:
    study = good_studies[data.draw(st.sampled_from(CLASSIC), label="vendor")]
    for _ in range(data.draw(st.integers(1, 4))):
        tag = data.draw(st.sampled_from([each for each in Tag if each.vr != "SQ"]), label="tag")
        study = spoiled(study, tag, data.draw(garbage_for(tag) | st.binary(max_size=12)), _all)
    for each in results(study):
        assert each.reason
        assert "\n" not in each.reason
        assert each.value == each.value  # not NaN


def test_the_bad_study_is_bad_throughout(a_bad_study: Study) -> None:
    passing = {each.criterion_id for each in results(a_bad_study) if each.verdict in PASSING}
    assert passing == {"dce_technique"}


def _all(number: int) -> bool:
    return number >= 0

"""The fast header walk and pydicom say the same, and damaged headers say so instead of crashing."""

from __future__ import annotations

import struct
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from PWIProtocolLib.protocol.headers import Header, read_header
from PWIProtocolLib.protocol.headers import header as headers
from PWIProtocolLib.protocol.headers.fallback import read_with_pydicom
from PWIProtocolLib.protocol.headers.raw import UnusualHeaderError
from PWIProtocolLib.protocol.headers.siemens import siemens_protocol
from PWIProtocolLib.protocol.headers.tags import PrivateTag, Tag
from PWIProtocolLib.protocol.headers.value import Presence
from PWIProtocolLib.protocol.headers.walk import walk_file
from study_builders import (
    BIG,
    DEFLATED,
    IMPLICIT,
    JPEG_LOSSLESS,
    LITTLE,
    SPOILED_GRADIENT_ECHO,
    a_data_set,
    enhanced_file,
    moment,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom import Dataset

NUMBER_TAGS = [tag for tag in Tag if tag.vr in ("DS", "IS") and tag < 0x00280000]
TEXT_TAGS = [tag for tag in Tag if tag.vr in ("CS", "LO", "SH") and 0x00080005 < tag < 0x00280000]


@pytest.fixture
def a_plane() -> Dataset:
    return a_data_set(**SPOILED_GRADIENT_ECHO, InstanceNumber="3", ImagePositionPatient=[1.0, -2.0, 3.5])


def header_with(tmp_path: Path, **attributes: Any) -> Header:
    return read_header(write(tmp_path / "one.dcm", a_data_set(**SPOILED_GRADIENT_ECHO | attributes)))


def with_raw_element(tmp_path: Path, tag: Tag, vr: bytes, content: bytes) -> Header:
    """Write a file whose only element in group 0018 has this type and these bytes, whatever they are."""
    keep = {name: SPOILED_GRADIENT_ECHO[name] for name in ("SOPClassUID", "Modality")}
    path = write(tmp_path / "raw.dcm", a_data_set(**keep, StudyInstanceUID="1.2", Rows=4))
    data = path.read_bytes()
    place = data.index(struct.pack("<HH2s", 0x0020, 0x000D, b"UI"))
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    length = struct.pack("<H", len(content)) if vr not in (b"UN", b"OB") else struct.pack("<HL", 0, len(content))
    path.write_bytes(data[:place] + head + length + content + data[place:])
    return read_header(path)


def ask_everything(header: Header) -> None:
    """Ask for every attribute in every way; only sound values may come back."""
    for tag in Tag:
        for value in (header.number(tag), header.texts(tag), header.clock_s(tag), header.date(tag), header.moment(tag)):
            assert value.known == (value.value is not None)
        number = header.number(tag).value
        assert number is None or tag.limits.low <= number <= tag.limits.high
        header.items(tag)
    for private in PrivateTag:
        assert header.private_text(private).describe()
        assert header.private_number(private).describe()


@pytest.mark.parametrize("syntax", [LITTLE, IMPLICIT, BIG, DEFLATED, JPEG_LOSSLESS])
def test_every_transfer_syntax_gives_the_same_values(tmp_path: Path, a_plane: Dataset, syntax: str) -> None:
    header = read_header(write(tmp_path / "one.dcm", a_plane, syntax))
    assert header.number(Tag.FlipAngle).value == 15.0
    assert header.numbers(Tag.ImagePositionPatient, 3).value == (1.0, -2.0, 3.5)
    assert header.texts(Tag.SequenceVariant).value == ("SP", "OSP")
    assert header.number(Tag.Rows).value == 16.0


@pytest.mark.parametrize("syntax", [LITTLE, IMPLICIT, JPEG_LOSSLESS])
def test_little_endian_files_never_need_pydicom(
    tmp_path: Path, a_plane: Dataset, syntax: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "one.dcm", a_plane, syntax)
    monkeypatch.setattr(headers, "read_with_pydicom", None)
    assert read_header(path).number(Tag.RepetitionTime).value == 4.5


@pytest.mark.parametrize("syntax", [BIG, DEFLATED])
def test_unusual_transfer_syntaxes_are_left_to_pydicom(tmp_path: Path, a_plane: Dataset, syntax: str) -> None:
    with pytest.raises(UnusualHeaderError):
        walk_file(write(tmp_path / "one.dcm", a_plane, syntax))


decimal = st.floats(-1e5, 1e5, allow_nan=False).map(lambda x: f"{x:.9g}")
word = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ", max_size=12)


@st.composite
def data_sets(draw: st.DrawFn) -> Dataset:
    """Draw headers of any subset of attributes, with unknown and private elements between them."""
    content: dict[str, Any] = {
        tag.name: draw(decimal) for tag in draw(st.sets(st.sampled_from(NUMBER_TAGS), max_size=9))
    }
    for tag in NUMBER_TAGS:
        if tag.vr == "IS" and tag.name in content:
            content[tag.name] = str(draw(st.integers(-9999, 9999)))
    content |= {tag.name: draw(word) for tag in draw(st.sets(st.sampled_from(TEXT_TAGS), max_size=9))}
    content |= {
        "Rows": draw(st.integers(0, 65535)),
        "Columns": 8,
        "PixelSpacing": [draw(decimal), "1"],
        "AcquisitionMatrix": draw(st.lists(st.integers(0, 512), max_size=4)),
    }
    if draw(st.booleans()):
        content["ContrastBolusAgentSequence"] = [
            a_data_set(ContrastBolusVolume=draw(decimal), CodeMeaning=draw(word))
            for _ in range(draw(st.integers(0, 3)))
        ]
    data = enhanced_file([moment(1.0)], **content) if draw(st.booleans()) else a_data_set(**content)
    block = data.private_block(draw(st.sampled_from([0x0009, 0x0019, 0x2005])), "ANY CREATOR", create=True)
    block.add_new(1, "UN", bytes(draw(st.integers(0, 5)) * 2))
    block.add_new(2, "SQ", [a_data_set(FlipAngle="77", ImagePositionPatient=[9.0, 9.0, 9.0])])
    data.ReferencedImageSequence = [a_data_set(ReferencedSOPInstanceUID="1.2.3")]
    for sequence in (data[tag] for tag in list(data.keys()) if data[tag].VR == "SQ"):
        sequence.is_undefined_length = draw(st.booleans())
        for item in sequence.value:
            item.is_undefined_length_sequence_item = draw(st.booleans())
    return data


@settings(max_examples=60, deadline=None)
@given(data=data_sets(), syntax=st.sampled_from([LITTLE, IMPLICIT, JPEG_LOSSLESS]))
def test_the_walk_and_pydicom_read_the_same_elements(
    tmp_path_factory: pytest.TempPathFactory, data: Dataset, syntax: str
) -> None:
    path = write(tmp_path_factory.mktemp("any") / "one.dcm", data, syntax)
    assert walk_file(path) == read_with_pydicom(path)


@settings(max_examples=40, deadline=None)
@given(data=data_sets())
def test_big_endian_files_hold_the_same_values_as_little_endian_ones(
    tmp_path_factory: pytest.TempPathFactory, data: Dataset
) -> None:
    folder = tmp_path_factory.mktemp("both")
    little = walk_file(write(folder / "little.dcm", data, LITTLE))
    assert read_with_pydicom(write(folder / "big.dcm", data, BIG)) == little


@settings(max_examples=150, deadline=None)
@given(
    cut=st.integers(0, 900),
    place=st.integers(132, 900),
    noise=st.binary(max_size=12),
    syntax=st.sampled_from([LITTLE, IMPLICIT]),
)
def test_damaged_files_are_refused_or_read_but_never_crash(
    tmp_path_factory: pytest.TempPathFactory, cut: int, place: int, noise: bytes, syntax: str
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    good = write(folder / "good.dcm", a_data_set(**SPOILED_GRADIENT_ECHO), syntax).read_bytes()
    for name, content in (("cut", good[:cut]), ("noise", good[:place] + noise + good[place + len(noise) :])):
        path = folder / name
        path.write_bytes(content)
        try:
            header = read_header(path)
        except InputError:
            continue
        ask_everything(header)


@settings(max_examples=60, deadline=None)
@given(
    share=st.floats(0.0, 0.999),
    byte=st.integers(0, 255),
    enhanced=st.booleans(),
    syntax=st.sampled_from([LITTLE, IMPLICIT]),
)
def test_a_header_with_a_wrong_byte_reads_the_same_both_ways_or_is_left_to_pydicom(
    tmp_path_factory: pytest.TempPathFactory, share: float, byte: int, enhanced: bool, syntax: str
) -> None:
    path = tmp_path_factory.mktemp("wrong") / "one.dcm"
    good = enhanced_file([moment(1.0)]) if enhanced else a_data_set(**SPOILED_GRADIENT_ECHO)
    content = bytearray(write(path, good, syntax).read_bytes())
    header_end = content.index(bytes(64))
    content[132 + int(share * (header_end - 132))] = byte
    path.write_bytes(content)
    try:
        found = walk_file(path)
    except UnusualHeaderError:
        return
    assert found == read_with_pydicom(path)


def test_a_file_whose_elements_are_out_of_order_is_left_to_pydicom(tmp_path: Path, a_plane: Dataset) -> None:
    path = write(tmp_path / "one.dcm", a_plane)
    content = path.read_bytes()
    flip = content.index(struct.pack("<HH2s", 0x0018, 0x1314, b"DS"))
    body = content[132:flip].index(struct.pack("<HH2s", 0x0008, 0x0008, b"CS")) + 132
    path.write_bytes(content[:body] + content[flip : flip + 10] + content[body:flip] + content[flip + 10 :])
    with pytest.raises(UnusualHeaderError):
        walk_file(path)
    assert read_header(path).number(Tag.FlipAngle).value == 15.0


@pytest.mark.parametrize(
    "element",
    [
        struct.pack("<HH2sH", 0x0029, 0x0010, b"LO", 4) + b"ODD ",
        struct.pack("<HH2sH", 0x0020, 0x4000, b"LT", 3) + b"odd",
        struct.pack("<HH2sHL", 0x0020, 0x9221, b"UN", 0, 0xFFFFFFFF) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0),
    ],
    ids=["a later group before the image group", "an odd length", "a nested element of unknown type"],
)
def test_an_unusual_element_before_the_image_group_is_left_to_pydicom(
    tmp_path: Path, a_plane: Dataset, element: bytes
) -> None:
    path = write(tmp_path / "one.dcm", a_plane)
    content = path.read_bytes()
    place = content.index(struct.pack("<HH2s", 0x0028, 0x0002, b"US"))
    path.write_bytes(content[:place] + element + content[place:])
    with pytest.raises(UnusualHeaderError):
        walk_file(path)
    assert read_header(path).number(Tag.Rows).value == 16.0


def test_a_missing_an_empty_and_a_present_attribute_are_told_apart(tmp_path: Path) -> None:
    header = header_with(tmp_path, FlipAngle="", EchoTime=None)
    assert header.number(Tag.FlipAngle).presence is Presence.EMPTY
    assert header.number(Tag.EchoTime).presence is Presence.MISSING
    assert header.number(Tag.RepetitionTime).presence is Presence.PRESENT
    assert header.number(Tag.EchoTime).describe() == "EchoTime (0018,0081) is missing"


@pytest.mark.parametrize(
    "content", [b"-3", b"0 ", b"nan ", b"inf ", b"1e99", b"3,5 ", b"4 mm", b"7.23e+75", b"1_0 ", b"3\\", b"\xb2 "]
)
def test_numbers_that_cannot_be_are_malformed(tmp_path: Path, content: bytes) -> None:
    thickness = with_raw_element(tmp_path, Tag.SliceThickness, b"DS", content + b" " * (len(content) % 2))
    assert thickness.number(Tag.SliceThickness).presence is Presence.MALFORMED
    assert thickness.number(Tag.SliceThickness).value is None


def test_a_negative_number_is_named_with_what_was_expected(tmp_path: Path) -> None:
    header = with_raw_element(tmp_path, Tag.SliceThickness, b"DS", b"-3")
    assert header.number(Tag.SliceThickness).describe() == (
        "SliceThickness (0018,0050) cannot be used: found -3, expected above 0 and at most 10000"
    )


def test_another_value_type_than_the_standard_gives_is_malformed(tmp_path: Path) -> None:
    header = with_raw_element(tmp_path, Tag.SliceThickness, b"FD", struct.pack("<d", 3.0))
    assert header.number(Tag.SliceThickness).problem == "its value type is FD, expected DS"


def test_an_element_of_unknown_type_is_read_by_the_standard(tmp_path: Path) -> None:
    header = with_raw_element(tmp_path, Tag.SliceThickness, b"UN", b"3.5 ")
    assert header.number(Tag.SliceThickness).value == 3.5


def test_a_binary_number_of_not_a_number_is_malformed(tmp_path: Path) -> None:
    header = with_raw_element(tmp_path, Tag.AcquisitionDuration, b"FD", struct.pack("<d", float("nan")))
    assert header.number(Tag.AcquisitionDuration).problem == "found no finite number"


def test_a_binary_number_of_odd_size_is_malformed(tmp_path: Path) -> None:
    header = with_raw_element(tmp_path, Tag.AcquisitionDuration, b"FD", bytes(6))
    assert header.number(Tag.AcquisitionDuration).problem == "it does not hold numbers"


def test_more_numbers_than_expected_are_malformed(tmp_path: Path) -> None:
    header = header_with(tmp_path, ImagePositionPatient=[1.0, 2.0])
    assert header.numbers(Tag.ImagePositionPatient, 3).problem == "found 2 numbers, expected 3"
    assert header.number(Tag.PixelSpacing).problem == "found 2 numbers, expected 1"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("142635.25", 51995.25), ("1426", 51960.0), ("14:26:35", 51995.0), ("142635.250000\n", 51995.25), ("000000", 0.0)],
)
def test_times_of_day_are_read_with_and_without_fraction(tmp_path: Path, text: str, seconds: float) -> None:
    content = text.encode() + b" " * (len(text) % 2)
    header = with_raw_element(tmp_path, Tag.ContrastBolusStartTime, b"TM", content)
    assert header.clock_s(Tag.ContrastBolusStartTime).value == seconds


@pytest.mark.parametrize("text", ["2560", "147000", "noon", "14.5", "-10000"])
def test_a_time_that_no_clock_shows_is_malformed(tmp_path: Path, text: str) -> None:
    content = text.encode() + b" " * (len(text) % 2)
    header = with_raw_element(tmp_path, Tag.ContrastBolusStartTime, b"TM", content)
    assert header.clock_s(Tag.ContrastBolusStartTime).presence is Presence.MALFORMED


def test_dates_and_moments_are_read_and_zones_are_honoured(tmp_path: Path) -> None:
    header = header_with(tmp_path, AcquisitionDateTime="20240105100000.5+0100")
    assert header.date(Tag.AcquisitionDate).value == date(2024, 1, 5)
    expected = datetime(2024, 1, 5, 9, 0, 0, 500000, tzinfo=timezone.utc)  # noqa: UP017
    assert header.moment(Tag.AcquisitionDateTime).value == expected


def test_enhanced_attributes_are_sought_in_the_frame_then_in_what_frames_share(tmp_path: Path) -> None:
    data = enhanced_file(
        [moment(0.0), moment(4.0)], slices=2, shared_groups={"MRReceiveCoilSequence": {"ReceiveCoilName": "HN"}}
    )
    timing = data.PerFrameFunctionalGroupsSequence[3]
    timing.MRTimingAndRelatedParametersSequence = [a_data_set(FlipAngle="5")]
    header = read_header(write(tmp_path / "one.dcm", data))
    assert (header.enhanced, header.frames) == (True, 4)
    assert [header.number(Tag.FlipAngle, frame).value for frame in range(4)] == [12.0, 12.0, 12.0, 5.0]
    assert header.numbers(Tag.ImagePositionPatient, 3, 1).value == (-10.0, -20.0, 3.0)
    assert header.text(Tag.ReceiveCoilName).value == "HN"
    assert header.number(Tag.FlipAngle, 99).value == 12.0


def test_the_items_of_a_contrast_sequence_are_kept_apart(tmp_path: Path) -> None:
    agents = [a_data_set(ContrastBolusVolume="7"), a_data_set(ContrastBolusVolume="20")]
    header = header_with(tmp_path, ContrastBolusAgentSequence=agents)
    volumes = [item.number(Tag.ContrastBolusVolume).value for item in header.items(Tag.ContrastBolusAgentSequence)]
    assert volumes == [7.0, 20.0]
    assert header.items(Tag.ContrastAdministrationProfileSequence) == ()


@pytest.mark.parametrize("syntax", [LITTLE, IMPLICIT, BIG])
def test_private_attributes_are_found_in_whatever_block_their_maker_reserved(
    tmp_path: Path, a_plane: Dataset, syntax: str
) -> None:
    a_plane.private_block(0x2005, "SOMEBODY ELSE", create=True).add_new(0xA0, "FL", 99.0)
    a_plane.private_block(0x2005, "Philips MR Imaging DD 001", create=True).add_new(0xA0, "FL", 12.5)
    a_plane.private_block(0x0019, "GEMS_ACQU_01", create=True).add_new(0x9C, "LO", "efgre3d")
    header = read_header(write(tmp_path / "one.dcm", a_plane, syntax))
    assert header.private_number(PrivateTag.PHILIPS_DYNAMIC_SCAN_BEGIN).value == 12.5
    assert header.private_text(PrivateTag.GE_PULSE_SEQUENCE).value == "efgre3d"
    assert header.private_text(PrivateTag.SIEMENS_COIL).presence is Presence.MISSING


def test_the_siemens_protocol_tells_fat_saturation_and_receive_coils(tmp_path: Path, a_plane: Dataset) -> None:
    text = (
        b"junk ### ASCCONV BEGIN ###\nsPrepPulses.ucFatSat\t = \t0x1\nlRepetitions = 59\n"
        b'sCoilSelectMeas.aRxCoilSelectData[0].asList[0].sCoilElementID.tCoilID = ""HeadNeck_64""\n'
        b'sCoilSelectMeas.aTxCoilSelectData[0].asList[0].sCoilElementID.tCoilID = ""Body""\n### ASCCONV END ###\n'
    )
    a_plane.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(0x20, "OB", text + b"\0" * (len(text) % 2))
    found = siemens_protocol(read_header(write(tmp_path / "one.dcm", a_plane)))
    assert found is not None
    assert (found.fat_saturation, found.coil_names, found.repetitions) == (1, ("HeadNeck_64",), 59)


def test_a_text_file_is_named_as_not_dicom(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not an image")
    with pytest.raises(InputError, match=r"notes\.txt: not a DICOM file"):
        read_header(tmp_path / "notes.txt")


def test_nothing_that_tells_who_the_patient_is_is_ever_read() -> None:
    assert [tag.name for tag in Tag if tag >> 16 == 0x0010] == ["PatientWeight"]


@pytest.mark.shared_data
@pytest.mark.parametrize("folder", ["prisma-fl3d-dynamic", "enhanced-mr", "ct-head-axial-dicom"])
def test_real_files_read_the_same_both_ways(shared_data: Callable[[str], Path], folder: str) -> None:
    files = sorted(shared_data(folder).rglob("*.dcm"))[:12]
    assert files
    for path in files:
        assert walk_file(path) == read_with_pydicom(path)


@pytest.mark.shared_data
def test_the_prisma_states_no_fat_saturation_and_spine_and_body_coils(shared_data: Callable[[str], Path]) -> None:
    found = siemens_protocol(read_header(shared_data("prisma-fl3d-dynamic") / "time00" / "Image_00019.dcm"))
    assert found is not None
    assert (found.fat_saturation, found.coil_names, found.repetitions) == (4, ("Spine_32", "Body_18"), 9)

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import SimpleITK
from HeadNeckNodesLib.drawing.png import png_bytes
from HeadNeckNodesLib.errors import InputError
from identity_builders import KNOWN, NAME, PSEUDONYMS
from iENEGraderLib.export.deidentify import cleaned_reading, require_clean
from iENEGraderLib.export.deidentify.images import shareable_picture, without_metadata
from iENEGraderLib.export.deidentify.segment_names import shared_segment_id
from iENEGraderLib.export.deidentify.volume import write_cleaned_volume
from iENEGraderLib.reading import Evidence, Mark, MarkKind, NeckLevel, Reading, reading_from_text, reading_to_text
from iENEGraderLib.reading.signature import signed
from planting_places import PNG, VOXELS, nrrd_with, png_with
from reading_builders import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = NAME.partition("^")[0]


@pytest.fixture
def a_named_reading() -> Reading:
    reading = replace(reading_from_text(EXAMPLE, "example"), case_id=FAMILY, reader="Quastenflosser")
    (node,) = reading.nodes or ()
    mark = Mark("M1", MarkKind.PLACE, ((1.0, 2.0, 3.0),), note=f"as {FAMILY} said", series=f"{FAMILY} venous CT")
    evidence = Evidence("contact_angle", f"{FAMILY} internal_carotid_artery", 212.0, "deg", method="by hand")
    return reading.with_node(replace(node, marks=(mark,), evidence=(evidence,), segment_id=f"{FAMILY}_1"))


def test_a_reading_keeps_what_was_read_and_loses_who(tmp_path: Path, a_named_reading: Reading) -> None:
    result = cleaned_reading(a_named_reading, PSEUDONYMS).reading

    (node,), (before,) = result.nodes or (), a_named_reading.nodes or ()
    assert result.case_id == PSEUDONYMS.case_id(FAMILY)
    assert re.fullmatch(r"Reader [2-9A-Z]{4}", result.reader)
    assert node.findings == before.findings
    assert node.evidence == (replace(before.evidence[0], structure="internal carotid artery"),)
    assert node.marks == (replace(before.marks[0], note="", series="venous CT"),)
    (tmp_path / "reading.json").write_text(reading_to_text(result))
    require_clean(tmp_path, KNOWN)
    reading_from_text(reading_to_text(result), "cleaned")


def test_proposed_levels_stay_as_the_program_names_them(a_named_reading: Reading) -> None:
    (node,) = a_named_reading.nodes or ()
    proposed = tuple(Evidence("proposed_level", f"neck_level_{level}", method="by landmarks") for level in NeckLevel)
    invented = Evidence("proposed_level", f"neck_level_{FAMILY}", method="by landmarks")

    (result,) = (
        cleaned_reading(
            a_named_reading.with_node(replace(node, evidence=(*proposed, invented))), PSEUDONYMS
        ).reading.nodes
        or ()
    )

    assert result.evidence == (*proposed, replace(invented, structure="neck level"))


def test_readers_are_told_apart_and_not_named(a_named_reading: Reading) -> None:
    readers = [
        cleaned_reading(replace(a_named_reading, case_id=case, reader=reader), PSEUDONYMS).reading.reader
        for case, reader in (("1", "Quastenflosser"), ("1", "Brackenbury"), ("2", "quastenflosser "), ("2", ""))
    ]

    assert readers[0] == readers[2] != readers[1]
    assert readers[3] == ""


def test_time_of_reading_moves_with_the_other_dates(a_named_reading: Reading) -> None:
    result = cleaned_reading(a_named_reading, PSEUDONYMS, patient="4711", case_id="HNN-AAAA-BBBB").reading

    assert result.case_id == "HNN-AAAA-BBBB"
    assert result.read_at == PSEUDONYMS.shifted("2026-11-22T10:00:00", "4711") + "Z"


def test_what_was_left_out_is_said(a_named_reading: Reading) -> None:
    locked = signed(a_named_reading, "Quastenflosser", "2026-11-22T10:00:00Z")

    result = cleaned_reading(locked, PSEUDONYMS)

    assert result.reading.signature is None
    assert [warning.partition(" was")[0].partition(" were")[0] for warning in result.warnings] == [
        "the signature",
        "the notes of marks",
    ]
    assert cleaned_reading(reading_from_text(EXAMPLE, "example"), PSEUDONYMS).warnings == ()


def test_ids_of_segments_stay_linked_and_different() -> None:
    ids = [shared_segment_id(one, PSEUDONYMS) for one in ("Segment_1", f"{FAMILY}_1", "Other_1", f"{FAMILY}_1")]

    assert ids[0] == "Segment_1"
    assert ids[1] == ids[3] != ids[2]
    assert FAMILY not in "".join(ids)


@pytest.mark.parametrize("kind", [b"tEXt", b"iTXt", b"tIME", b"eXIf", b"iCCP", b"prIv"])
def test_a_picture_loses_all_but_its_pixels(kind: bytes) -> None:
    assert without_metadata(png_with(kind, NAME.encode())) == PNG
    assert without_metadata(PNG + NAME.encode()) == PNG


@pytest.mark.parametrize("picture", [b"GIF89a", PNG[:-12], PNG[:20]])
def test_what_is_no_whole_picture_is_refused(picture: bytes) -> None:
    with pytest.raises(InputError, match="PNG"):
        without_metadata(picture)


@pytest.mark.parametrize("suffix", [".jpg", ".tiff", ".bmp"])
def test_other_pictures_are_written_anew(tmp_path: Path, suffix: str) -> None:
    pixels = np.full((8, 8, 3), 90, np.uint8)
    path = tmp_path / f"photo{suffix}"
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(pixels, isVector=True), str(path))

    assert shareable_picture(path) == png_bytes(pixels)
    (tmp_path / "film.mp4").write_bytes(b"x")
    with pytest.raises(InputError, match="PNG, JPEG"):
        shareable_picture(tmp_path / "film.mp4")


def test_a_volume_keeps_grid_and_voxels_and_loses_the_rest_of_its_header(tmp_path: Path) -> None:
    lines = f"content: {FAMILY}\nspace: left-posterior-superior\nPatientName:={NAME}\nkinds: domain"
    (tmp_path / "in.nrrd").write_bytes(nrrd_with(lines, VOXELS))

    write_cleaned_volume(tmp_path / "in.nrrd", tmp_path / "out.nrrd", PSEUDONYMS)

    header, _, voxels = (tmp_path / "out.nrrd").read_bytes().partition(b"\n\n")
    assert header.decode().splitlines() == [
        "NRRD0004",
        "type: short",
        "dimension: 1",
        "sizes: 20000",
        "encoding: gzip",
        "space: left-posterior-superior",
        "kinds: domain",
    ]
    assert gzip.decompress(voxels) == VOXELS


def test_a_segmentation_keeps_codes_and_colours_of_its_segments(tmp_path: Path) -> None:
    tags = "TerminologyEntry:x~SCT^59441001^node~y|DICOM.Name:Quastenflosser|"
    lines = (
        "Segment0_ID:=Quastenflosser\nSegment0_Name:=node of Quastenflosser\nSegment0_Color:=1 0 0\n"
        f"Segment0_Tags:={tags}\nSegment0_LabelValue:=1\nSegmentation_ConversionParameters:=x"
    )
    (tmp_path / "in.seg.nrrd").write_bytes(nrrd_with(lines, VOXELS))

    write_cleaned_volume(tmp_path / "in.seg.nrrd", tmp_path / "out.seg.nrrd", PSEUDONYMS)

    header = (tmp_path / "out.seg.nrrd").read_bytes().partition(b"\n\n")[0].decode().splitlines()
    assert header[5:] == [
        f"Segment0_ID:=Segment_{PSEUDONYMS.name('Quastenflosser')}",
        "Segment0_Name:=node of",
        "Segment0_Color:=1 0 0",
        "Segment0_Tags:=TerminologyEntry:x~SCT^59441001^node~y|",
        "Segment0_LabelValue:=1",
    ]


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_texts_and_extensions_of_nifti_go_and_the_image_stays(tmp_path: Path, suffix: str) -> None:
    image = SimpleITK.GetImageFromArray(np.frombuffer(VOXELS, "<i2").reshape(20, 20, 50))
    image.SetSpacing((0.5, 0.6, 2.0))
    source, target = tmp_path / f"in{suffix}", tmp_path / f"out{suffix}"
    SimpleITK.WriteImage(image, str(source))
    packed = suffix == ".nii.gz"
    content = bytearray(gzip.decompress(source.read_bytes()) if packed else source.read_bytes())
    content[148:160], content[228:240], content[14:20] = FAMILY.encode("latin-1") + b"\0", b"Anna Sophie\0", b"KH-007"
    source.write_bytes(gzip.compress(content) if packed else content)

    write_cleaned_volume(source, target, PSEUDONYMS)

    result = SimpleITK.ReadImage(str(target))
    after = gzip.decompress(target.read_bytes()) if packed else target.read_bytes()
    assert not any(after[148:252])
    assert not any(after[14:32])
    assert result.GetSpacing() == pytest.approx(image.GetSpacing())
    assert np.array_equal(SimpleITK.GetArrayFromImage(result), SimpleITK.GetArrayFromImage(image))
    with pytest.raises(InputError, match=rf"in{suffix}"):
        require_clean(source, KNOWN)
    source.unlink()
    require_clean(tmp_path, KNOWN)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.nrrd", nrrd_with("data file: a.raw", VOXELS)),
        ("a.nii", VOXELS),
        ("a.mha", b"ObjectType = Image"),
        ("b.nrrd", b"NRRD0004\ntype: short\n"),
    ],
)
def test_volumes_that_cannot_be_cleaned_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InputError, match=name):
        write_cleaned_volume(tmp_path / name, tmp_path / "out.nrrd", PSEUDONYMS)
    assert not (tmp_path / "out.nrrd").exists()

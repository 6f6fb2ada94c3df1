"""What the DICOM objects and the teaching files of `hnn export` hold beyond the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from dicom_export_builders import complaints
from export_builders import SPACING, neck_labels, write_case
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from hnn.cli.main import main
from iENEGraderLib.export.deidentify import cleaned
from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from export_builders import CaseFolder


@pytest.fixture
def a_case(tmp_path: Path) -> CaseFolder:
    return write_case(tmp_path / "case", mandible=True)


@pytest.fixture
def an_export(a_case: CaseFolder, tmp_path: Path) -> Callable[..., Path]:
    """Export the case and return its folder."""

    def export(to: str, *more: str) -> Path:
        places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "own.key"), "--force"]
        assert main(["export", str(a_case.folder), "--to", to, *places, *more]) == 0
        (folder,) = (tmp_path / "out").iterdir()
        return folder

    return export


def dicom(path: Path) -> Any:
    import pydicom

    return pydicom.dcmread(path)


def node_groups(report: Any) -> list[Any]:
    """Return the groups of measurements that are of a node."""
    import highdicom

    content = highdicom.sr.Comprehensive3DSR.from_dataset(report).content
    groups = content.get_volumetric_roi_measurement_groups()
    return list(groups)


def measured(group: Any) -> dict[str, float]:
    return {each.name.meaning: each.value for each in group.get_measurements()}


def test_the_report_holds_volume_and_short_axis_of_each_node(an_export: Callable[..., Path]) -> None:
    groups = node_groups(dicom(an_export("dicom-seg,dicom-sr") / "dicom" / "report.dcm"))

    voxels = [int((neck_labels() == label).sum()) for label in (1, 2)]
    volumes = [measured(group)["Volume"] for group in groups]
    assert volumes == pytest.approx([count * float(np.prod(SPACING)) for count in voxels], abs=0.06)
    diameters = [2 * SPACING[0] * np.sqrt(squared) for squared in (14, 10)]
    assert [measured(group)["Short axis"] for group in groups] == pytest.approx(diameters, abs=SPACING[0])


def test_the_report_refers_to_the_segmentation_of_the_same_export(an_export: Callable[..., Path]) -> None:
    folder = an_export("dicom-seg,dicom-sr") / "dicom"
    segmentation = dicom(folder / "segmentation.dcm")
    segments = {str(each.TrackingUID): int(each.SegmentNumber) for each in segmentation.SegmentSequence}

    groups = node_groups(dicom(folder / "report.dcm"))
    assert [segments[str(group.tracking_uid)] for group in groups] == [1, 2]
    (referenced,) = {group.reference_type.meaning for group in groups}
    assert referenced == "Referenced Segment"
    assert {group.referenced_segment.referenced_sop_instance_uid for group in groups} == {segmentation.SOPInstanceUID}


def drawn_by(folder: Path) -> list[tuple[str, str]]:
    """Return how each segment was drawn, and by which program."""
    segments = dicom(folder / "dicom" / "segmentation.dcm").SegmentSequence
    return [(each.SegmentAlgorithmType, each.get("SegmentAlgorithmName", "")) for each in segments]


def test_only_nodes_are_said_to_be_drawn_by_hand_when_nobody_says_more(
    an_export: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = an_export("dicom-seg")
    assert drawn_by(folder) == [("MANUAL", ""), ("MANUAL", ""), ("SEMIAUTOMATIC", "program not stated")]
    assert "say it with --anatomy-by" in capsys.readouterr().out
    assert complaints("dciodvfy", "-new", folder / "dicom" / "segmentation.dcm") == []


def test_the_program_that_drew_the_anatomy_is_named(an_export: Callable[..., Path]) -> None:
    folder = an_export("dicom-seg", "--anatomy-by", "automatic:TotalSegmentator:2.4")
    assert drawn_by(folder)[1:] == [("MANUAL", ""), ("AUTOMATIC", "TotalSegmentator 2.4")]


def test_anatomy_drawn_by_hand_is_said_to_be(an_export: Callable[..., Path]) -> None:
    assert drawn_by(an_export("dicom-seg", "--anatomy-by", "manual")) == [("MANUAL", "")] * 3


@pytest.mark.parametrize(("form", "frames"), [("all", 3 * 12), ("filled", 5 + 5 + 1), ("labelmap", 12)])
def test_frames_are_kept_as_asked_and_a_label_map_is_told(
    an_export: Callable[..., Path], capsys: pytest.CaptureFixture[str], form: str, frames: int
) -> None:
    folder = an_export("dicom-seg,dicom-sr", "--seg-frames", form) / "dicom"
    found = dicom(folder / "segmentation.dcm")
    assert (found.NumberOfFrames, found.SegmentationType) == (frames, "LABELMAP" if form == "labelmap" else "BINARY")
    assert ("refers to a label map" in capsys.readouterr().out) == (form == "labelmap")
    (group, *_) = node_groups(dicom(folder / "report.dcm"))
    assert group.referenced_segment.referenced_sop_class_uid == found.SOPClassUID


@pytest.mark.parametrize("text", ["automatic", "automatic:Name", "manual:Name:1", "guessed:Name:1", "automatic::1"])
def test_a_program_without_name_or_version_is_refused(
    a_case: CaseFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    out = str(tmp_path / "out")
    assert main(["export", str(a_case.folder), "--to", "dicom-seg", "--out", out, "--anatomy-by", text]) == 2
    assert "expected manual, automatic:NAME:VERSION" in capsys.readouterr().err


def test_the_segments_of_a_teaching_file_are_the_same_voxels_under_known_names(an_export: Callable[..., Path]) -> None:
    found = read_segmentation(an_export("teaching-file") / "teaching" / "segments.seg.nrrd").segments
    assert [each.segment_id for each in found] == ["segment_1", "segment_2", "segment_3"]
    for number, segment in enumerate(found[:2], start=1):
        assert np.array_equal(segment.mask(), neck_labels() == number)
    assert found[2].name == "mandible"


def test_a_source_folder_named_like_an_export_is_no_identity(tmp_path: Path) -> None:
    case = write_case(tmp_path / "dicom images" / "teaching segmentation report")
    places = ["--out", str(tmp_path / "out"), "--key", str(tmp_path / "own.key")]
    assert main(["export", str(case.folder), "--to", "teaching-file,dicom-seg,dicom-sr", *places]) == 0


@pytest.mark.parametrize("name", ["key-images", "report"])
def test_a_report_or_selection_that_is_cleaned_itself_is_still_valid(
    an_export: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    folder = an_export("dicom-seg,dicom-sr")
    clean = cleaned(dicom(folder / "dicom" / f"{name}.dcm"), Pseudonyms(bytes(32)))
    clean.save_as(tmp_path / "cleaned.dcm", enforce_file_format=True)
    assert complaints("dciodvfy", "-new", tmp_path / "cleaned.dcm") == []

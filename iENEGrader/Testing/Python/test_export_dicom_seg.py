"""DICOM segmentations: the same voxels at the same places, what they mean, and what other programs make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK
from dicom_builders import ct_voxels, write_ct_series
from dicom_export_builders import (
    GRIDS,
    SOFTWARE,
    VESSEL,
    a_full_reading,
    a_made_source,
    a_segment,
    a_segmentation,
    an_image,
    complaints,
    masks_of,
    output_of,
)
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_series import read_dicom
from HeadNeckNodesLib.imaging.segmentation import Segmentation
from iENEGraderLib.export.dicom.made_series import made_source_series
from iENEGraderLib.export.dicom.seg import (
    Algorithm,
    AlgorithmFamily,
    AlgorithmKind,
    SegmentationForm,
    WrittenSegmentation,
    write_segmentation,
)
from iENEGraderLib.export.dicom.source_series import SourceSeries, read_source_series
from iENEGraderLib.export.dicom.sr import write_sr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image

BY_HAND = Algorithm(AlgorithmKind.MANUAL)
AXIAL = GRIDS["axial"]


@pytest.fixture
def a_source(tmp_path: Path) -> SourceSeries:
    return a_made_source(tmp_path / "ct")


def written(
    source: SourceSeries, path: Path, segments: Segmentation | None = None, **options: Any
) -> WrittenSegmentation:
    """Write the segments of the case."""
    options = {"algorithm": BY_HAND, "software": SOFTWARE} | options
    return write_segmentation(segments or a_segmentation(source.image.geometry), source, path, **options)


def masks_in(path: Path, grid: ImageGeometry) -> dict[str, np.ndarray]:
    """Put every frame where its own position says it lies, with pydicom alone."""
    data = pydicom.dcmread(path)
    frames = np.atleast_3d(data.pixel_array).reshape(-1, data.Rows, data.Columns)
    names = {each.SegmentNumber: each.SegmentLabel for each in data.SegmentSequence}
    masks = {name: np.zeros(grid.array_shape, dtype=bool) for name in names.values()}
    for frame, item in zip(frames, data.PerFrameFunctionalGroupsSequence, strict=True):
        x, y, z = item.PlanePositionSequence[0].ImagePositionPatient
        k, j, i = grid.kji_from_ras((-x, -y, z))
        assert abs(k - round(k)) + abs(j) + abs(i) < 1e-4
        masks[names[item.SegmentIdentificationSequence[0].ReferencedSegmentNumber]][round(k)] = frame > 0
    return masks


def segment_of(written_seg: WrittenSegmentation, label: str) -> Any:
    """Return the item of one segment."""
    return next(each for each in written_seg.header.SegmentSequence if each.SegmentLabel == label)


@pytest.mark.parametrize("pose", GRIDS)
def test_voxels_come_back_at_their_places(tmp_path: Path, pose: str) -> None:
    grid = GRIDS[pose]
    written(a_made_source(tmp_path / "ct", grid), tmp_path / "seg.dcm")
    found = masks_in(tmp_path / "seg.dcm", grid)
    for name, mask in masks_of(grid).items():
        assert np.array_equal(found[name], mask), name


@pytest.mark.parametrize("pose", GRIDS)
def test_highdicom_places_the_volume_on_the_same_grid(tmp_path: Path, pose: str) -> None:
    grid = GRIDS[pose]
    written(a_made_source(tmp_path / "ct", grid), tmp_path / "seg.dcm")
    volume = highdicom.seg.segread(tmp_path / "seg.dcm").get_volume(segment_numbers=[1])
    places = np.argwhere(volume.array[..., 0]) @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    expected = grid.ras_from_kji(np.argwhere(masks_of(grid)["node_1"])) * (-1, -1, 1)
    assert np.allclose(sorted(map(tuple, places.round(3))), sorted(map(tuple, expected.round(3))), atol=2e-3)


def test_a_segmentation_that_covers_a_part_of_the_grid_is_placed_in_it(a_source: SourceSeries, tmp_path: Path) -> None:
    part = replace(AXIAL, size_ijk=(8, 6, 3), origin_lps_mm=tuple((AXIAL.ijk_to_lps @ (2, 1, 3, 1))[:3].tolist()))
    mask = np.zeros(part.array_shape, dtype=bool)
    mask[0, 1:3, 2:5] = True
    written(a_source, tmp_path / "seg.dcm", Segmentation(part, (a_segment("node_1", mask),)))
    expected = np.zeros(AXIAL.array_shape, dtype=bool)
    expected[3, 2:4, 4:7] = True
    assert np.array_equal(masks_in(tmp_path / "seg.dcm", AXIAL)["node_1"], expected)


def test_all_frames_are_kept_unless_empty_ones_are_to_go(a_source: SourceSeries, tmp_path: Path) -> None:
    sections = len(a_source.headers)
    assert written(a_source, tmp_path / "all.dcm").header.NumberOfFrames == 3 * sections
    fewer = written(a_source, tmp_path / "fewer.dcm", form=SegmentationForm.FILLED_FRAMES)
    assert fewer.header.NumberOfFrames == 2 + 2 + sections
    found = masks_in(tmp_path / "fewer.dcm", AXIAL)
    assert all(np.array_equal(found[name], mask) for name, mask in masks_of(AXIAL).items())


def test_overlapping_segments_are_both_whole(a_source: SourceSeries, tmp_path: Path) -> None:
    muscle = masks_of(AXIAL)["node_1"].copy()
    muscle[1:5, 4:8, 4:6] = True
    segments = a_segmentation(AXIAL, sternocleidomastoid_right=muscle)
    written(a_source, tmp_path / "seg.dcm", segments)
    found = masks_in(tmp_path / "seg.dcm", AXIAL)
    assert np.array_equal(found["sternocleidomastoid_right"], muscle)
    assert np.array_equal(found["node_1"], masks_of(AXIAL)["node_1"])
    with pytest.raises(InputError, match="overlaps another"):
        written(a_source, tmp_path / "labels.dcm", segments, form=SegmentationForm.LABELMAP)


def test_a_label_map_holds_one_label_for_each_voxel(a_source: SourceSeries, tmp_path: Path) -> None:
    written(a_source, tmp_path / "seg.dcm", form=SegmentationForm.LABELMAP)
    data = pydicom.dcmread(tmp_path / "seg.dcm")
    assert data.SegmentationType == "LABELMAP"
    assert data.file_meta.TransferSyntaxUID.name == "RLE Lossless"
    expected = sum(number * mask for number, mask in enumerate(masks_of(AXIAL).values(), 1))
    for frame, item in zip(data.pixel_array, data.PerFrameFunctionalGroupsSequence, strict=True):
        x, y, z = item.PlanePositionSequence[0].ImagePositionPatient
        assert np.array_equal(frame, expected[round(AXIAL.kji_from_ras((-x, -y, z))[0])])


def test_segments_say_what_they_are(a_source: SourceSeries, tmp_path: Path) -> None:
    unknown = np.zeros(AXIAL.array_shape, dtype=bool)
    unknown[6, 0, 0] = True
    result = written(a_source, tmp_path / "seg.dcm", a_segmentation(AXIAL, drain=unknown), reading=a_full_reading())

    def codes(label: str) -> tuple[str, str, str | None]:
        item = segment_of(result, label)
        kind = item.SegmentedPropertyTypeCodeSequence[0]
        side = kind.get("SegmentedPropertyTypeModifierCodeSequence")
        category = item.SegmentedPropertyCategoryCodeSequence[0].CodeValue
        return category, kind.CodeValue, side[0].CodeValue if side else None

    assert codes("node_1") == ("85756007", "59441001", "24028007")
    assert codes("node_2") == ("85756007", "59441001", None)
    assert codes(VESSEL) == ("123037004", "86117002", "24028007")
    assert codes("drain") == ("123037004", "85756007", None)
    assert segment_of(result, "node_1").AnatomicRegionSequence[0].CodeValue == "45048000"


def test_colours_are_those_of_the_segments(a_source: SourceSeries, tmp_path: Path) -> None:
    segments = a_segmentation(AXIAL)
    green = replace(segments.segments[0], colour=(0.2, 0.8, 0.4))
    result = written(a_source, tmp_path / "seg.dcm", replace(segments, segments=(green, *segments.segments[1:])))

    def rgb(label: str) -> tuple[int, ...]:
        value = segment_of(result, label).RecommendedDisplayCIELabValue
        return tuple(highdicom.color.CIELabColor.from_dicom_value(tuple(value)).to_rgb())

    assert np.allclose(rgb("node_1"), (51, 204, 102), atol=1)
    assert np.allclose(rgb(VESSEL), (230, 80, 60), atol=1)


def test_segments_say_how_they_were_drawn(a_source: SourceSeries, tmp_path: Path) -> None:
    program = Algorithm(AlgorithmKind.AUTOMATIC, "Segmenter", "2.1", AlgorithmFamily.ARTIFICIAL_INTELLIGENCE)
    grower = Algorithm(AlgorithmKind.SEMIAUTOMATIC, "Grower", "1")
    result = written(a_source, tmp_path / "seg.dcm", algorithms={VESSEL: program, "node_2": grower})
    vessel, node = segment_of(result, VESSEL), segment_of(result, "node_1")
    assert (vessel.SegmentAlgorithmType, vessel.SegmentAlgorithmName) == ("AUTOMATIC", "Segmenter")
    identified = vessel.SegmentationAlgorithmIdentificationSequence[0]
    assert (identified.AlgorithmVersion, identified.AlgorithmFamilyCodeSequence[0].CodeValue) == ("2.1", "123110")
    grown = segment_of(result, "node_2")
    assert (grown.SegmentAlgorithmType, grown.SegmentAlgorithmName) == ("SEMIAUTOMATIC", "Grower 1")
    assert "SegmentationAlgorithmIdentificationSequence" not in grown
    assert node.SegmentAlgorithmType == "MANUAL"
    assert "SegmentAlgorithmName" not in node


@pytest.mark.parametrize(
    "wrong",
    [(AlgorithmKind.SEMIAUTOMATIC, "Segmenter"), (AlgorithmKind.AUTOMATIC,), (AlgorithmKind.MANUAL, "Name", "1")],
)
def test_programs_are_named_in_full_and_hands_are_none(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(InputError, match="expected the name and the version"):
        Algorithm(*wrong)


def test_nodes_are_tracked_by_their_ids_in_the_reading(a_source: SourceSeries, tmp_path: Path) -> None:
    result = written(a_source, tmp_path / "seg.dcm", reading=a_full_reading())
    assert [each.TrackingID for each in result.header.SegmentSequence] == ["N1", "node_2", VESSEL]
    uids = {each.TrackingUID for each in result.header.SegmentSequence}
    assert uids == {each.tracking_uid for each in result.segments}
    assert len(uids) == 3


def test_every_frame_refers_to_the_image_of_its_section(a_source: SourceSeries, tmp_path: Path) -> None:
    result = written(a_source, tmp_path / "seg.dcm")
    for item in result.header.PerFrameFunctionalGroupsSequence:
        image = item.DerivationImageSequence[0].SourceImageSequence[0]
        (header,) = (each for each in a_source.headers if each.SOPInstanceUID == image.ReferencedSOPInstanceUID)
        assert header.ImagePositionPatient == item.PlanePositionSequence[0].ImagePositionPatient
    assert result.header.StudyInstanceUID == a_source.headers[0].StudyInstanceUID
    assert result.header.FrameOfReferenceUID == a_source.frame_of_reference_uid


def test_patient_and_study_are_those_of_a_dicom_source(tmp_path: Path) -> None:
    oblique = (0.6, 0.8, 0.0, -0.8, 0.6, 0.0)
    identity = {"PatientName": "Müller^Ä", "PatientID": "P1", "StudyInstanceUID": "2.25.11", "StudyDate": "20260101"}
    write_ct_series(
        tmp_path / "ct", ct_voxels(), orientation=oblique, FrameOfReferenceUID="2.25.12",
        SpecificCharacterSet="ISO_IR 100", **identity,
    )  # fmt: skip
    source = read_source_series(tmp_path / "ct")
    mask = np.zeros(source.image.geometry.array_shape, dtype=bool)
    mask[1:4, 2:5, 1:3] = True
    segments = Segmentation(source.image.geometry, (a_segment("node_1", mask),))
    written(source, tmp_path / "seg.dcm", segments)
    data = pydicom.dcmread(tmp_path / "seg.dcm")
    assert {name: str(data.get(name)) for name in identity} == identity
    assert np.array_equal(masks_in(tmp_path / "seg.dcm", source.image.geometry)["node_1"], mask)
    assert not source.is_made


def test_no_warning_tells_who_the_patient_is(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    write_ct_series(
        tmp_path / "ct", ct_voxels(), PatientName="Smith", PatientID="P1", StudyInstanceUID="2.25.11",
        FrameOfReferenceUID="2.25.12",
    )  # fmt: skip
    source = read_source_series(tmp_path / "ct")
    mask = np.ones(source.image.geometry.array_shape, dtype=bool)
    written(source, tmp_path / "seg.dcm", Segmentation(source.image.geometry, (a_segment("node_1", mask),)))
    write_sr(a_full_reading(), source, tmp_path / "sr.dcm", software=SOFTWARE)
    assert [str(each.message) for each in recwarn if "Smith" in str(each.message)] == []


def test_a_source_without_the_identifiers_that_objects_refer_to_is_refused(tmp_path: Path) -> None:
    write_ct_series(tmp_path / "ct", ct_voxels(), StudyInstanceUID="2.25.11")
    with pytest.raises(InputError, match="lack FrameOfReferenceUID"):
        read_source_series(tmp_path / "ct")


def test_headers_stand_in_the_order_of_the_sections(tmp_path: Path) -> None:
    downwards = [(0.0, 0.0, -2.5 * k) for k in range(5)]
    write_ct_series(
        tmp_path / "ct", ct_voxels(), positions=downwards, StudyInstanceUID="2.25.11", FrameOfReferenceUID="2.25.12"
    )
    source = read_source_series(tmp_path / "ct")
    heights = [float(header.ImagePositionPatient[2]) for header in source.headers]
    assert heights == sorted(heights)
    assert source.header_at(source.image.geometry.place_ras_mm((3, 0, 0))) is source.headers[3]
    assert source.header_at((0.0, 0.0, 1000.0)) is None


def test_nothing_is_written_when_there_is_nothing_to_write(a_source: SourceSeries, tmp_path: Path) -> None:
    empty = replace(a_segmentation(AXIAL).segments[0], label_value=9)
    with pytest.raises(InputError, match="every segment is empty"):
        written(a_source, tmp_path / "seg.dcm", Segmentation(AXIAL, (empty,)))
    other = a_segmentation(GRIDS["oblique"])
    with pytest.raises(InputError, match="does not lie on the grid"):
        written(a_source, tmp_path / "seg.dcm", other)
    with pytest.raises(InputError, match="cannot write here"):
        written(a_source, tmp_path / "missing" / "seg.dcm")
    assert not list(tmp_path.glob("*.dcm"))


@pytest.mark.parametrize("pose", GRIDS)
def test_an_image_without_dicom_becomes_a_series_that_reads_back_as_it_was(tmp_path: Path, pose: str) -> None:
    source = a_made_source(tmp_path / "ct", GRIDS[pose])
    back, image = read_dicom(tmp_path / "ct"), source.image
    indices = np.argwhere(image.voxels > -10_000)
    there = np.rint(back.geometry.kji_from_ras(image.geometry.ras_from_kji(indices))).astype(int)
    assert np.array_equal(back.voxels[tuple(there.T)], image.voxels[tuple(indices.T)])
    assert source.is_made
    assert source.headers[0].ImageType[:2] == ["DERIVED", "SECONDARY"]
    assert (str(source.headers[0].PatientName), source.headers[0].PatientID) == ("case 7^", "case 7")


def test_a_case_has_the_same_study_each_time_and_no_other_case_has_it(tmp_path: Path) -> None:
    first, again = a_made_source(tmp_path / "1"), a_made_source(tmp_path / "2")
    other_id, other_image = (
        a_made_source(tmp_path / "3", case_id="case 8"),
        a_made_source(tmp_path / "4", GRIDS["coronal"]),
    )
    study = first.headers[0].StudyInstanceUID
    assert again.headers[0].StudyInstanceUID == study
    assert again.series_uid != first.series_uid
    assert study not in (other_id.headers[0].StudyInstanceUID, other_image.headers[0].StudyInstanceUID)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"modality": "MR"}, "MR without DICOM"), ({"voxels": np.full(AXIAL.array_shape, np.nan)}, "expected HU of a CT")],
)
def test_an_image_that_is_no_ct_is_not_made_into_a_series(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    image: Image = replace(an_image(AXIAL), **change)
    with pytest.raises(InputError, match=message):
        made_source_series(image, "case 7", tmp_path, SOFTWARE)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("pose", GRIDS)
def test_checkers_find_no_error(tmp_path: Path, pose: str) -> None:
    source = a_made_source(tmp_path / "ct", GRIDS[pose])
    program = Algorithm(AlgorithmKind.SEMIAUTOMATIC, "Segmenter", "2.1")
    written(source, tmp_path / "seg.dcm", reading=a_full_reading(), algorithms={VESSEL: program})
    for path in (tmp_path / "seg.dcm", tmp_path / "ct" / "0001.dcm"):
        assert complaints("dciodvfy", "-new", path) == []
    assert complaints("dcentvfy", *sorted(tmp_path.rglob("*.dcm"))) == []


@pytest.mark.parametrize("pose", GRIDS)
def test_dcmqi_reads_the_same_segments(tmp_path: Path, pose: str) -> None:
    grid = GRIDS[pose]
    written(a_made_source(tmp_path / "ct", grid), tmp_path / "seg.dcm", reading=a_full_reading())
    output_of(
        "segimage2itkimage", "--inputDICOM", tmp_path / "seg.dcm", "--outputDirectory", tmp_path, "--outputType", "nrrd"
    )
    names = [row[0]["SegmentLabel"] for row in json.loads((tmp_path / "meta.json").read_text())["segmentAttributes"]]
    assert names == list(masks_of(grid))
    for number, (_, mask) in enumerate(masks_of(grid).items(), 1):
        image = SimpleITK.ReadImage(str(tmp_path / f"{number}.nrrd"))
        labelled = np.argwhere(SimpleITK.GetArrayFromImage(image))[:, ::-1].tolist()
        places = [image.TransformIndexToPhysicalPoint(index) for index in labelled]
        expected = grid.ras_from_kji(np.argwhere(mask)) * (-1, -1, 1)
        assert np.allclose(sorted(np.round(places, 2).tolist()), sorted(expected.round(2).tolist()), atol=0.02)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("folder", "series"),
    [("spectral-ct-philips/IQon", 20063), ("spectral-ct-philips/CT7500", 20080), ("prisma-fl3d-dynamic/time00", None)],
)
def test_checkers_find_no_error_beside_images_of_real_scanners(
    tmp_path: Path, shared_data: Callable[[str], Path], folder: str, series: int | None
) -> None:
    source = read_source_series(shared_data(folder), series)
    mask = np.zeros(source.image.geometry.array_shape, dtype=bool)
    mask[0, 50:60, 40:60] = True
    written(source, tmp_path / "seg.dcm", Segmentation(source.image.geometry, (a_segment("node_1", mask),)))
    assert np.array_equal(masks_in(tmp_path / "seg.dcm", source.image.geometry)["node_1"], mask)
    assert complaints("dciodvfy", "-new", tmp_path / "seg.dcm") == []

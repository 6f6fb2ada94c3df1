"""Segmentations: names, codes, layers and places as Slicer wrote them; on the grid of the image, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK
import slicerio
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from HeadNeckNodesLib.imaging.segmentation import segmentation_on
from HeadNeckNodesLib.imaging.terminology import Code

SLICERIO_DATA = Path(slicerio.__file__).parent / "data"
LYMPH_NODE = "TerminologyEntry:list~SCT^123037004^Anatomical Structure~SCT^59441001^Lymph node~SCT^24028007^Right~~~|"
AXES = ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0))


def write_labels(path: Path, labels: np.ndarray, origin: tuple[float, ...] = (0, 0, 0), **metadata: str) -> Path:
    volume = SimpleITK.GetImageFromArray(labels, isVector=labels.ndim == 4)
    volume.SetSpacing((0.5, 0.5, 2.0))
    volume.SetOrigin(origin)
    volume.SetDirection([x for row in AXES for x in row])
    for key, value in metadata.items():
        volume.SetMetaData(key, value)
    SimpleITK.WriteImage(volume, str(path))
    return path


@pytest.fixture
def an_image() -> Image:
    geometry = ImageGeometry((20, 16, 10), (0.5, 0.5, 2.0), (0.0, 0.0, 0.0), AXES)
    return Image(np.zeros(geometry.array_shape, np.int16), geometry, source="ct.nrrd")


@pytest.fixture
def two_labels() -> np.ndarray:
    labels = np.zeros((10, 16, 20), np.uint8)
    labels[2:4, 3:6, 4:9] = 1
    labels[5, 10:12, 11] = 7
    return labels


@pytest.mark.parametrize("name", ["Segmentation.seg.nrrd", "SegmentationOverlapping.seg.nrrd"])
def test_every_segment_is_read_as_slicerio_reads_it(name: str) -> None:
    theirs = slicerio.read_segmentation(str(SLICERIO_DATA / name))
    ours = read_segmentation(SLICERIO_DATA / name)

    assert [s.name for s in ours.segments] == slicerio.segment_names(theirs)
    for segment in ours.segments:
        other = slicerio.segment_from_name(theirs, segment.name)
        assert segment.segment_id == other["id"]
        assert segment.colour == pytest.approx(tuple(other["color"]))
        voxels_ijk = slicerio.segment_mask(theirs, other)
        assert np.array_equal(segment.mask(), voxels_ijk.transpose(2, 1, 0).astype(bool))
    ijk_to_ras = np.diag([-1, -1, 1, 1]) @ np.asarray(theirs["ijkToLPS"])
    assert ours.geometry.ijk_to_ras == pytest.approx(ijk_to_ras)


def test_codes_of_a_segment_are_read() -> None:
    segment = read_segmentation(SLICERIO_DATA / "Segmentation.seg.nrrd").named("right lung")

    assert segment.terminology is not None
    assert segment.terminology.kind == Code("SCT", "39607008", "Lung")
    assert segment.terminology.kind_modifier == Code("SCT", "24028007", "Right")
    assert segment.terminology.region is None
    assert not segment.is_node


def test_nodes_are_known_by_name_or_by_code(tmp_path: Path, two_labels: np.ndarray) -> None:
    two_labels[8, 8, 8] = 3
    fields = {"Segment0_ID": "a", "Segment0_Name": "Node_right_II", "Segment0_LabelValue": "1"}
    fields |= {"Segment1_ID": "b", "Segment1_Name": "big one", "Segment1_LabelValue": "7", "Segment1_Tags": LYMPH_NODE}
    fields |= {"Segment2_ID": "c", "Segment2_Name": "nodes_all", "Segment2_LabelValue": "3"}

    segmentation = read_segmentation(write_labels(tmp_path / "n.seg.nrrd", two_labels, **fields))

    assert [s.name for s in segmentation.nodes] == ["Node_right_II", "big one"]
    assert [s.segment_id for s in segmentation.segments] == ["a", "b", "c"]
    assert segmentation.named("big one").cropped_mask().sum() == 2


def test_old_files_with_one_layer_per_segment_are_read(tmp_path: Path, two_labels: np.ndarray) -> None:
    layers = np.stack([two_labels == 1, two_labels > 0], axis=-1).astype(np.uint8)
    path = write_labels(tmp_path / "old.seg.nrrd", layers, Segment0_ID="a", Segment1_ID="b")

    first, second = read_segmentation(path).segments

    assert np.array_equal(first.mask(), two_labels == 1)
    assert np.array_equal(second.mask(), two_labels > 0)


@pytest.mark.parametrize("name", ["labels.nrrd", "labels.nii.gz"])
@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.int64])
def test_a_plain_label_volume_names_segments_by_value(
    tmp_path: Path, two_labels: np.ndarray, name: str, kind: type
) -> None:
    path = write_labels(tmp_path / name, two_labels.astype(kind))

    assert [s.name for s in read_segmentation(path).segments] == ["label_1", "label_7"]
    named = read_segmentation(path, {7: "node_1"}).named("node_1")
    assert np.array_equal(named.mask(), two_labels == 7)
    assert named.grid_box == (slice(5, 6), slice(10, 12), slice(11, 12))


def test_a_cropped_segmentation_is_padded_to_the_image(tmp_path: Path, an_image: Image, two_labels: np.ndarray) -> None:
    first = an_image.geometry.ras_from_kji((1, 2, 3)) * (-1, -1, 1)
    path = write_labels(tmp_path / "crop.nrrd", two_labels[1:, 2:, 3:], origin=tuple(first.tolist()))

    on_image = segmentation_on(an_image, read_segmentation(path))

    assert on_image.geometry == an_image.geometry
    assert np.array_equal(on_image.named("label_1").mask(), two_labels == 1)
    assert np.array_equal(on_image.named("label_7").mask(), two_labels == 7)
    assert on_image.named("label_7").grid_box == (slice(5, 6), slice(10, 12), slice(11, 12))


@pytest.mark.parametrize(
    ("spacing", "origin", "size"),
    [
        ((0.5, 0.5, 2.0), (0.2, 0.0, 0.0), (20, 16, 10)),
        ((0.5, 0.5, 2.0), (0.0, 0.0, -2.0), (20, 16, 10)),
        ((0.5, 0.5, 2.0), (0.0, 0.0, 2.0), (20, 16, 10)),
        ((0.5, 0.5, 2.1), (0.0, 0.0, 0.0), (20, 16, 10)),
        ((0.5, 0.5, 4.0), (0.0, 0.0, 0.0), (20, 16, 1)),
        ((1.0, 1.0, 2.0), (0.0, 0.0, 0.0), (10, 8, 10)),
    ],
)
def test_a_segmentation_on_another_grid_is_refused_with_both_grids(
    tmp_path: Path, an_image: Image, spacing: tuple[float, ...], origin: tuple[float, ...], size: tuple[int, ...]
) -> None:
    volume = SimpleITK.GetImageFromArray(np.ones(size[::-1], np.uint8))
    volume.SetSpacing(spacing)
    volume.SetOrigin(origin)
    volume.SetDirection([x for row in AXES for x in row])
    SimpleITK.WriteImage(volume, str(tmp_path / "other.nrrd"))
    segmentation = read_segmentation(tmp_path / "other.nrrd")

    with pytest.raises(InputError) as caught:
        segmentation_on(an_image, segmentation)

    message = str(caught.value)
    assert segmentation.geometry.describe() in message
    assert an_image.geometry.describe() in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("change", "fields", "says"),
    [
        (lambda a: a * 0, {}, "there is no segment in it"),
        (lambda a: a, {"Segment0_ID": "a", "Segment0_Name": "node_1", "Segment0_LabelValue": "2"}, "'node_1' holds no"),
        (lambda a: a, {"Segment0_ID": "a", "Segment0_Layer": "3"}, "layer 3, found 1 layers"),
        (lambda a: a, {"Segment0_ID": "a", "Segment0_LabelValue": "one"}, "is no number"),
        (lambda a: a * np.float32(0.5), {}, "not whole numbers"),
        (lambda a: a.astype(np.int16) - 1, {}, "negative values"),
        (lambda a: np.stack([a, a], -1), {}, "2 layers without segment names"),
    ],
)
def test_what_is_no_segmentation_is_refused(
    tmp_path: Path, two_labels: np.ndarray, change: object, fields: dict[str, str], says: str
) -> None:
    path = write_labels(tmp_path / "bad.seg.nrrd", change(two_labels), **fields)  # type: ignore[operator]
    with pytest.raises(InputError) as caught:
        read_segmentation(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_name_that_is_missing_is_answered_with_those_there(tmp_path: Path, two_labels: np.ndarray) -> None:
    segmentation = read_segmentation(write_labels(tmp_path / "s.nrrd", two_labels))
    with pytest.raises(InputError, match="0 segments are named 'hyoid', expected one; the segments are 'label_1'"):
        segmentation.named("hyoid")

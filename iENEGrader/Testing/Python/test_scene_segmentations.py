"""Segments keep voxels, names, colours and codes in the scene, and its files open elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from HeadNeckNodesLib.imaging.segmentation import segmentation_on
from HeadNeckNodesLib.imaging.terminology import Code, Terminology
from scene_builders import GRID, an_image, some_segments

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def a_volume(a_scene: Any) -> Any:
    from HeadNeckNodesLib.scene.volumes import add_volume

    return add_volume(an_image(), "CT")


@pytest.fixture
def a_segmentation(a_volume: Any) -> Any:
    from iENEGraderLib.scene.segmentations import add_segmentation

    return add_segmentation("Nodes", some_segments()[:2], GRID, a_volume)


def terminology_of(segmentation: Any, segment_id: str) -> str:
    import vtk

    found = vtk.reference("")
    segmentation.GetSegmentation().GetSegment(segment_id).GetTag("TerminologyEntry", found)
    return str(found)


def test_masks_are_the_same_in_the_scene(a_segmentation: Any, a_volume: Any) -> None:
    from iENEGraderLib.scene.segmentations import mask_of_segment

    for segment in some_segments()[:2]:
        assert np.array_equal(mask_of_segment(a_segmentation, segment.segment_id, a_volume), segment.mask())


def test_a_segment_of_a_cropped_array_lies_where_it_lay(a_volume: Any) -> None:
    from iENEGraderLib.scene.segmentations import add_segmentation, mask_of_segment

    whole = some_segments()[0]
    cropped = replace(
        whole,
        labels=whole.labels[whole.box].copy(),
        box=tuple(slice(0, part.stop - part.start) for part in whole.box),
        offset_kji=tuple(part.start for part in whole.box),
    )
    node = add_segmentation("Nodes", [cropped], GRID, a_volume)

    assert np.array_equal(mask_of_segment(node, "Segment_1", a_volume), whole.mask())


def test_a_layer_holds_no_labels_of_segments_that_are_not_in_it(a_segmentation: Any) -> None:
    import slicer

    segmentation = a_segmentation.GetSegmentation()
    values = np.unique(slicer.util.arrayFromSegmentInternalBinaryLabelmap(a_segmentation, "Segment_1"))

    assert segmentation.GetNumberOfLayers() == 1
    assert values.tolist() == [0, 1, 2]


def test_a_node_without_codes_gets_those_of_a_lymph_node(a_segmentation: Any) -> None:
    assert "~SCT^59441001^Lymph node~" in terminology_of(a_segmentation, "Segment_1")


def test_codes_of_a_file_are_kept(a_volume: Any) -> None:
    from iENEGraderLib.scene.segmentations import add_segmentation

    codes = Terminology(Code("SCT", "85756007", "Tissue"), Code("SCT", "1", "Other"), Code("SCT", "7771000", "Left"))
    node = add_segmentation("Nodes", [replace(some_segments()[0], terminology=codes)], GRID, a_volume)

    assert "~SCT^85756007^Tissue~SCT^1^Other~SCT^7771000^Left~" in terminology_of(node, "Segment_1")


def test_a_structure_of_unknown_name_is_coded_as_any_tissue_and_grey(a_volume: Any) -> None:
    from iENEGraderLib.scene.segmentations import add_segmentation

    node = add_segmentation("Anatomy", [replace(some_segments()[2], name="something")], GRID, a_volume)

    assert "~SCT^85756007^Tissue~SCT^85756007^Tissue~" in terminology_of(node, "Segment_3")
    assert node.GetSegmentation().GetSegment("Segment_3").GetColor() == pytest.approx((0.6, 0.6, 0.6))


def test_two_nodes_differ_in_colour(a_segmentation: Any) -> None:
    first, second = (a_segmentation.GetSegmentation().GetSegment(f"Segment_{n}").GetColor() for n in (1, 2))

    assert np.abs(np.subtract(first, second)).max() > 0.2


def test_a_saved_segmentation_reads_back_on_the_grid_of_its_image(a_segmentation: Any, tmp_path: Path) -> None:
    import slicer

    path = tmp_path / "nodes.seg.nrrd"
    assert slicer.util.saveNode(a_segmentation, str(path))

    read = segmentation_on(an_image(), read_segmentation(path))

    for segment, original in zip(read.segments, some_segments()[:2], strict=True):
        assert (segment.segment_id, segment.name) == (original.segment_id, original.name)
        assert segment.is_node
        assert np.array_equal(segment.mask(), original.mask())
    assert read.segments[0].terminology.is_lymph_node


def test_only_the_anatomy_that_nodes_are_read_against_is_outlined(a_volume: Any) -> None:
    from iENEGraderLib.scene.segment_display import show_anatomy
    from iENEGraderLib.scene.segmentations import add_segmentation

    node = add_segmentation("Anatomy", some_segments()[2:], GRID, a_volume)
    show_anatomy(node)
    display = node.GetDisplayNode()

    assert display.GetSegmentVisibility("Segment_3")
    assert not display.GetSegmentVisibility("Segment_4")
    assert display.GetSegmentOpacity2DFill("Segment_3") == 0.0

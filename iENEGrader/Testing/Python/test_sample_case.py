"""The sample case looks like one read from files: a CT in HU and coded segments on its grid."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.hounsfield import why_not_hounsfield
from iENEGraderLib.sample import DigitalNeck, digital_neck, sample_image, sample_segmentation


@pytest.fixture(scope="module")
def a_neck() -> DigitalNeck:
    return digital_neck(spacing_mm=(2.0, 2.0, 2.0))


def test_the_image_is_a_ct_in_hounsfield_units(a_neck: DigitalNeck) -> None:
    image = sample_image(a_neck)

    assert image.modality == "CT"
    assert image.geometry is a_neck.geometry
    assert why_not_hounsfield(image) is None


def test_every_segment_has_its_voxels_name_and_code(a_neck: DigitalNeck) -> None:
    segmentation = sample_segmentation(a_neck)

    for segment, theirs in zip(segmentation.segments, a_neck.segments, strict=True):
        assert segment.segment_id == segment.name == theirs.name
        assert np.array_equal(segment.mask(), a_neck.mask(theirs.name))
        assert segment.terminology is not None
        assert segment.terminology.kind is not None
        assert segment.terminology.kind.value == theirs.structure.snomed_type.value


def test_the_nodes_are_those_of_the_truth_and_leave_their_colours_to_the_scene(a_neck: DigitalNeck) -> None:
    segmentation = sample_segmentation(a_neck)

    assert [node.name for node in segmentation.nodes] == [node.name for node in a_neck.truth.nodes]
    assert {node.colour for node in segmentation.nodes} == {None}


def test_anatomy_has_the_colours_of_its_structures(a_neck: DigitalNeck) -> None:
    anatomy = [segment for segment in sample_segmentation(a_neck).segments if not segment.is_node]
    colours = {each.name: each.structure.colour_rgb for each in a_neck.segments}

    for segment in anatomy:
        assert segment.colour is not None
        assert np.multiply(segment.colour, 255) == pytest.approx(colours[segment.name])

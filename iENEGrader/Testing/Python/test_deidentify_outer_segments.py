"""Segments that show the face are told by where they lie; nodes are not asked about, vessels and the deep neck stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment
from iENEGraderLib.export.deidentify.outer_segments import has_outer_name, left_out_note, outer_segments
from iENEGraderLib.sample import DigitalNeck, digital_neck
from scipy import ndimage


@pytest.fixture(scope="module")
def a_neck() -> DigitalNeck:
    return digital_neck(0, spacing_mm=(1.5, 1.5, 2.0))


@pytest.fixture(scope="module")
def an_image(a_neck: DigitalNeck) -> Image:
    return Image(a_neck.hu, a_neck.geometry, "CT")


@pytest.fixture(scope="module")
def the_anatomy(a_neck: DigitalNeck) -> tuple[Segment, ...]:
    names = [each.name for each in a_neck.segments if not each.name.startswith("node_")]
    return tuple(a_segment(name, a_neck.mask(name)) for name in names)


def a_segment(name: str, mask: np.ndarray) -> Segment:
    (box,) = ndimage.find_objects(mask.astype(np.uint8))
    return Segment(name, name, mask.astype(np.uint8), 1, box, (0, 0, 0), mask.shape)


def names_of(segments: tuple[Segment, ...]) -> set[str]:
    return {each.name for each in segments}


def test_what_lies_under_the_skin_of_the_face_is_outer_and_the_deep_neck_is_not(
    the_anatomy: tuple[Segment, ...], an_image: Image
) -> None:
    found = names_of(outer_segments(the_anatomy, an_image))

    assert {"skin", "subcutaneous_fat", "platysma_left", "masseter_right", "skull", "teeth_upper"} <= found
    deep = ("artery", "vein", "vertebrae", "scalene", "thyroid", "hyoid", "sternocleidomastoid", "tongue", "trapezius")
    assert not [name for name in found for word in deep if word in name]


@pytest.mark.parametrize("covered", ["subcutaneous_fat", "platysma_left", "skin"])
def test_names_that_tell_nothing_do_not_hide_where_a_segment_lies(
    a_neck: DigitalNeck, the_anatomy: tuple[Segment, ...], an_image: Image, covered: str
) -> None:
    unknown = a_segment("Segment_1", a_neck.mask(covered))
    landmarks = tuple(each for each in the_anatomy if each.name in {"hyoid", "mandible"})

    assert "Segment_1" in names_of(outer_segments((unknown, *landmarks), an_image))
    assert "Segment_1" in names_of(outer_segments((unknown,), an_image))


def test_the_air_around_the_body_and_a_skin_called_artery_are_outer(a_neck: DigitalNeck, an_image: Image) -> None:
    air = a_segment("rest", a_neck.hu < -900)
    artery = a_segment("internal_carotid_artery_left", a_neck.mask("skin"))

    assert outer_segments((air, artery), an_image) == (air, artery)


@pytest.mark.parametrize("modality", ["MR", ""])
def test_an_image_without_hounsfield_units_has_a_surface_too(
    the_anatomy: tuple[Segment, ...], an_image: Image, modality: str
) -> None:
    bright = replace(an_image, voxels=np.clip(an_image.voxels + 1024, 0, None), modality=modality)

    found = names_of(outer_segments(the_anatomy, bright))

    assert found == names_of(outer_segments(the_anatomy, an_image))


def test_without_a_surface_of_the_body_only_vessels_stay(the_anatomy: tuple[Segment, ...], an_image: Image) -> None:
    inside = replace(an_image, voxels=np.full_like(an_image.voxels, 40))

    kept = names_of(the_anatomy) - names_of(outer_segments(the_anatomy, inside))

    assert {"internal_jugular_vein_left", "common_carotid_artery_right"} <= kept
    assert all("artery" in name or "vein" in name for name in kept)


@pytest.mark.parametrize("name", ["Skin", "FACE", "Body", "subcutaneous fat", "Haut", "external", "Skull", "Gesicht"])
def test_outer_names_count_in_any_case(name: str) -> None:
    assert has_outer_name(name)


@pytest.mark.parametrize("name", ["external_carotid_artery_left", "internal_jugular_vein", "thyroid_gland", "hyoid"])
def test_names_of_the_deep_neck_do_not_count(name: str) -> None:
    assert not has_outer_name(name)


def test_names_that_people_typed_are_not_repeated() -> None:
    told = left_out_note(["skin", "Ottilie's face", "Body"])
    assert told.endswith("were left out: skin, 2 segments of another name")
    assert left_out_note(["Body"]).endswith("were left out: 1 segment")

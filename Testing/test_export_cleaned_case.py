"""A case is cleaned before any target sees it: what it was read from and what its maps came from go as well."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from export_builders import neck_voxels, write_case, write_map
from HeadNeckNodesLib.imaging.segmentation import Segment
from hnn.export.case_files import case_at
from hnn.export.file_case import case_of_files
from iENEGraderLib.export.deidentify import Kind, Pseudonyms
from iENEGraderLib.export.deidentify.defacing import DefacingPlan
from iENEGraderLib.export.job import faces
from iENEGraderLib.export.job.cleaned_case import cleaned_case, identity_of
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.measure.case.segment_matching import MatchedSegments
from scipy import ndimage

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.export.job.export_case import ExportCase

PSEUDONYMS = Pseudonyms(bytes(range(32)))
FRAME = "1.2.276.0.7230010.3.1.4.815"


@pytest.fixture
def a_case_with_a_perfusion_map(tmp_path: Path) -> ExportCase:
    import pydicom

    files = write_case(tmp_path / "Vandermuehle", dicom=True)
    write_map(files.folder / "iodine.nrrd", "iodine", "mg/mL", 2.5)
    case = case_of_files(case_at(files.folder), ImageOrigin.REAL)
    frame = pydicom.Dataset()
    frame.SOPInstanceUID = FRAME
    (found,) = case.maps
    return replace(case, maps=(replace(found, sources=(frame,)),))


def test_a_cleaned_case_names_neither_the_images_nor_the_files_of_its_maps(
    a_case_with_a_perfusion_map: ExportCase,
) -> None:
    before = a_case_with_a_perfusion_map
    assert before.maps[0].image.source

    after = cleaned_case(before, PSEUDONYMS, "4711", None).case

    assert after.maps[0].sources == ()
    assert after.maps[0].image.source == after.image.source == ""
    assert (after.maps[0].image.voxels == before.maps[0].image.voxels).all()
    assert after.inputs == ()
    assert not after.identifiers.found


def test_the_images_that_maps_came_from_are_looked_for(a_case_with_a_perfusion_map: ExportCase) -> None:
    uids = {each.value for each in identity_of(a_case_with_a_perfusion_map).identifiers.found if each.kind is Kind.UID}
    assert FRAME in uids


def test_a_node_whose_segment_is_named_like_a_patient_is_called_as_in_the_reading(tmp_path: Path) -> None:
    case = case_of_files(case_at(write_case(tmp_path / "in").folder), ImageOrigin.REAL)
    node, segment = next(iter(case.segments.segment_of.items()))
    others = [each for each in case.segments.segmentation.segments if each.segment_id != segment.segment_id]
    named = replace(segment, name="Vandermuehle Anna")
    segmentation = replace(case.segments.segmentation, segments=(named, *others))
    segments = MatchedSegments(segmentation, {**case.segments.segment_of, node: named})

    after = cleaned_case(replace(case, segments=segments), PSEUDONYMS, "4711", None).case

    assert after.segments.segment_of[node].name == node


@pytest.fixture
def a_case_with_a_deep_layer(tmp_path: Path) -> ExportCase:
    """Beside nodes and mandible, what lies more than 8 mm under the skin, as tongue and as artery."""
    case = case_of_files(case_at(write_case(tmp_path / "in", mandible=True).folder), ImageOrigin.REAL)
    deep = ndimage.distance_transform_edt(neck_voxels() > 0, sampling=case.image.geometry.spacing_kji_mm) > 8
    (box,) = ndimage.find_objects(deep.astype(int))
    labels = deep.astype("uint8")
    layers = [
        Segment(name, name, labels, 1, box, (0, 0, 0), labels.shape) for name in ("tongue", "common_carotid_artery")
    ]
    segmentation = case.segments.segmentation
    more = replace(segmentation, segments=(*segmentation.segments, *layers))
    return replace(case, segments=replace(case.segments, segmentation=more))


def test_what_is_taken_from_the_face_is_taken_from_segments_but_not_from_nodes_and_vessels(
    a_case_with_a_deep_layer: ExportCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How deep the face goes is drawn by lot; this lot reaches the layer.
    monkeypatch.setattr(faces, "DefacingPlan", partial(DefacingPlan, depth_mm=(9.0, 12.0), seed=1))
    before = {each.name: each.mask() for each in a_case_with_a_deep_layer.segments.segmentation.segments}

    after = cleaned_case(a_case_with_a_deep_layer, PSEUDONYMS, "4711", None, deface=True).case

    changed = after.image.voxels != a_case_with_a_deep_layer.image.voxels
    shared = {each.name: each.mask() for each in after.segments.segmentation.segments}
    assert (before["tongue"] & changed).any()
    assert (shared["tongue"] == before["tongue"] & ~changed).all()
    assert (shared["common_carotid_artery"] == before["common_carotid_artery"]).all()
    nodes = [each.mask() for each in after.segments.nodes]
    assert [mask.sum() for mask in nodes] == [before["node_right"].sum(), before["node_left"].sum()]

"""The case of a scene, gathered for an export: image, segments, DICOM files, surfaces, maps and identifying values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from export_builders import BIRTH_DATE, PATIENT, PATIENT_ID, neck_labels, write_dicom
from export_builders import a_reading as a_reading_of_the_series
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_series import read_dicom
from HeadNeckNodesLib.imaging.segmentation import Segment
from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.export.job.cleaned_case import identity_of
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.scene.export_case import FILES_UNKNOWN, gathered_case
from iENEGraderLib.scene.export_maps import ZERO_OUTSIDE
from scene_builders import ENDS, a_reading, an_image, some_segments

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.scene.case_scene import CaseScene

REAL = ImageOrigin.REAL


@pytest.fixture
def a_case(a_scene: Any) -> CaseScene:
    """Two nodes, an artery and skin, without DICOM."""
    from iENEGraderLib.scene.case_scene import add_case

    segments = some_segments()
    return add_case(an_image(), segments[:2], segments[2:], a_reading(), ENDS)


@pytest.fixture
def a_dicom_case(a_scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseScene:
    """A series of a patient as Slicer loads it from its DICOM database, with a second series in the same folder."""
    return add_dicom_case(tmp_path, monkeypatch)


def add_dicom_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseScene:
    """Put a series of a patient, two nodes segmented in it, and their reading into the scene."""
    import pydicom
    import slicer
    from iENEGraderLib.scene.case_scene import add_case

    store = tmp_path / "archive" / "quillfeather" / "ct"
    write_dicom(store)
    files = {str(pydicom.dcmread(path).SOPInstanceUID): str(path) for path in sorted(store.iterdir())}
    image = read_dicom(store)
    write_dicom(store / "other")
    labels = neck_labels()
    depth, height, width = labels.shape
    whole = (slice(0, depth), slice(0, height), slice(0, width))
    nodes = [
        Segment(segment_id, name, labels, value, whole, (0, 0, 0), labels.shape)
        for value, (segment_id, name) in enumerate((("s1", "node_right"), ("s2", "node_left")), start=1)
    ]
    case = add_case(image, nodes, [], a_reading_of_the_series(), {})
    case.volume.SetAttribute("DICOM.instanceUIDs", " ".join(files))
    database = SimpleNamespace(fileForInstance=lambda uid: files.get(uid, ""))
    monkeypatch.setattr(slicer, "dicomDatabase", database, raising=False)
    return case


def test_a_case_without_dicom_is_what_the_scene_holds(a_case: CaseScene) -> None:
    with gathered_case(a_reading(), REAL) as case:
        assert case.notes == ()
    assert np.array_equal(case.image.voxels, an_image().voxels)
    assert case.image.geometry.matches(an_image().geometry)
    assert {node: each.name for node, each in case.segments.segment_of.items()} == {"N1": "node_1", "N2": "node_2"}
    assert np.array_equal(case.segments.segment_of["N2"].mask(), some_segments()[1].mask())
    assert (case.dicom_folder, case.maps, case.surfaces, case.origin) == (None, (), (), REAL)


def test_a_folder_that_is_named_like_a_surname_counts_as_one(a_case: CaseScene) -> None:
    with gathered_case(a_reading(), REAL) as gathered:
        case = replace(gathered, inputs=(PurePosixPath("/archive/Key/segments"),))
    assert "key" in {each.value.casefold() for each in identity_of(case).identifiers.found}


def test_what_the_scene_keeps_of_the_patient_is_looked_for_without_dicom_files(a_case: CaseScene) -> None:
    import slicer

    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    hierarchy.SetItemAttribute(a_case.folder, "DICOM.PatientID", PATIENT_ID)
    with gathered_case(a_reading(), REAL) as gathered:
        assert PATIENT_ID in {each.value for each in gathered.identifiers.found}
        identity = identity_of(gathered)
    # The same pseudonym as of the patient's DICOM files, whatever case id a reader has typed.
    assert identity.patient == PATIENT_ID


def test_surfaces_are_those_of_nodes_and_arteries_and_never_the_skin(a_case: CaseScene) -> None:
    with gathered_case(a_reading(), REAL, with_surfaces=True) as gathered:
        names = {mesh.name for mesh in gathered.surfaces}
    assert names == {"node_1", "node_2", "common_carotid_artery_right"}


def test_the_dicom_files_are_those_of_the_series_alone_and_go_at_the_end(a_dicom_case: CaseScene) -> None:
    with gathered_case(a_reading_of_the_series(), REAL) as gathered:
        folder = gathered.dicom_folder
        assert folder is not None
        assert len(list(folder.iterdir())) == 12
        identity = identity_of(gathered)
    assert not folder.exists()
    assert identity.patient == PATIENT_ID
    assert {PATIENT, PATIENT_ID, BIRTH_DATE} <= {each.value for each in identity.identifiers.found}


def test_files_that_the_database_does_not_know_are_told(a_dicom_case: CaseScene) -> None:
    a_dicom_case.volume.SetAttribute("DICOM.instanceUIDs", "1.2.3 1.2.4")
    with gathered_case(a_reading_of_the_series(), REAL) as gathered:
        assert gathered.notes == (FILES_UNKNOWN,)
        assert gathered.dicom_folder is None


def test_an_image_that_is_no_longer_where_its_files_say_is_refused(a_dicom_case: CaseScene) -> None:
    a_dicom_case.volume.SetSpacing(2.0, 2.0, 2.5)
    with (
        pytest.raises(InputError, match=r"CT: lies on .*, its DICOM files on .*; segment the image as it was loaded"),
        gathered_case(a_reading_of_the_series(), REAL),
    ):
        pass


@pytest.mark.parametrize(("shift_mm", "is_taken"), [(0.0, True), (1.0, False)])
def test_a_map_is_taken_when_it_lies_on_the_grid_of_the_image(
    a_case: CaseScene, shift_mm: float, is_taken: bool
) -> None:
    from dataclasses import replace

    from HeadNeckNodesLib.scene.volumes import add_volume
    from iENEGraderLib.scene.spectral.spectral_volumes import MAP_ATTRIBUTE

    image = an_image()
    x, y, z = image.geometry.origin_lps_mm
    moved = replace(image.geometry, origin_lps_mm=(x + shift_mm, y, z))
    iodine = np.full(image.voxels.shape, 1.5, np.float32)
    volume = add_volume(replace(image, voxels=iodine, geometry=moved, modality="iodine"), "Iodine")
    volume.SetAttribute(MAP_ATTRIBUTE, "Iodine (mg/mL)")
    with gathered_case(a_reading(), REAL) as gathered:
        found = [(each.quantity, each.unit, float(each.image.voxels.max())) for each in gathered.maps]
    assert found == ([(Quantity.IODINE, "mg/mL", 1.5)] if is_taken else [])
    assert gathered.notes == (
        ZERO_OUTSIDE
        if is_taken
        else "map of Iodine concentration: left out, since it does not lie on the grid of the image",
    )


def test_a_scene_without_node_segments_is_refused(a_scene: Any) -> None:
    with (
        pytest.raises(InputError, match="There is no node segment in the scene"),
        gathered_case(a_reading(), REAL),
    ):
        pass

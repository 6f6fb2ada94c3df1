from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from identity_builders import (
    ACCESSION,
    BIRTH_DATE,
    INSTITUTION,
    KNOWN,
    NAME,
    PATIENT_ID,
    PSEUDONYMS,
    STUDY_DATE,
    STUDY_UID,
)
from iENEGraderLib.export.deidentify import Identifiers, Kind, require_clean
from scene_builders import ENDS, a_reading, an_image, some_segments

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.scene.case_scene import CaseScene

FAMILY = NAME.partition("^")[0]
ATTRIBUTES = {
    "DICOM.PatientName": NAME,
    "DICOM.PatientID": PATIENT_ID,
    "DICOM.PatientBirthDate": BIRTH_DATE,
    "DICOM.StudyDate": STUDY_DATE,
    "DICOM.AccessionNumber": ACCESSION,
    "DICOM.InstitutionName": INSTITUTION,
}


@pytest.fixture
def a_case(a_scene: Any) -> CaseScene:
    from iENEGraderLib.scene.case_scene import add_case

    segments = some_segments()
    return add_case(an_image(), segments[:2], segments[2:], a_reading(), ENDS)


@pytest.fixture
def a_patient(a_case: CaseScene) -> int:
    """The case under a patient and a study, as Slicer's DICOM module leaves them."""
    items = hierarchy()
    patient = items.CreateSubjectItem(items.GetSceneItemID(), FAMILY)
    study = items.CreateStudyItem(patient, f"CT Neck {STUDY_DATE}")
    for name, value in ATTRIBUTES.items():
        items.SetItemAttribute(patient, name, value)
    items.SetItemUID(study, "DICOM", STUDY_UID)
    items.SetItemParent(a_case.folder, study)
    return int(patient)


def hierarchy() -> Any:
    import slicer

    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)


def _text_node(case: CaseScene) -> None:
    import slicer

    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", "notes").SetText(f"This is {NAME}")


def _table(case: CaseScene) -> None:
    import slicer

    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", FAMILY)


def _segment_name(case: CaseScene) -> None:
    case.nodes.GetSegmentation().GetNthSegment(0).SetName(f"node of {FAMILY}")


def _segment_tag(case: CaseScene) -> None:
    case.nodes.GetSegmentation().GetNthSegment(0).SetTag("DICOM.PatientName", NAME)


def _reading_note(case: CaseScene) -> None:
    case.reading.SetText(case.reading.GetText().replace("by hand", "by hand").replace("Gr\u00fcn 1", FAMILY))


PLANTINGS: dict[str, Callable[[CaseScene], None]] = {
    "name of a volume": lambda case: case.volume.SetName(f"{FAMILY} CT"),
    "description": lambda case: case.volume.SetDescription(f"{NAME}, {BIRTH_DATE}"),
    "attribute": lambda case: case.volume.SetAttribute("DICOM.PatientName", NAME),
    "own attribute": lambda case: case.volume.SetAttribute("HeadNeckNodes.Remark", NAME),
    "instance UIDs": lambda case: case.volume.SetAttribute("DICOM.instanceUIDs", f"{STUDY_UID}.1 {STUDY_UID}.2"),
    "name of a display": lambda case: case.volume.GetDisplayNode().SetName(FAMILY),
    "name of a folder": lambda case: hierarchy().SetItemName(case.folder, FAMILY),
    "label of a point": lambda case: case.measurements[0].SetNthControlPointLabel(0, FAMILY),
    "description of a point": lambda case: case.measurements[0].SetNthControlPointDescription(0, NAME),
    "segment name": _segment_name,
    "segment tag": _segment_tag,
    "list filter": lambda case: case.nodes.SetSegmentListFilterOptions(FAMILY),
    "case id of the reading": _reading_note,
    "text node": _text_node,
    "table": _table,
}


@pytest.mark.parametrize("place", PLANTINGS)
def test_a_name_in_the_scene_is_found_in_a_plain_bundle_and_is_gone_from_a_shareable_one(
    tmp_path: Path, a_case: CaseScene, place: str
) -> None:
    from iENEGraderLib.scene.bundle import save_bundle
    from iENEGraderLib.scene.deidentify import save_shareable_bundle

    PLANTINGS[place](a_case)
    save_bundle(tmp_path / "plain.mrb")

    with pytest.raises(InputError, match=r"plain\.mrb: holds"):
        require_clean(tmp_path / "plain.mrb", KNOWN)
    assert save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS, patient="4711", known=KNOWN).report.files == 1


def test_each_value_of_a_patient_in_the_subject_hierarchy_is_found_in_a_plain_bundle(
    tmp_path: Path, a_patient: int, a_case: CaseScene
) -> None:
    from iENEGraderLib.scene.bundle import save_bundle
    from iENEGraderLib.scene.deidentify import identifiers_of_scene, save_shareable_bundle

    save_bundle(tmp_path / "plain.mrb")

    for one in identifiers_of_scene().found:
        with pytest.raises(InputError, match=f"holds an identifying value of the source .{one.kind}"):
            require_clean(tmp_path / "plain.mrb", Identifiers(frozenset({one})))
    save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS, known=KNOWN)


def test_all_that_the_scene_knows_of_the_patient_is_gathered(a_patient: int, a_case: CaseScene) -> None:
    from iENEGraderLib.scene.deidentify import identifiers_of_scene, patient_of_scene

    a_case.volume.SetAttribute("DICOM.instanceUIDs", f"{STUDY_UID}.1 {STUDY_UID}.2")
    values = {(one.kind, one.value) for one in identifiers_of_scene().found}

    assert values == {
        (Kind.PATIENT_NAME, NAME),
        (Kind.PATIENT_NAME, FAMILY),
        (Kind.PATIENT_ID, PATIENT_ID),
        (Kind.BIRTH_DATE, BIRTH_DATE),
        (Kind.EXAMINATION_DATE, STUDY_DATE),
        (Kind.ACCESSION, ACCESSION),
        (Kind.INSTITUTION, INSTITUTION),
        (Kind.UID, STUDY_UID),
        (Kind.UID, f"{STUDY_UID}.1"),
        (Kind.UID, f"{STUDY_UID}.2"),
    }
    assert patient_of_scene() == PATIENT_ID


def test_a_shared_bundle_opens_with_image_segments_measurements_and_reading(
    tmp_path: Path, a_patient: int, a_case: CaseScene
) -> None:
    import slicer
    from iENEGraderLib.reading import reading_from_text
    from iENEGraderLib.scene.deidentify import save_shareable_bundle

    voxels = slicer.util.arrayFromVolume(a_case.volume).copy()
    a_case.volume.SetName(f"{FAMILY} CT")
    case_id = PSEUDONYMS.case_id(PATIENT_ID)

    save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS)

    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "shared.mrb"))
    volume = slicer.util.getNode("CT")
    assert np.array_equal(slicer.util.arrayFromVolume(volume), voxels)
    assert slicer.util.getNode("Nodes").GetSegmentation().GetSegmentIDs() == ("Segment_1", "Segment_2")
    assert slicer.util.getNode("N1 greatest dimension").GetLineLengthWorld() == pytest.approx(14.0)
    (text,) = slicer.util.getNodesByClass("vtkMRMLTextNode")
    reading = reading_from_text(text.GetText(), "shared")
    assert reading.case_id == case_id
    assert [node.findings for node in reading.nodes or ()] == [node.findings for node in a_reading().nodes or ()]
    items = hierarchy()
    patient = items.GetItemByPositionUnderParent(items.GetSceneItemID(), 0)
    assert (items.GetItemName(patient), items.GetItemLevel(patient)) == (case_id, "Patient")
    assert items.GetItemAttributeNames(patient) == ("Level",)


def test_the_scene_is_as_it_was(tmp_path: Path, a_patient: int, a_case: CaseScene) -> None:
    import slicer
    from iENEGraderLib.scene.deidentify import save_shareable_bundle

    a_case.volume.SetAttribute("DICOM.PatientName", NAME)
    url, folder = slicer.mrmlScene.GetURL(), slicer.mrmlScene.GetRootDirectory()

    save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS)

    items = hierarchy()
    assert a_case.volume.GetAttribute("DICOM.PatientName") == NAME
    assert items.GetItemName(a_patient) == FAMILY
    assert items.GetItemAttribute(a_patient, "DICOM.PatientID") == PATIENT_ID
    assert (slicer.mrmlScene.GetURL(), slicer.mrmlScene.GetRootDirectory()) == (url, folder)
    assert [path.name for path in tmp_path.iterdir()] == ["shared.mrb"]


def test_segments_that_show_the_face_are_not_shared_and_stay_in_the_scene(tmp_path: Path, a_case: CaseScene) -> None:
    import slicer
    from iENEGraderLib.scene.deidentify import save_shareable_bundle

    segmentation = a_case.anatomy.GetSegmentation()
    segmentation.GetNthSegment(1).SetName("Rindenstück")
    artery = slicer.util.arrayFromSegmentBinaryLabelmap(a_case.anatomy, segmentation.GetNthSegmentID(0), a_case.volume)
    before = {each: int(slicer.util.arrayFromSegmentBinaryLabelmap(a_case.anatomy, each, a_case.volume).sum())
              for each in segmentation.GetSegmentIDs()}  # fmt: skip

    shared = save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS, patient="4711", known=KNOWN)

    assert shared.notes[0] == "segments that show the face, or may show it, were left out: 1 segment"
    assert a_case.anatomy.GetSegmentation() is segmentation
    assert before == {
        each: int(slicer.util.arrayFromSegmentBinaryLabelmap(a_case.anatomy, each, a_case.volume).sum())
        for each in segmentation.GetSegmentIDs()
    }
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "shared.mrb"))
    labels = [segment_labels(node) for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")]
    assert [sorted(each) for each in labels] == [["node_1", "node_2"], ["common_carotid_artery_right"]]
    assert labels[1]["common_carotid_artery_right"] == int(artery.astype(bool).sum())
    assert stored_voxels(tmp_path / "shared.mrb") == sorted(sum(each.values()) for each in labels)


def segment_labels(node: Any) -> dict[str, int]:
    """Number of voxels of each segment by its name."""
    import slicer

    segments = node.GetSegmentation()
    return {segments.GetSegment(each).GetName(): int((slicer.util.arrayFromSegmentBinaryLabelmap(node, each) > 0).sum())
            for each in segments.GetSegmentIDs()}  # fmt: skip


def stored_voxels(bundle: Path) -> list[int]:
    """Number of voxels that are not empty in each segmentation file, whichever segment they belong to."""
    import SimpleITK

    counts = []
    with zipfile.ZipFile(bundle) as archive:
        for name in archive.namelist():
            if name.endswith(".seg.nrrd"):
                file = archive.extract(name, bundle.parent / "unpacked")
                counts.append(int((SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(file)) > 0).sum()))
    return sorted(counts)


def test_a_segmentation_of_no_image_is_shared_with_its_nodes_and_vessels_alone(
    tmp_path: Path, a_case: CaseScene
) -> None:
    from iENEGraderLib.scene.outer_segments import without_outer_segments

    a_case.anatomy.GetSegmentation().GetNthSegment(1).SetName("thyroid_gland")
    a_case.anatomy.SetNodeReferenceID(a_case.anatomy.GetReferenceImageGeometryReferenceRole(), None)

    with without_outer_segments() as told:
        segments = a_case.anatomy.GetSegmentation()
        names = [segments.GetSegment(each).GetName() for each in segments.GetSegmentIDs()]

    assert names == ["common_carotid_artery_right"]
    assert told == ("segments that show the face, or may show it, were left out: thyroid_gland",)
    assert a_case.anatomy.GetSegmentation().GetNumberOfSegments() == 2


def test_names_and_days_in_the_archive_tell_nothing(tmp_path: Path, a_patient: int, a_case: CaseScene) -> None:
    from iENEGraderLib.scene.deidentify import save_shareable_bundle

    save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS)

    case_id = PSEUDONYMS.case_id(PATIENT_ID)
    with zipfile.ZipFile(tmp_path / "shared.mrb") as archive:
        entries = archive.infolist()
    assert {entry.date_time[:3] for entry in entries} == {(1980, 1, 1)}
    assert {entry.filename.partition("/")[0] for entry in entries} == {case_id}


def test_a_bundle_that_the_gate_refuses_is_not_left_behind(
    tmp_path: Path, a_case: CaseScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from iENEGraderLib.scene import deidentify

    a_case.volume.SetAttribute("DICOM.PatientName", NAME)
    monkeypatch.setattr(deidentify, "write_cleaned_bundle", lambda source, target, *_: shutil.copy(source, target))
    (tmp_path / "shared.mrb").write_text("the former one")

    with pytest.raises(InputError, match="name of the patient"):
        deidentify.save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS, patient="4711")
    assert [path.name for path in tmp_path.iterdir()] == ["shared.mrb"]
    assert (tmp_path / "shared.mrb").read_text() == "the former one"


def test_a_node_under_a_transform_is_refused(tmp_path: Path, a_case: CaseScene) -> None:
    import slicer
    from iENEGraderLib.scene.deidentify import save_shareable_bundle

    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    a_case.volume.SetAndObserveTransformNodeID(transform.GetID())

    with pytest.raises(InputError, match="harden"):
        save_shareable_bundle(tmp_path / "shared.mrb", PSEUDONYMS, patient="4711", known=KNOWN)

"""Which files stand behind a study: a folder, Slicer's DICOM database, volumes and sequences of the scene."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.scene.dicom_database import files_of_images, files_of_study, mr_studies, study_of_file
from PWIProtocolLib.scene.study_source import SourceKind, StudySource, source_from
from PWIProtocolLib.scene.volume_files import files_of_volume, volume_studies

if TYPE_CHECKING:
    from pathlib import Path

    from made_up_database import MadeUpDatabase

pytest_plugins = ("check_desk",)

UIDS = "DICOM.instanceUIDs"


def images_in(database: MadeUpDatabase, part: str) -> list[str]:
    """The images of a part of the made-up study."""
    return [str(image.SOPInstanceUID) for file, image in database.images.items() if part in file]


def files_in(folder: Path) -> set[Path]:
    """All files of a folder."""
    return {file for file in folder.rglob("*") if file.is_file()}


def test_the_database_offers_its_mr_studies(a_scene: Any, a_dicom_database: MadeUpDatabase) -> None:
    (study,) = mr_studies()
    assert study.title == "Doe^Jane · 20260105 · neck"
    for image in a_dicom_database.images.values():
        image.Modality = "CT"
    assert mr_studies() == ()


def test_all_files_of_a_study_are_found(a_scene: Any, a_dicom_database: MadeUpDatabase, the_sample_study: Path) -> None:
    assert set(files_of_study(mr_studies()[0].uid)) == files_in(the_sample_study)


@pytest.mark.parametrize("database", [None, SimpleNamespace(isOpen=False)])
def test_without_an_open_database_there_is_nothing_and_nobody_waits(
    a_scene: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Any
) -> None:
    import slicer

    monkeypatch.setattr(slicer, "dicomDatabase", database, raising=False)
    assert mr_studies() == ()
    assert files_of_study("1.2.3") == ()
    assert files_of_images(["1.2.3"]) == ()
    assert study_of_file(tmp_path) == ""
    with pytest.raises(InputError, match="no longer in the DICOM database"):
        StudySource(SourceKind.DATABASE, "1.2.3").paths()


def test_a_volume_leads_to_the_files_of_its_images(
    a_scene: Any, a_dicom_database: MadeUpDatabase, the_sample_study: Path
) -> None:
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "T1")
    assert files_of_volume(node) == ()
    node.SetAttribute(UIDS, " ".join([*images_in(a_dicom_database, "flip-angles"), "1.2.3.unknown"]))
    assert set(files_of_volume(node)) == files_in(the_sample_study / "flip-angles")


def test_a_sequence_leads_to_the_files_of_its_frames(a_scene: Any, a_dicom_database: MadeUpDatabase) -> None:
    import slicer

    sequence = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSequenceNode", "DCE")
    images = images_in(a_dicom_database, "dynamic")
    for frame in range(3):
        volume = slicer.vtkMRMLScalarVolumeNode()
        volume.SetAttribute(UIDS, " ".join(images[2 * frame : 2 * frame + 2]))
        sequence.SetDataNodeAtValue(volume, str(frame))
    assert files_of_volume(sequence) == files_of_images(images[:6])
    assert len(files_of_volume(sequence)) == 6


def test_a_time_series_that_lists_its_files_needs_no_database(a_scene: Any, the_sample_study: Path) -> None:
    import slicer

    files = sorted(files_in(the_sample_study / "dynamic"))
    sequence = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSequenceNode", "DCE")
    sequence.SetAttribute("MultiVolume.FrameFileList", ",".join(map(str, files)))
    assert files_of_volume(sequence) == tuple(files)
    (study,) = volume_studies()
    assert StudySource(SourceKind.SCENE, study.uid).paths() == tuple(files)


def test_a_volume_that_only_the_data_tree_knows_leads_to_its_series(
    a_scene: Any, a_dicom_database: MadeUpDatabase, the_sample_study: Path
) -> None:
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "DCE")
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    image = next(image for file, image in a_dicom_database.images.items() if "dynamic" in file)
    hierarchy.SetItemUID(hierarchy.GetItemByDataNode(node), "DICOM", str(image.SeriesInstanceUID))
    assert set(files_of_volume(node)) == files_in(the_sample_study / "dynamic")


def test_volumes_of_one_study_are_offered_together(
    a_scene: Any, a_dicom_database: MadeUpDatabase, the_sample_study: Path
) -> None:
    import slicer

    for name in ("flip-angles", "dynamic"):
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
        node.SetAttribute(UIDS, " ".join(images_in(a_dicom_database, name)))
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "drawn")
    (study,) = volume_studies()
    assert study.volumes == ("flip-angles", "dynamic")
    assert set(StudySource(SourceKind.SCENE, study.uid).paths()) == files_in(the_sample_study)


@pytest.mark.parametrize("kind", list(SourceKind))
def test_a_source_can_be_written_down_and_read_again(kind: SourceKind) -> None:
    source = StudySource(kind, "C:/a folder: of a study")
    assert source_from(str(source)) == source


@pytest.mark.parametrize("text", ["", "nothing", "place:/a/b"])
def test_what_is_no_source_is_none(text: str) -> None:
    assert source_from(text) is None

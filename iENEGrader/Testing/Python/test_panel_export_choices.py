"""What is chosen beside targets and folder: teacher's notes, face, who drew the segments, what the image is."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import pydicom
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from export_desk import Exporter

pytest_plugins = ("panel_fixtures", "export_desk")

SIMULATED = "Simulated: computed by the software, not a patient."
NOTES = 'title = "A lump on both sides"\ndiscussion = "Heed the jugular vein."\n'


def the_file(folder: Path, name: str) -> Path:
    (found,) = folder.glob(f"*/{name}")
    return found


def answer(monkeypatch: pytest.MonkeyPatch, dialog: str, path: str) -> None:
    """Answer the next file dialogs with a path; an empty one cancels."""
    import qt

    monkeypatch.setattr(qt.QFileDialog, dialog, staticmethod(lambda *_arguments: path))


# Plain at first


def test_what_is_rarely_chosen_is_folded_in(an_exporter: Exporter) -> None:
    more = an_exporter.fold.more
    assert more.fold.collapsed
    assert not more.replaceBox.isVisible()
    assert not an_exporter.fold.notesRow.visible
    assert an_exporter.unfold().replaceBox.isVisible()


def test_only_what_goes_with_the_ticked_targets_is_offered(an_exporter: Exporter) -> None:
    fold, more = an_exporter.fold, an_exporter.unfold()
    shown = (fold.notesRow, more.nodesRow, more.anatomyRow, more.formBox)
    for names, expected in (
        (("csv",), [False, False, False, False]),
        (("teaching-file",), [True, False, False, False]),
        (("dicom-seg", "csv"), [False, True, True, True]),
    ):
        an_exporter.tick(*names)
        assert [widget.isVisible() for widget in shown] == expected


@pytest.mark.parametrize("kind", ["not stated", "drawn by hand", "automatic"])
def test_the_panel_stays_as_wide_as_it_is(an_exporter: Exporter, kind: str) -> None:
    an_exporter.tick("dicom-seg", "teaching-file")
    more = an_exporter.unfold()
    for row in (more.nodesRow, more.anatomyRow):
        an_exporter.choose(row.kindBox, kind)
    assert an_exporter.fold.minimumSizeHint.width() <= 366


def test_the_room_comes_back_when_more_is_folded_in(an_exporter: Exporter) -> None:
    an_exporter.tick("dicom-seg", "teaching-file")
    an_exporter.application.processEvents()
    strip, before = an_exporter.panel.resultStrip, an_exporter.panel.resultStrip.height
    more = an_exporter.unfold()
    assert strip.height > before + 100
    more.fold.collapsed = True
    for _turn in range(3):
        an_exporter.application.processEvents()
    assert strip.height == before


# Face


def test_the_face_is_offered_with_de_identification_alone(an_exporter: Exporter) -> None:
    fold, more = an_exporter.fold, an_exporter.unfold()
    assert more.defaceBox.isEnabled()
    assert "a segment mandible or hyoid is needed" in more.defaceBox.toolTip
    fold.deidentifyBox.click()
    assert not more.defaceBox.isEnabled()
    assert "tick de-identify first" in more.defaceBox.toolTip


def test_a_face_that_cannot_be_found_is_told_in_one_line(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.unfold().defaceBox.click()
    an_exporter.export(tmp_path / "out", "csv", "dicom-seg")
    assert "segment" in an_exporter.message
    assert "hyoid" in an_exporter.message
    assert "--" not in an_exporter.message
    assert not (tmp_path / "out").exists()


def test_a_ticked_face_counts_for_nothing_without_de_identification(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.unfold().defaceBox.click()
    an_exporter.fold.deidentifyBox.click()
    an_exporter.export(tmp_path / "out", "csv")
    assert an_exporter.message == ""
    assert "not de-identified" in an_exporter.said


# Segments


def algorithms(folder: Path) -> dict[str, tuple[str, str]]:
    """How each segment was drawn, and by which program, as the DICOM file says."""
    written = pydicom.dcmread(the_file(folder, "dicom/segmentation.dcm"))
    return {
        str(each.SegmentLabel): (str(each.SegmentAlgorithmType), str(each.get("SegmentAlgorithmName", "")))
        for each in written.SegmentSequence
    }


def test_who_drew_the_segments_is_written_and_remembered(an_exporter: Exporter, tmp_path: Path) -> None:
    from iENEGraderLib.panel.export.drawn_by import DrawnBy
    from iENEGraderLib.panel.export.export_fold import ExportFold

    an_exporter.tick("dicom-seg")
    more = an_exporter.unfold()
    an_exporter.choose(more.nodesRow.kindBox, "drawn by hand")
    an_exporter.choose(more.anatomyRow.kindBox, "automatic")
    an_exporter.type_into(more.anatomyRow.programBox, "TotalSegmentator")
    an_exporter.type_into(more.anatomyRow.versionBox, "2.4.0")
    an_exporter.export(tmp_path / "out", "dicom-seg")
    assert an_exporter.message == ""
    found = algorithms(tmp_path / "out")
    assert {kind for kind, _program in found.values()} == {"MANUAL", "AUTOMATIC"}
    assert {program for _kind, program in found.values() if program} == {"TotalSegmentator 2.4.0"}
    assert "not stated" not in an_exporter.said
    later = ExportFold(an_exporter.panel._session, an_exporter.panel.attempt)
    assert later.more.nodesRow.drawnBy == DrawnBy("MANUAL")
    assert later.more.anatomyRow.drawnBy == DrawnBy("AUTOMATIC", "TotalSegmentator", "2.4.0")


def test_what_nobody_said_of_the_segments_is_told_with_the_place_to_say_it(
    an_exporter: Exporter, tmp_path: Path
) -> None:
    an_exporter.export(tmp_path / "out", "dicom-seg")
    assert an_exporter.said.count("say it below More") == 2
    assert "--" not in an_exporter.said


def test_a_program_without_a_version_is_asked_for(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.tick("dicom-seg")
    more = an_exporter.unfold()
    an_exporter.choose(more.nodesRow.kindBox, "semi-automatic")
    an_exporter.type_into(more.nodesRow.programBox, "MONAI Label")
    an_exporter.export(tmp_path / "out", "dicom-seg")
    words = "Nodes are semi-automatic: give the name and the version of the program that drew them"
    assert an_exporter.message == words
    an_exporter.export(tmp_path / "out", "csv")
    assert an_exporter.message == "", "it counts for a DICOM segmentation alone"


def test_the_segmentation_is_stored_as_it_is_chosen(an_exporter: Exporter, tmp_path: Path) -> None:
    frames = []
    for words in ("all sections, for every viewer", "without empty sections: smaller"):
        an_exporter.tick("dicom-seg")
        an_exporter.choose(an_exporter.unfold().formBox, words)
        an_exporter.export(tmp_path / words[:3], "dicom-seg")
        written = pydicom.dcmread(the_file(tmp_path / words[:3], "dicom/segmentation.dcm"))
        frames.append(int(written.NumberOfFrames))
        segments = len(written.SegmentSequence)
    assert frames[0] == 40 * segments
    assert 0 < frames[1] < frames[0]


# What the image is


def test_the_image_is_what_the_scene_says_until_the_user_says_otherwise(an_exporter: Exporter, tmp_path: Path) -> None:
    import slicer
    from iENEGraderLib.export.report_content import ImageOrigin
    from iENEGraderLib.scene.image_origin import state_origin

    more = an_exporter.unfold()
    assert more.originBox.currentText == "not stated"
    more.fold.collapsed = True
    state_origin(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")[0], ImageOrigin.SIMULATED)
    an_exporter.export(tmp_path / "said", "report")
    assert SIMULATED in the_file(tmp_path / "said", "report.html").read_text(encoding="utf-8")
    assert an_exporter.unfold().originBox.currentText == "simulated"
    an_exporter.choose(more.originBox, "of a patient")
    an_exporter.export(tmp_path / "chosen", "report")
    page = the_file(tmp_path / "chosen", "report.html").read_text(encoding="utf-8")
    assert SIMULATED not in page
    assert "Real images." in page


def test_what_belongs_to_one_case_is_not_taken_for_another(an_exporter: Exporter, tmp_path: Path) -> None:
    fold, more = an_exporter.fold, an_exporter.unfold()
    an_exporter.choose(more.originBox, "simulated")
    more.replaceBox.click()
    an_exporter.tick("teaching-file")
    an_exporter.type_into(fold.notesRow.pathBox, str(tmp_path / "teaching.toml"))
    an_exporter.export(tmp_path / "out", "report")
    assert an_exporter.said != ""
    fold.deidentifyBox.click()
    assert not fold.deidentifyBox.checked
    an_exporter.panel.caseSection.newButton.click()
    assert fold.deidentifyBox.checked
    assert (more.originBox.currentText, more.replaceBox.checked) == ("not stated", False)
    assert (fold.notesRow.pathBox.text, an_exporter.said) == ("", "")


# Teacher's notes


def test_what_the_teacher_wrote_stands_in_the_teaching_file(
    an_exporter: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "teaching.toml"
    notes.write_text(NOTES, encoding="utf-8")
    an_exporter.tick("teaching-file")
    answer(monkeypatch, "getOpenFileName", str(notes))
    an_exporter.fold.notesRow.browseButton.click()
    assert an_exporter.fold.notesRow.pathBox.text == str(notes)
    an_exporter.export(tmp_path / "out", "teaching-file")
    assert an_exporter.message == ""
    page = the_file(tmp_path / "out", "teaching/index.html").read_text(encoding="utf-8")
    assert "A lump on both sides" in page
    assert "Heed the jugular vein." in page
    with zipfile.ZipFile(the_file(tmp_path / "out", "teaching/mirc.zip")) as mirc:
        assert "Heed the jugular vein." in mirc.read("teaching-file.xml").decode("utf-8")


def test_a_file_to_fill_in_can_be_begun(an_exporter: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from iENEGraderLib.export.teaching.notes_template import notes_template

    notes, row = tmp_path / "teaching.toml", an_exporter.fold.notesRow
    an_exporter.tick("teaching-file")
    answer(monkeypatch, "getSaveFileName", "")
    row.newButton.click()
    assert (row.pathBox.text, row.words.visible) == ("", False)
    answer(monkeypatch, "getSaveFileName", str(notes))
    row.newButton.click()
    assert notes.read_text(encoding="utf-8") == notes_template()
    assert row.pathBox.text == str(notes)
    assert f'href="file://{notes}"' in row.words.text
    an_exporter.export(tmp_path / "out", "teaching-file")
    assert an_exporter.message == ""


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("{folder}/none.toml", "", "none.toml: there is no such file; choose the teacher's notes anew"),
        ("teaching.toml", "", "Choose the file of the teacher's notes, by its whole path."),
        ("{folder}/teaching.toml", "titel = 'A lump'", "found 'titel', expected one of title"),
        ("{folder}/teaching.toml", "title = ", "teaching.toml: cannot be read as TOML"),
    ],
)
def test_notes_that_are_wrong_are_told_before_anything_is_done(
    an_exporter: Exporter, tmp_path: Path, path: str, text: str, reason: str
) -> None:
    (tmp_path / "teaching.toml").write_text(text, encoding="utf-8")
    steps: list[Any] = []
    an_exporter.at_step(1, lambda: steps.append(1))
    an_exporter.tick("teaching-file")
    an_exporter.type_into(an_exporter.fold.notesRow.pathBox, path.format(folder=tmp_path))
    an_exporter.export(tmp_path / "out", "teaching-file")
    assert reason in an_exporter.message
    assert steps == []


def test_a_place_that_cannot_be_written_is_told(an_exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    an_exporter.tick("teaching-file")
    answer(monkeypatch, "getSaveFileName", "/proc/teaching.toml")
    an_exporter.fold.notesRow.newButton.click()
    assert "cannot write here" in an_exporter.message
    assert an_exporter.fold.notesRow.pathBox.text == ""


# Memory


def test_choices_are_remembered_for_the_next_case_and_not_in_the_scene(an_exporter: Exporter, tmp_path: Path) -> None:
    import slicer
    from iENEGraderLib.panel.export.export_fold import ExportFold

    an_exporter.unfold().defaceBox.click()
    an_exporter.fold.deidentifyBox.click()
    an_exporter.export(tmp_path / "out", "csv", "fhir")
    later = ExportFold(an_exporter.panel._session, an_exporter.panel.attempt)
    assert [name for name, box in later.targetBoxes.items() if box.checked] == ["csv", "fhir"]
    assert (later.folderBox.text, later.deidentifyBox.checked) == (str(tmp_path / "out"), True)
    assert (later.more.defaceBox.checked, later.more.defaceBox.enabled) == (True, True)
    slicer.mrmlScene.SetSaveToXMLString(1)
    try:
        slicer.mrmlScene.Commit()
    finally:
        slicer.mrmlScene.SetSaveToXMLString(0)
    assert str(tmp_path) not in slicer.mrmlScene.GetSceneXMLString()


def test_settings_that_cannot_be_understood_are_as_never_made(an_empty_memory: Any) -> None:
    from iENEGraderLib.panel.export.export_settings import FORM_KEY, NODES_KEY, ExportSettings, load_settings

    an_empty_memory.setValue(FORM_KEY, "stone tablets")
    an_empty_memory.setValue(NODES_KEY, "BY_MAGIC\tWand\t1")
    assert load_settings() == ExportSettings()

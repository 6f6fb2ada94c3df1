"""Exporting from the panel: what a user ticks is written, all of it or nothing, and what came of it is said."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from scene_builders import ENDS, a_reading, an_image, some_segments
from test_scene_export_case import add_dicom_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.fixture
def a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, where the key of the pseudonyms is made, and no browser that would print."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("iENEGraderLib.export.pdf.browser", lambda: None)
    return home


@pytest.fixture
def an_empty_memory(a_running_slicer: Any) -> Iterator[None]:
    """Nothing was ever exported on this computer."""
    import slicer

    slicer.app.userSettings().remove("iENEGrader/Export")
    yield
    slicer.app.userSettings().remove("iENEGrader/Export")


@pytest.fixture
def an_exporter(an_empty_memory: None, a_home: Path, a_user: PanelUser) -> PanelUser:
    """A user with a small case in the scene who has folded the export out."""
    from iENEGraderLib.scene.case_scene import add_case

    segments = some_segments()
    add_case(an_image(), segments[:2], segments[2:], a_reading(), ENDS)
    a_user.panel.exportButton.click()
    return a_user


def export(user: PanelUser, folder: Path | str, *names: str) -> None:
    """Tick these targets and no others, type the folder, and click Export."""
    fold = user.panel.exportFold
    for name, box in fold.targetBoxes.items():
        if box.checked != (name in names):
            box.click()
    user.type_into(fold.folderBox, str(folder))
    fold.exportButton.click()


def said(user: PanelUser) -> str:
    """What stands below the button after an export."""
    label = user.panel.exportFold.resultLabel
    return "" if label.isHidden() else str(label.text)


def test_the_fold_opens_alone_and_stays_open_while_the_reading_changes(an_exporter: PanelUser) -> None:
    panel = an_exporter.panel
    assert panel.exportFold.visible
    an_exporter.choose(panel.siteSection.tBox, "T3")
    assert panel.exportFold.visible
    panel.resultStrip.whyButton.click()
    assert (panel.exportFold.visible, panel.exportButton.checked, panel.resultStrip.details.visible) == (
        False, False, True,
    )  # fmt: skip
    panel.exportButton.click()
    assert (panel.exportFold.visible, panel.resultStrip.details.visible) == (True, False)


def test_a_table_and_a_report_are_written_de_identified_at_first(an_exporter: PanelUser, tmp_path: Path) -> None:
    fold = an_exporter.panel.exportFold
    ticked = [name for name, box in fold.targetBoxes.items() if box.checked]
    assert (ticked, fold.deidentifyBox.checked) == (["report", "csv"], True)
    export(an_exporter, tmp_path / "out", "report", "csv")
    assert an_exporter.message == ""
    (folder,) = (tmp_path / "out").iterdir()
    assert folder.name.startswith("HNN-")
    assert sorted(path.name for path in folder.iterdir()) == ["export.json", "nodes.csv", "report.html"]
    rows = list(csv.DictReader((folder / "nodes.csv").open(encoding="utf-8", newline="")))
    assert [(row["case_id"], row["node_id"]) for row in rows] == [(folder.name, "N1"), (folder.name, "N2")]
    assert "2 files" in said(an_exporter)
    assert f">{folder.name}</a>, de-identified: nodes.csv, report.html" in said(an_exporter)
    assert "no PDF was written" in said(an_exporter)


def test_without_de_identification_the_result_says_so(an_exporter: PanelUser, tmp_path: Path) -> None:
    an_exporter.panel.exportFold.deidentifyBox.click()
    export(an_exporter, tmp_path / "out", "csv")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Gr\u00fcn-1"]
    assert "not de-identified" in said(an_exporter)
    assert not (Path.home() / ".hnn-pseudonyms.key").exists()


def test_what_is_made_to_be_shared_leaves_no_choice(an_exporter: PanelUser) -> None:
    fold = an_exporter.panel.exportFold
    fold.deidentifyBox.click()
    fold.targetBoxes["teaching-file"].click()
    assert (fold.deidentifyBox.checked, fold.deidentifyBox.enabled) == (True, False)
    fold.targetBoxes["teaching-file"].click()
    assert (fold.deidentifyBox.checked, fold.deidentifyBox.enabled) == (False, True)


def test_segments_become_dicom_of_the_patients_series_under_a_pseudonym(
    an_empty_memory: None, a_home: Path, a_user: PanelUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_dicom_case(tmp_path, monkeypatch)
    a_user.panel.exportButton.click()
    export(a_user, tmp_path / "out", "dicom-seg")
    assert a_user.message == ""
    (folder,) = (tmp_path / "out").iterdir()
    written = pydicom.dcmread(folder / "dicom/segmentation.dcm")
    images = [pydicom.dcmread(path) for path in sorted((folder / "dicom/images").iterdir())]
    assert (written.Modality, written.PatientID, len(images)) == ("SEG", folder.name, 12)
    assert {str(image.PatientID) for image in images} == {folder.name}
    assert written.FrameOfReferenceUID == images[0].FrameOfReferenceUID
    assert "<b>13 files</b>" in said(a_user)
    assert "de-identified: dicom/images (12), dicom/segmentation.dcm" in said(a_user)


def test_earlier_files_are_replaced_only_when_that_is_ticked(an_exporter: PanelUser, tmp_path: Path) -> None:
    export(an_exporter, tmp_path / "out", "csv")
    export(an_exporter, tmp_path / "out", "csv")
    assert an_exporter.message.endswith("is there already; choose another folder, or tick replace")
    assert said(an_exporter) == ""
    an_exporter.panel.exportFold.replaceBox.click()
    export(an_exporter, tmp_path / "out", "csv", "fhir")
    assert an_exporter.message == ""
    assert "fhir.json, nodes.csv" in said(an_exporter)


def test_nothing_is_written_when_one_target_cannot_be(an_exporter: PanelUser, tmp_path: Path) -> None:
    export(an_exporter, tmp_path / "out", "csv", "parametric-map")
    assert "the case has no map of iodine or fat; show them in Spectral first" in an_exporter.message
    assert not (tmp_path / "out").exists()
    assert (said(an_exporter), an_exporter.panel.exportFold.exportButton.enabled) == ("", True)
    assert an_exporter.panel.exportFold.progressLabel.text == ""


@pytest.mark.parametrize(
    ("folder", "names", "reason"),
    [
        ("", ("csv",), "Choose the folder for exports, by its whole path."),
        ("exports", ("csv",), "Choose the folder for exports, by its whole path."),
        ("~", ("csv",), "holds the key of the pseudonyms (.hnn-pseudonyms.key)"),
        ("{file}", ("csv",), "is a file; choose a folder for the results"),
        ("~/out", (), "Nothing is ticked; choose what to export."),
    ],
)
def test_what_is_not_chosen_well_is_said_in_the_message_bar(
    an_exporter: PanelUser, tmp_path: Path, folder: str, names: tuple[str, ...], reason: str
) -> None:
    (tmp_path / "file").write_text("")
    export(an_exporter, folder.format(file=tmp_path / "file"), *names)
    assert reason in an_exporter.message
    assert "--" not in an_exporter.message


def test_another_case_is_not_taken_for_simulated_nor_for_the_one_that_was_written(
    an_exporter: PanelUser, tmp_path: Path
) -> None:
    fold = an_exporter.panel.exportFold
    fold.simulatedBox.click()
    fold.replaceBox.click()
    export(an_exporter, tmp_path / "out", "report")
    (page,) = (tmp_path / "out").glob("*/report.html")
    assert "Simulated: computed by the software, not a patient." in page.read_text(encoding="utf-8")
    an_exporter.panel.caseSection.newButton.click()
    assert (fold.simulatedBox.checked, fold.replaceBox.checked, said(an_exporter)) == (False, False, "")


def test_what_is_being_done_is_told_while_clicks_wait(
    an_exporter: PanelUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold, seen = an_exporter.panel.exportFold, []
    tell = type(fold)._say

    def watched(each: Any, what: str) -> None:
        tell(each, what)
        seen.append((fold.progressLabel.text, fold.exportButton.enabled))

    monkeypatch.setattr(type(fold), "_say", watched)
    export(an_exporter, tmp_path / "out", "csv")
    words = ("reading the scene", "leaving out what identifies the patient", "csv",
             "looking for what identifies the patient")  # fmt: skip
    assert seen == [(f"{each} ...", False) for each in words]
    assert (fold.progressLabel.text, fold.exportButton.enabled) == ("", True)


def test_without_a_reading_there_is_nothing_to_export(
    an_empty_memory: None, a_home: Path, a_user: PanelUser, tmp_path: Path
) -> None:
    a_user.panel.exportButton.click()
    export(a_user, tmp_path / "out", "csv")
    assert a_user.message == "There is no reading in the scene; begin or open one first."


def test_choices_are_remembered_for_the_next_case_and_not_in_the_scene(an_exporter: PanelUser, tmp_path: Path) -> None:
    import slicer
    from iENEGraderLib.panel.export.export_fold import ExportFold

    an_exporter.panel.exportFold.deidentifyBox.click()
    an_exporter.panel.exportFold.simulatedBox.click()
    export(an_exporter, tmp_path / "out", "csv", "fhir")
    later = ExportFold(an_exporter.panel._session, an_exporter.panel.attempt)
    assert [name for name, box in later.targetBoxes.items() if box.checked] == ["csv", "fhir"]
    assert (later.folderBox.text, later.deidentifyBox.checked) == (str(tmp_path / "out"), False)
    assert not later.simulatedBox.checked
    slicer.mrmlScene.SetSaveToXMLString(1)
    try:
        slicer.mrmlScene.Commit()
    finally:
        slicer.mrmlScene.SetSaveToXMLString(0)
    assert str(tmp_path) not in slicer.mrmlScene.GetSceneXMLString()


def test_the_folder_can_be_browsed_for(an_exporter: PanelUser, monkeypatch: pytest.MonkeyPatch) -> None:
    import qt

    answers = iter(("/data/exports", ""))
    monkeypatch.setattr(qt.QFileDialog, "getExistingDirectory", staticmethod(lambda *_arguments: next(answers)))
    for _answer in range(2):
        an_exporter.panel.exportFold.browseButton.click()
    assert an_exporter.panel.exportFold.folderBox.text == "/data/exports"

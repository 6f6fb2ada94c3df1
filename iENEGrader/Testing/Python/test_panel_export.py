"""Exporting from the panel: what a user ticks is written, all of it or nothing, and what came of it is said."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from test_scene_export_case import add_dicom_case

if TYPE_CHECKING:
    from export_desk import Exporter

pytest_plugins = ("panel_fixtures", "export_desk")

TABLES = ("measurements.csv", "nodes.csv")
KEY_NOTE = "pseudonyms come from the key in ~/.hnn-pseudonyms.key: keep it, and do not share it"


def test_the_fold_opens_alone_and_stays_open_while_the_reading_changes(an_exporter: Exporter) -> None:
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


def test_a_table_and_a_report_are_written_de_identified_at_first(an_exporter: Exporter, tmp_path: Path) -> None:
    fold = an_exporter.fold
    ticked = [name for name, box in fold.targetBoxes.items() if box.checked]
    assert (ticked, fold.deidentifyBox.checked) == (["report", "csv"], True)
    an_exporter.export(tmp_path / "out", "report", "csv")
    assert an_exporter.message == ""
    (folder,) = (tmp_path / "out").iterdir()
    assert folder.name.startswith("HNN-")
    assert sorted(path.name for path in folder.iterdir()) == ["export.json", *TABLES, "report.html"]
    rows = list(csv.DictReader((folder / "nodes.csv").open(encoding="utf-8", newline="")))
    assert [row["node_id"] for row in rows] == ["N1", "N2"]
    assert all(folder.name.startswith(row["case_id"]) and row["case_id"].startswith("HNN-") for row in rows)
    assert "files in" in an_exporter.said
    assert f"in {folder.name}, de-identified: " in an_exporter.said
    assert KEY_NOTE in an_exporter.said
    assert "no PDF was written" in an_exporter.said
    html = an_exporter.fold.resultView.html
    assert f'href="file://{folder}"' in html
    assert f'href="file://{folder}/report.html"' in html


def test_without_de_identification_the_result_says_so(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.fold.deidentifyBox.click()
    an_exporter.export(tmp_path / "out", "csv")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Gr\u00fcn-1"]
    assert "not de-identified" in an_exporter.said
    assert not (Path.home() / ".hnn-pseudonyms.key").exists()


def test_what_is_made_to_be_shared_leaves_no_choice(an_exporter: Exporter) -> None:
    fold = an_exporter.fold
    fold.deidentifyBox.click()
    fold.targetBoxes["teaching-file"].click()
    assert (fold.deidentifyBox.checked, fold.deidentifyBox.enabled) == (True, False)
    fold.targetBoxes["teaching-file"].click()
    assert (fold.deidentifyBox.checked, fold.deidentifyBox.enabled) == (False, True)


def test_segments_become_dicom_of_the_patients_series_under_a_pseudonym(
    a_newcomer: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_dicom_case(tmp_path, monkeypatch)
    a_newcomer.export(tmp_path / "out", "dicom-seg")
    assert a_newcomer.message == ""
    (folder,) = (tmp_path / "out").iterdir()
    written = pydicom.dcmread(folder / "dicom/segmentation.dcm")
    images = [pydicom.dcmread(path) for path in sorted((folder / "dicom/images").iterdir())]
    assert (written.Modality, len(images)) == ("SEG", 12)
    assert folder.name.startswith(str(written.PatientID))
    assert {str(image.PatientID) for image in images} == {str(written.PatientID)}
    assert str(written.PatientID).startswith("HNN-")
    assert written.FrameOfReferenceUID == images[0].FrameOfReferenceUID
    assert "13 files in" in a_newcomer.said
    assert "de-identified: dicom/images (12), dicom/segmentation.dcm" in a_newcomer.said


def test_earlier_files_are_replaced_only_when_that_is_ticked(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.export(tmp_path / "out", "csv")
    an_exporter.export(tmp_path / "out", "csv")
    assert an_exporter.message.endswith("is there already; choose another folder, or tick replace below More")
    assert an_exporter.said == ""
    an_exporter.fold.more.replaceBox.click()
    an_exporter.export(tmp_path / "out", "csv", "fhir")
    assert an_exporter.message == ""
    assert "fhir.json, measurements.csv, nodes.csv" in an_exporter.said


def test_nothing_is_written_when_one_target_cannot_be(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.export(tmp_path / "out", "csv", "parametric-map")
    assert "the case has no map; show them in Spectral, or fit a study in PWI Protocol" in an_exporter.message
    assert not (tmp_path / "out").exists()
    assert (an_exporter.said, an_exporter.fold.exportButton.enabled) == ("", True)
    assert not an_exporter.fold.progress.isVisible()


@pytest.mark.parametrize(
    ("folder", "names", "reason"),
    [
        ("", ("csv",), "Choose the folder for exports, by its whole path."),
        ("exports", ("csv",), "Choose the folder for exports, by its whole path."),
        ("~", ("csv",), "holds the key of the pseudonyms (.hnn-pseudonyms.key)"),
        ("{file}", ("csv",), "is a file; choose a folder for the results"),
        ("/proc/exports", ("csv",), "cannot write here"),
        ("~/out", (), "Nothing is ticked; choose what to export."),
    ],
)
def test_what_is_not_chosen_well_is_said_in_the_message_bar(
    an_exporter: Exporter, tmp_path: Path, folder: str, names: tuple[str, ...], reason: str
) -> None:
    (tmp_path / "file").write_text("")
    an_exporter.export(folder.format(file=tmp_path / "file"), *names)
    assert reason in an_exporter.message
    assert "--" not in an_exporter.message
    assert "\n" not in an_exporter.message
    assert an_exporter.said == ""


def test_without_a_reading_there_is_nothing_to_export(a_newcomer: Exporter, tmp_path: Path) -> None:
    a_newcomer.export(tmp_path / "out", "csv")
    assert a_newcomer.message == "There is no reading in the scene; begin or open one first."


def test_a_reading_without_segments_is_not_exported(a_newcomer: Exporter, tmp_path: Path) -> None:
    a_newcomer.enter_case("larynx", "T2")
    a_newcomer.export(tmp_path / "out", "csv")
    assert a_newcomer.message.startswith("There is no node segment in the scene; name the segments of nodes node_1")
    assert not (tmp_path / "out").exists()


def test_of_a_ct_without_dicom_a_series_is_made_and_told(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.export(tmp_path / "out", "dicom-seg")
    (folder,) = (tmp_path / "out").iterdir()
    assert len(list((folder / "dicom/images").iterdir())) == 40
    assert "the image came without DICOM, so a derived CT series was written" in an_exporter.said


def test_dicom_of_an_mr_that_came_without_dicom_is_refused(an_exporter: Exporter, tmp_path: Path) -> None:
    import slicer

    slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")[0].SetAttribute("HeadNeckNodes.Modality", "MR")
    an_exporter.export(tmp_path / "out", "csv", "dicom-seg")
    assert "MR" in an_exporter.message
    assert "\n" not in an_exporter.message
    assert not (tmp_path / "out").exists()


def test_each_target_says_what_it_gives_and_its_name_on_the_command_line(an_exporter: Exporter) -> None:
    from iENEGraderLib.export.job.registry import TARGETS

    boxes = an_exporter.fold.targetBoxes
    assert [boxes[each.name].toolTip for each in TARGETS] == [f"{each.title} ({each.name})" for each in TARGETS]


def test_a_long_result_leaves_room_for_the_reading(an_exporter: Exporter, tmp_path: Path) -> None:
    view = an_exporter.fold.resultView
    an_exporter.export(tmp_path / "out", "dicom-seg", "dicom-sr", "report", "csv")
    assert view.height <= 150
    assert view.verticalScrollBar().maximum > 0
    assert an_exporter.panel.window().width == 400


def test_the_folder_can_be_browsed_for(an_exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    import qt

    answers = iter(("/data/exports", ""))
    monkeypatch.setattr(qt.QFileDialog, "getExistingDirectory", staticmethod(lambda *_arguments: next(answers)))
    for _answer in range(2):
        an_exporter.fold.browseButton.click()
    assert an_exporter.fold.folderBox.text == "/data/exports"

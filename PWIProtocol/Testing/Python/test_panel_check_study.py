"""The panel of PWIProtocol, used as a radiographer does: choose a study, check it, stop, and read what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PWIProtocolLib.panel.check.check_words import Shown, staging_notice
from PWIProtocolLib.scene.study_source import SourceKind

if TYPE_CHECKING:
    from pathlib import Path

    from check_desk import PerfusionUser
    from made_up_database import MadeUpDatabase

pytest_plugins = ("check_desk",)

IN_PLANE, FRAME_RATE = "In-plane resolution", "Temporal resolution"


def test_an_empty_panel_says_what_it_is_for_and_what_not(a_perfusion_user: PerfusionUser) -> None:
    panel = a_perfusion_user.panel
    assert panel.emptyLabel.isVisible()
    assert "N staging: not recommended." in panel.emptyLabel.text
    assert not panel.checkSection.isVisible()
    assert "not a medical device" in panel.notice.text


def test_a_folder_that_is_checked_shows_every_criterion_with_its_verdict(
    a_perfusion_user: PerfusionUser, the_sample_study: Path
) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    assert len(a_perfusion_user.lines) == 18
    assert ("not met", FRAME_RATE, "6 s") in a_perfusion_user.lines
    assert ("not met", IN_PLANE, "2.4 mm") in a_perfusion_user.lines
    assert ("optimal", "Range of flip angles", "5, 15, 30 deg") in a_perfusion_user.lines
    assert ("cannot tell", "Contrast agent and dose", "–") in a_perfusion_user.lines
    assert a_perfusion_user.panel.checkSection.summary.text == "12 met · 1 optimal · 2 not met · 3 cannot tell"
    assert "sample-dce-study" in a_perfusion_user.panel.checkSection.head.text
    assert a_perfusion_user.panel.checkSection.stagingLabel.text == staging_notice()
    assert not a_perfusion_user.panel.emptyLabel.isVisible()
    assert a_perfusion_user.message == ""


def test_each_verdict_has_a_shape_of_its_own(a_perfusion_user: PerfusionUser, the_sample_study: Path) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    table = a_perfusion_user.panel.checkSection.table
    drawn = {
        table.item(row, 0).text(): table.item(row, 0).icon().pixmap(32, 32).toImage().createAlphaMask()
        for row in range(table.rowCount)
    }
    words = list(drawn)
    assert set(words) == {"met", "optimal", "not met", "cannot tell"}
    assert all(drawn[one] != drawn[other] for one in words for other in words if one != other)


def test_filters_count_and_list_what_they_name(a_perfusion_user: PerfusionUser, the_sample_study: Path) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    assert list(a_perfusion_user.counts.values()) == ["All 18", "Not met 2", "Cannot tell 3", "Met 13", "Entered 0"]
    a_perfusion_user.filter(Shown.NOT_MET)
    assert a_perfusion_user.titles == [IN_PLANE, FRAME_RATE]
    a_perfusion_user.filter(Shown.CANNOT_TELL)
    assert [line[0] for line in a_perfusion_user.lines] == ["cannot tell"] * 3
    a_perfusion_user.filter(Shown.MET)
    assert {line[0] for line in a_perfusion_user.lines} == {"met", "optimal"}
    a_perfusion_user.filter(Shown.ENTERED)
    assert a_perfusion_user.lines == []
    assert a_perfusion_user.details == "There is none of these."
    a_perfusion_user.filter(Shown.ALL)
    assert len(a_perfusion_user.lines) == 18


def test_a_click_on_a_line_shows_value_limit_attribute_file_statement_and_why(
    a_perfusion_user: PerfusionUser, the_sample_study: Path
) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    a_perfusion_user.click_line(FRAME_RATE)
    details = a_perfusion_user.details
    assert details.startswith("Temporal resolution: not met.")
    for part in ("Found: 6 s", "Limit: at most 5 s", "AcquisitionTime (0008,0032)", "dynamic/20-"):
        assert part in details
    for heading in ("Recommendation:", "Agreement:", "Why it matters:", "Source: Romeo"):
        assert heading in details


def test_keys_alone_are_enough_to_go_through_the_lines(a_perfusion_user: PerfusionUser, the_sample_study: Path) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    a_perfusion_user.check_folder(the_sample_study)
    a_perfusion_user.click_line(IN_PLANE)
    QTest.keyClick(a_perfusion_user.panel.checkSection.table, Qt.Key.Key_Down)
    assert a_perfusion_user.details.startswith("Fat suppression: met.")


@pytest.mark.parametrize(
    ("folder", "why"),
    [("", "no study was chosen"), ("/no/such/folder", "no such file or folder"), ("{empty}", "no DICOM image")],
)
def test_a_folder_that_cannot_be_checked_changes_nothing_and_says_why(
    a_perfusion_user: PerfusionUser, the_sample_study: Path, tmp_path: Path, folder: str, why: str
) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    before = a_perfusion_user.lines
    (tmp_path / "empty").mkdir()
    a_perfusion_user.panel.studySection.folderRow.showPath(folder.format(empty=tmp_path / "empty"))
    a_perfusion_user.panel.studySection.checkButton.click()
    assert why in a_perfusion_user.message
    assert a_perfusion_user.lines == before
    assert a_perfusion_user.panel.studySection.checkButton.isEnabled()


def test_cancel_in_the_middle_of_the_files_changes_nothing(
    a_perfusion_user: PerfusionUser, the_sample_study: Path
) -> None:
    row = a_perfusion_user.panel.progressRow
    seen = []

    def cancel(value: int) -> None:
        seen.append((value, row.isVisible(), a_perfusion_user.panel.studySection.enabled))
        if value > 0:
            row.cancelButton.click()

    row.bar.connect("valueChanged(int)", cancel)
    a_perfusion_user.check_folder(the_sample_study)
    assert seen[-2] == (50, True, False)  # 50 of 114 files, nothing else to press; then the bar went back to 0
    assert a_perfusion_user.message == "Stopped: nothing was changed"
    assert a_perfusion_user.panel.session.node is None
    assert not row.isVisible()
    assert a_perfusion_user.panel.studySection.enabled


def test_cancel_while_the_signal_is_read_leaves_the_former_check(
    a_perfusion_user: PerfusionUser, the_sample_study: Path
) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    before = a_perfusion_user.panel.session.node.GetText()
    row = a_perfusion_user.panel.progressRow
    row.bar.connect("valueChanged(int)", lambda value: row.cancelButton.click() if row.bar.maximum == 54 else None)
    a_perfusion_user.choose(a_perfusion_user.panel.checkSection.indicationBox, "Diagnosis")
    assert a_perfusion_user.message == "Stopped: nothing was changed"
    assert a_perfusion_user.panel.session.node.GetText() == before
    assert a_perfusion_user.panel.checkSection.indicationBox.currentText == "not chosen"


def test_a_scene_that_is_closed_meanwhile_stops_the_check(
    a_perfusion_user: PerfusionUser, the_sample_study: Path
) -> None:
    import slicer

    bar = a_perfusion_user.panel.progressRow.bar
    bar.connect("valueChanged(int)", lambda value: slicer.mrmlScene.Clear(0) if value else None)
    a_perfusion_user.check_folder(the_sample_study)
    assert a_perfusion_user.panel.session.node is None
    assert a_perfusion_user.message == "Stopped: nothing was changed"


def test_the_folder_can_be_browsed_for_or_dropped(a_perfusion_user: PerfusionUser, the_sample_study: Path) -> None:
    section = a_perfusion_user.panel.studySection
    a_perfusion_user.application.answerNext(str(the_sample_study))
    section.folderRow.browseButton.click()
    assert section.source.key == str(the_sample_study)
    a_perfusion_user.type_into(section.folderRow.box, f"file://{the_sample_study}")
    assert section.source.key == str(the_sample_study)
    a_perfusion_user.application.answerNext("")
    section.folderRow.browseButton.click()
    assert section.source.key == str(the_sample_study)


def test_rules_of_a_site_are_applied_marked_and_stay_with_the_study(
    a_perfusion_user: PerfusionUser, the_sample_study: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "site.toml"
    rules.write_text(
        'edition = "Our site"\n[[source]]\nkey = "SITE"\ncitation = "Protocol book."\n'
        '[[criterion]]\nid = "temporal_resolution"\nsource = "SITE"\nconfidence = "high"\n'
        'limits.maximum = { value = 7.0, unit = "s" }\n',
        encoding="utf-8",
    )
    a_perfusion_user.type_into(a_perfusion_user.panel.studySection.rulesRow.box, str(rules))
    a_perfusion_user.check_folder(the_sample_study)
    assert ("met", FRAME_RATE, "6 s") in a_perfusion_user.lines
    a_perfusion_user.click_line(FRAME_RATE)
    assert "A rule of your site." in a_perfusion_user.details
    assert "at most 7 s" in a_perfusion_user.details
    a_perfusion_user.panel.studySection.rulesRow.showPath("")
    a_perfusion_user.choose(a_perfusion_user.panel.checkSection.indicationBox, "Diagnosis")
    assert ("met", FRAME_RATE, "6 s") in a_perfusion_user.lines  # the rules that the study was checked with
    a_perfusion_user.panel.studySection.checkButton.click()
    assert ("not met", FRAME_RATE, "6 s") in a_perfusion_user.lines


def test_bad_rules_are_refused_with_the_row_and_change_nothing(
    a_perfusion_user: PerfusionUser, the_sample_study: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "site.toml"
    rules.write_text('edition = "Our site"\n[[criterion]]\nid = "slices"\n', encoding="utf-8")
    a_perfusion_user.application.answerNext(str(rules))
    a_perfusion_user.panel.studySection.rulesRow.browseButton.click()
    a_perfusion_user.check_folder(the_sample_study)
    assert "slices" in a_perfusion_user.message
    assert a_perfusion_user.panel.session.node is None


def test_the_sample_is_checked_by_one_click(a_perfusion_user: PerfusionUser) -> None:
    a_perfusion_user.panel.studySection.sampleButton.click()
    assert len(a_perfusion_user.lines) == 18
    assert a_perfusion_user.panel.studySection.source.key.endswith("sample-dce-study")


def test_the_sample_data_module_offers_the_study(a_perfusion_user: PerfusionUser) -> None:
    a_perfusion_user.application.pressSample("MadeUpPerfusionStudy")
    assert a_perfusion_user.check.label == "sample-dce-study"
    assert len(a_perfusion_user.lines) == 18


def test_without_a_dicom_database_the_panel_says_so_and_what_to_do(a_perfusion_user: PerfusionUser) -> None:
    section = a_perfusion_user.panel.studySection
    a_perfusion_user.choose(section.kindBox, "DICOM database")
    assert "There is no open DICOM database" in section.emptyLabel.text
    assert not section.studyBox.enabled
    section.checkButton.click()
    assert "no study was chosen" in a_perfusion_user.message
    a_perfusion_user.choose(section.kindBox, "Loaded volumes")
    assert "No loaded volume leads back to DICOM files" in section.emptyLabel.text


def test_a_study_of_the_dicom_database_is_checked_without_its_patient_in_the_result(
    a_perfusion_user: PerfusionUser, a_dicom_database: MadeUpDatabase
) -> None:
    section = a_perfusion_user.panel.studySection
    a_perfusion_user.choose(section.kindBox, "DICOM database")
    a_perfusion_user.choose(section.studyBox, "Doe^Jane · 20260105 · neck")
    section.checkButton.click()
    assert ("not met", FRAME_RATE, "6 s") in a_perfusion_user.lines
    assert a_perfusion_user.check.label == "study of the DICOM database"
    assert "Doe" not in a_perfusion_user.panel.session.node.GetText()
    assert "Doe" not in a_perfusion_user.panel.session.node.GetName()


def test_a_study_that_left_the_database_is_not_replaced_by_another(
    a_perfusion_user: PerfusionUser, a_dicom_database: MadeUpDatabase
) -> None:
    section = a_perfusion_user.panel.studySection
    a_perfusion_user.choose(section.kindBox, "DICOM database")
    for image in a_dicom_database.images.values():
        image.StudyInstanceUID = "1.2.3"
    section.refreshButton.click()
    section.checkButton.click()
    assert "no study was chosen" in a_perfusion_user.message
    assert a_perfusion_user.panel.session.node is None


def test_loaded_volumes_lead_back_to_their_files(
    a_perfusion_user: PerfusionUser, a_dicom_database: MadeUpDatabase
) -> None:
    import slicer

    images = [image for file, image in a_dicom_database.images.items() if "dynamic" in file]
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "20: DCE")
    node.SetAttribute("DICOM.instanceUIDs", " ".join(str(image.SOPInstanceUID) for image in images))
    section = a_perfusion_user.panel.studySection
    a_perfusion_user.choose(section.kindBox, "Loaded volumes")
    assert section.source.kind is SourceKind.SCENE
    section.checkButton.click()
    assert ("not met", FRAME_RATE, "6 s") in a_perfusion_user.lines
    assert ("cannot tell", "Flip angles for T1 mapping", "–") in a_perfusion_user.lines  # none is loaded


def test_two_studies_stand_side_by_side_and_can_be_switched(
    a_perfusion_user: PerfusionUser, the_sample_study: Path, a_sample_study: Path
) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    assert not a_perfusion_user.panel.checkBox.isVisible()
    for file in (a_sample_study / "flip-angles").iterdir():
        file.unlink()
    a_perfusion_user.check_folder(a_sample_study)
    box: Any = a_perfusion_user.panel.checkBox
    assert box.isVisible()
    assert ("cannot tell", "Flip angles for T1 mapping", "–") in a_perfusion_user.lines
    a_perfusion_user.choose(box, box.itemText(0))
    assert ("met", "Flip angles for T1 mapping", "3 angles") in a_perfusion_user.lines

"""A folder with several studies in the panel: they are offered, one is chosen, checked, fitted and found again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PWIProtocolLib.scene.study_source import SourceKind, StudySource, source_from
from pydicom import dcmread
from pydicom.uid import generate_uid

if TYPE_CHECKING:
    from pathlib import Path

    from check_desk import PerfusionUser

pytest_plugins = ("check_desk",)

FRAME_RATE, ANGLES = "Temporal resolution", "Flip angles for T1 mapping"


@pytest.fixture
def a_folder_of_two_studies(a_sample_study: Path, tmp_path: Path) -> Path:
    """The made-up study, and its dynamic series alone as another study."""
    folder = tmp_path / "both"
    shutil.copytree(a_sample_study, folder / "first")
    shutil.copytree(a_sample_study / "dynamic", folder / "second")
    study, series = generate_uid(), generate_uid()
    for file in (folder / "second").iterdir():
        image = dcmread(file)
        image.StudyInstanceUID, image.SeriesInstanceUID = study, series
        image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        image.save_as(file)
    return folder


@pytest.fixture
def a_choosing_user(a_perfusion_user: PerfusionUser, a_folder_of_two_studies: Path) -> PerfusionUser:
    """A user who has pressed Check for the folder of two studies."""
    a_perfusion_user.check_folder(a_folder_of_two_studies)
    return a_perfusion_user


def test_the_studies_of_a_folder_are_offered_and_none_is_taken_unasked(a_choosing_user: PerfusionUser) -> None:
    box = a_choosing_user.panel.studySection.studyBox
    assert box.isVisible()
    assert [box.itemText(at) for at in range(box.count)] == ["choose a study", "first", "second"]
    assert box.currentText == "choose a study"
    assert "holds 2 studies" in a_choosing_user.message
    assert a_choosing_user.panel.session.node is None


def test_the_chosen_study_is_checked_and_the_other_can_be_chosen_next(a_choosing_user: PerfusionUser) -> None:
    section = a_choosing_user.panel.studySection
    a_choosing_user.choose(section.studyBox, "second")
    section.checkButton.click()
    assert a_choosing_user.check.label == "second"
    assert ("cannot tell", ANGLES, "–") in a_choosing_user.lines
    assert a_choosing_user.message == ""
    a_choosing_user.choose(section.studyBox, "first")
    section.checkButton.click()
    assert a_choosing_user.check.label == "first"
    assert ("met", ANGLES, "3 angles") in a_choosing_user.lines


def test_an_entry_is_made_for_the_chosen_study(a_choosing_user: PerfusionUser) -> None:
    a_choosing_user.choose(a_choosing_user.panel.studySection.studyBox, "second")
    a_choosing_user.panel.studySection.checkButton.click()
    a_choosing_user.choose(a_choosing_user.panel.checkSection.indicationBox, "Diagnosis")
    assert a_choosing_user.message == ""
    assert (a_choosing_user.check.label, a_choosing_user.check.answers.indication) == ("second", "diagnosis")


def test_another_folder_takes_the_offer_away(a_choosing_user: PerfusionUser, the_sample_study: Path) -> None:
    section = a_choosing_user.panel.studySection
    a_choosing_user.choose(section.studyBox, "second")
    a_choosing_user.check_folder(the_sample_study)
    assert not section.studyBox.isVisible()
    assert section.source == StudySource(SourceKind.FOLDER, str(the_sample_study))
    assert a_choosing_user.check.label == "sample-dce-study"


def test_maps_are_made_of_the_chosen_study_alone(a_choosing_user: PerfusionUser) -> None:
    maps = a_choosing_user.panel.mapsSection
    maps.dynamicPart.readButton.click()
    assert "holds 2 studies" in a_choosing_user.message
    a_choosing_user.choose(a_choosing_user.panel.studySection.studyBox, "second")
    maps.dynamicPart.readButton.click()
    assert a_choosing_user.message == ""
    assert maps.session.read is not None
    assert maps.session.read.angles is None
    assert len(maps.session.read.dynamic.time_s) == 54


def test_a_study_that_left_the_folder_is_not_replaced_by_another(
    a_choosing_user: PerfusionUser, a_folder_of_two_studies: Path
) -> None:
    section = a_choosing_user.panel.studySection
    a_choosing_user.choose(section.studyBox, "second")
    shutil.rmtree(a_folder_of_two_studies / "second")
    section.checkButton.click()
    assert "there is no study second" in a_choosing_user.message
    assert a_choosing_user.panel.session.node is None


@pytest.mark.parametrize(
    "source",
    [
        StudySource(SourceKind.FOLDER, "/data/neck"),
        StudySource(SourceKind.FOLDER, "/data/a: b", "inside/2024 (2)"),
        StudySource(SourceKind.DATABASE, "1.2.3"),
    ],
)
def test_where_a_study_is_can_be_kept_as_text(source: StudySource) -> None:
    assert source_from(str(source)) == source


def test_the_sample_is_fitted_by_one_click_and_the_fit_finds_what_it_was_made_of(
    a_perfusion_user: PerfusionUser,
) -> None:
    import slicer
    from PWIProtocolLib.sample import neck_signal

    a_perfusion_user.panel.studySection.sampleButton.click()
    a_perfusion_user.panel.mapsSection.fitButton.click()
    assert a_perfusion_user.message == ""
    t1, ktrans, ve, vp = (
        slicer.util.arrayFromVolume(slicer.util.getNode(name))
        for name in ("T1 before contrast (s)", "Ktrans (1/min)", "ve (share)", "vp (share)")
    )
    node = (slice(None), *neck_signal.NODE)
    assert np.median(t1[node]) == pytest.approx(1.2, rel=0.02)
    assert np.median(ktrans[node]) == pytest.approx(0.25, rel=0.05)
    assert np.median(ve[node]) == pytest.approx(0.4, rel=0.05)
    assert np.median(vp[node]) == pytest.approx(0.05, rel=0.1)
    assert np.median(ktrans[:, 20:, :10]) == pytest.approx(0.08, rel=0.1)


def test_the_sample_data_module_offers_the_reference_object(a_perfusion_user: PerfusionUser) -> None:
    a_perfusion_user.application.pressSample("PerfusionReferenceObject")
    maps = a_perfusion_user.panel.mapsSection
    maps.refresh()
    assert maps.dynamicPart.sourceBox.findText("Reference object (DCE)") >= 0

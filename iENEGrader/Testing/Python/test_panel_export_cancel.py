"""An export in the panel while it runs: what is told, what can be clicked, and what Cancel leaves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from export_desk import Exporter

pytest_plugins = ("panel_fixtures", "export_desk")

CANCELLED = "Cancelled: nothing was written."
STEPS_OF_A_TABLE = 7


def entries(folder: Path) -> list[str]:
    """Everything in a folder but the home with the key."""
    return sorted(path.name for path in folder.iterdir() if path.name != "home")


@pytest.fixture
def the_words(an_exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the progress says at each step, seen when the application looks after the user."""
    import slicer

    seen: list[str] = []
    look = slicer.app.processEvents

    def seen_by_the_user() -> None:
        look()
        if an_exporter.fold.progress.visible:
            seen.append(an_exporter.fold.progress.words.text)

    with monkeypatch.context() as patch:
        patch.setattr(slicer.app, "processEvents", seen_by_the_user)
        yield seen


def test_what_is_being_done_is_told_step_by_step(an_exporter: Exporter, the_words: list[str], tmp_path: Path) -> None:
    an_exporter.export(tmp_path / "out", "csv", "fhir")
    assert the_words[:2] == ["reading the scene ...", "leaving out what identifies the patient ..."]
    written = [each for each in the_words if each.startswith("writing")]
    assert written == ["writing Table (CSV) ...", "writing FHIR (JSON) ..."]
    assert "looking for what identifies the patient: file 1 of 4 ..." in the_words
    assert not an_exporter.fold.progress.visible


def test_the_bar_goes_forward_and_is_full_only_at_the_end(an_exporter: Exporter, tmp_path: Path) -> None:
    bar, seen = an_exporter.fold.progress.bar, []
    bar.connect("valueChanged(int)", lambda value: seen.append((value, bar.maximum)))
    an_exporter.export(tmp_path / "out", "csv")
    values = [value for value, _ in seen]
    assert values == sorted(values)
    assert {largest for _, largest in seen} == {STEPS_OF_A_TABLE}
    assert values[-1] == STEPS_OF_A_TABLE - 1


@pytest.mark.parametrize("step", range(1, STEPS_OF_A_TABLE))
def test_cancel_at_any_step_leaves_nothing(an_exporter: Exporter, tmp_path: Path, step: int) -> None:
    an_exporter.at_step(step, an_exporter.fold.progress.cancelButton.click)
    an_exporter.export(tmp_path / "out", "csv")
    assert (an_exporter.said, an_exporter.message) == (CANCELLED, "")
    assert entries(tmp_path) == []


def test_escape_cancels_and_the_panel_can_be_used_again(an_exporter: Exporter, tmp_path: Path) -> None:
    from PySide6.QtCore import Qt

    stops = [True]

    def escape() -> None:
        if stops:
            stops.clear()
            an_exporter.press(Qt.Key.Key_Escape)

    an_exporter.at_step(2, escape)
    an_exporter.export(tmp_path / "out", "csv")
    assert an_exporter.said == CANCELLED
    an_exporter.fold.exportButton.click()
    assert an_exporter.said.startswith("2 files in HNN-")
    assert len(entries(tmp_path / "out")) == 1


def test_an_earlier_export_stays_when_its_replacement_is_cancelled(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.export(tmp_path / "out", "csv")
    (folder,) = (tmp_path / "out").iterdir()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    an_exporter.unfold().replaceBox.click()
    an_exporter.at_step(3, an_exporter.fold.progress.cancelButton.click)
    an_exporter.fold.exportButton.click()
    assert an_exporter.said == CANCELLED
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert entries(tmp_path / "out") == [folder.name]


def test_nothing_can_be_chosen_meanwhile_and_no_second_export_begins(an_exporter: Exporter, tmp_path: Path) -> None:
    fold, seen = an_exporter.fold, []

    def look() -> None:
        widgets = (fold.exportButton, fold.folderBox, fold.deidentifyBox, fold.more.replaceBox)
        seen.append([widget.isEnabled() for widget in widgets])
        fold.exportButton.click()

    an_exporter.at_step(2, look)
    an_exporter.export(tmp_path / "out", "csv")
    assert seen == [[False] * 4]
    assert len(entries(tmp_path / "out")) == 1
    assert fold.exportButton.isEnabled()


def test_what_the_reader_does_meanwhile_is_done_and_is_not_in_the_export(an_exporter: Exporter, tmp_path: Path) -> None:
    import json

    an_exporter.at_step(2, partial(an_exporter.choose, an_exporter.panel.siteSection.tBox, "T4a"))
    an_exporter.export(tmp_path / "out", "fhir")
    assert str(an_exporter.reading.t_category) == "T4a"
    (bundle,) = (tmp_path / "out").glob("*/fhir.json")
    assert "T4a" not in json.dumps(json.loads(bundle.read_text(encoding="utf-8")))


def test_a_scene_that_is_closed_meanwhile_is_exported_as_it_was(an_exporter: Exporter, tmp_path: Path) -> None:
    import slicer

    an_exporter.at_step(2, partial(slicer.mrmlScene.Clear, 0))
    an_exporter.export(tmp_path / "out", "dicom-seg", "csv")
    assert an_exporter.message == ""
    assert len(list((tmp_path / "out").glob("*/dicom/segmentation.dcm"))) == 1


def test_a_failure_ends_the_progress(an_exporter: Exporter, tmp_path: Path) -> None:
    an_exporter.export(tmp_path / "out", "csv", "parametric-map")
    assert an_exporter.message != ""
    assert (an_exporter.fold.progress.visible, an_exporter.fold.exportButton.isEnabled()) == (False, True)


def test_cancel_says_at_once_that_it_was_heard(an_exporter: Exporter, tmp_path: Path) -> None:
    progress: Any = an_exporter.fold.progress
    seen = []

    def cancel() -> None:
        progress.cancelButton.click()
        seen.append((progress.words.text, progress.cancelButton.enabled))

    an_exporter.at_step(2, cancel)
    an_exporter.export(tmp_path / "out", "csv")
    assert seen == [("stopping ...", False)]

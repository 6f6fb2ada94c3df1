"""Unsaved readings are kept in files, offered again, and the files go when the user has saved."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from iENEGraderLib.panel.session.autosave_files import autosave_name, free_file, unsaved_work
from iENEGraderLib.reading import NeckLevel, Node, Reading, Side, load_reading, reading_to_text, save_reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)

READING = Reading("X1", reader="R1", nodes=(Node("N1", Side.RIGHT, NeckLevel.IIA),))
EDITED = replace(READING, nodes=())
LATER_S = 60.0


class Desk:
    """A session with its autosave, as if Slicer had just been started; nothing is written before `write`."""

    def __init__(self, folder: Path) -> None:
        from iENEGraderLib.panel.session.autosave import Autosave
        from iENEGraderLib.panel.session.reading_session import ReadingSession

        self.changes = 0
        self.cautions: list[str] = []
        self.session = ReadingSession()
        self.autosave = Autosave(self.session, folder, self._count, self.cautions.append)

    def _count(self) -> None:
        self.changes += 1

    def edit(self, **values: Any) -> None:
        from iENEGraderLib.panel.session.edits import set_fields

        self.session.change("edit", set_fields(**values))

    def crash(self) -> None:
        """End without writing."""
        self.session.close()
        self.autosave.removeObservers()


@pytest.fixture
def the_folder(tmp_path: Path) -> Path:
    """The application's folder, which does not exist yet."""
    return tmp_path / "application" / "HeadNeckNodes"


@pytest.fixture
def a_desk(a_running_slicer: Any, the_folder: Path) -> Iterator[Desk]:
    desk = Desk(the_folder)
    yield desk
    desk.crash()


@pytest.fixture
def a_case_folder(a_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a volume in the scene, outside of what is temporary."""
    import slicer

    folder = tmp_path / "case"
    folder.mkdir()
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    slicer.util.updateVolumeFromArray(volume, np.zeros((2, 2, 2), np.int16))
    assert slicer.util.saveNode(volume, str(folder / "ct.nrrd"))
    return folder


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


# Files


def test_a_file_is_named_by_case_and_reader_and_fits_every_file_system() -> None:
    assert autosave_name(READING) == "X1.R1.autosave.json"
    assert autosave_name(Reading("7/12: left?")) == "7-12- left-.autosave.json"


def test_a_file_that_is_there_is_not_written_over_unless_it_is_ones_own(tmp_path: Path) -> None:
    first = tmp_path / "X1.R1.autosave.json"
    assert free_file(tmp_path, first.name, None) == first
    first.touch()
    second = tmp_path / "X1.R1.2.autosave.json"
    assert free_file(tmp_path, first.name, None) == second
    assert free_file(tmp_path, first.name, first) == first
    second.touch()
    assert free_file(tmp_path, first.name, second) == second


def test_unsaved_work_comes_newest_first_and_what_is_no_reading_is_passed_over(tmp_path: Path) -> None:
    for at, name in enumerate(("old", "new")):
        save_reading(Reading(name), tmp_path / f"{name}.autosave.json")
        os.utime(tmp_path / f"{name}.autosave.json", (at, at))
    (tmp_path / "broken.autosave.json").write_text("{", encoding="utf-8")
    save_reading(Reading("no autosave"), tmp_path / "other.json")
    found = unsaved_work((tmp_path, tmp_path / "nowhere"))
    assert [(work.reading.case_id, work.written) for work in found] == [("new", 1.0), ("old", 0.0)]
    assert unsaved_work((tmp_path,), {found[0].file})[0].reading.case_id == "old"


# Writing


def test_what_came_into_the_scene_is_not_written_but_every_change_is(a_desk: Desk, the_folder: Path) -> None:
    a_desk.session.start(READING)
    a_desk.autosave.write()
    assert files_in(the_folder) == []
    changes = a_desk.changes
    a_desk.edit(nodes=())
    assert a_desk.changes == changes + 1
    a_desk.autosave.write()
    assert load_reading(the_folder / "X1.R1.autosave.json") == EDITED
    a_desk.session.undo()
    a_desk.autosave.write()
    assert files_in(the_folder) == []
    assert a_desk.cautions == []


def test_a_case_of_another_name_gets_another_file(a_desk: Desk, the_folder: Path) -> None:
    a_desk.session.start(READING)
    for case_id in ("X2", "X3"):
        a_desk.edit(case_id=case_id)
        a_desk.autosave.write()
    assert files_in(the_folder) == ["X3.R1.autosave.json"]


def test_a_reading_is_kept_next_to_the_image_of_its_case(a_desk: Desk, a_case_folder: Path, the_folder: Path) -> None:
    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    assert files_in(a_case_folder) == ["X1.R1.autosave.json", "ct.nrrd"]
    assert files_in(the_folder) == []


def refuse(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder refuse to be written (the tests may run as a user who may write everywhere)."""
    from HeadNeckNodesLib.errors import InputError
    from iENEGraderLib.panel.session import autosave

    write = autosave.write_text_atomically

    def refusing(path: Path, text: str) -> None:
        if path.parent == folder:
            raise InputError(f"{path}: cannot write here")
        write(path, text)

    monkeypatch.setattr(autosave, "write_text_atomically", refusing)


def test_the_applications_folder_serves_where_the_case_cannot_be_written(
    a_desk: Desk, a_case_folder: Path, the_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(a_case_folder, monkeypatch)
    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    assert files_in(the_folder) == ["X1.R1.autosave.json"]
    assert a_desk.cautions == []


def test_a_full_disk_is_one_caution_and_no_error(a_desk: Desk, the_folder: Path) -> None:
    the_folder.parent.parent.mkdir(exist_ok=True)
    the_folder.parent.write_text("a file where the folder should be", encoding="utf-8")
    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    (caution,) = a_desk.cautions
    assert caution.startswith("Unsaved work is not kept: ")
    assert "\n" not in caution


def test_a_closed_scene_is_written_at_once(a_desk: Desk, the_folder: Path) -> None:
    import slicer

    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    slicer.mrmlScene.Clear(0)
    assert load_reading(the_folder / "X1.R1.autosave.json") == EDITED


def test_a_new_case_is_not_kept_beside_the_scene_that_was_closed(
    a_desk: Desk, the_folder: Path, tmp_path: Path
) -> None:
    import slicer

    bundle = tmp_path / "case.mrb"
    a_desk.session.start(READING)
    assert slicer.util.saveScene(str(bundle))
    slicer.mrmlScene.Clear(0)
    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    assert files_in(the_folder) == ["X1.R1.autosave.json"]
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(bundle))
    a_desk.edit(reader="R2")
    a_desk.autosave.write()
    assert files_in(tmp_path) == ["X1.R2.autosave.json", "application", "case.mrb"]


def test_a_text_that_is_no_reading_does_not_replace_the_last_good_one(a_desk: Desk, the_folder: Path) -> None:
    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    a_desk.session.node.SetText("{")
    a_desk.autosave.write()
    assert load_reading(the_folder / "X1.R1.autosave.json") == EDITED


# Saved by the user


def test_a_saved_scene_makes_the_file_go(a_desk: Desk, the_folder: Path, tmp_path: Path) -> None:
    import slicer

    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    assert slicer.util.saveScene(str(tmp_path / "case.mrb"))
    a_desk.autosave.write()
    assert files_in(the_folder) == []
    a_desk.edit(reader="R2")
    a_desk.autosave.write()
    assert files_in(tmp_path) == ["X1.R2.autosave.json", "application", "case.mrb"]


def test_a_bundle_that_was_not_written_keeps_the_file(a_desk: Desk, the_folder: Path, tmp_path: Path) -> None:
    import slicer

    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    assert slicer.util.saveScene(str(tmp_path / "case.mrb"))
    (tmp_path / "case.mrb").unlink()
    a_desk.autosave.write()
    assert files_in(the_folder) == ["X1.R1.autosave.json"]


def test_a_saved_document_makes_the_file_go_until_the_next_change(a_desk: Desk, the_folder: Path) -> None:
    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    a_desk.autosave.saved()
    assert files_in(the_folder) == []
    a_desk.session.undo()
    a_desk.autosave.write()
    assert load_reading(the_folder / "X1.R1.autosave.json") == READING


# After a crash


@pytest.fixture
def a_crash(a_desk: Desk, the_folder: Path) -> Iterator[Desk]:
    """A new session after one that crashed with unsaved work; its scene is empty."""
    import slicer

    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.write()
    a_desk.crash()
    slicer.mrmlScene.Clear(0)
    desk = Desk(the_folder)
    yield desk
    desk.crash()


def test_an_empty_scene_is_offered_what_a_crash_left(a_crash: Desk, the_folder: Path) -> None:
    work = a_crash.autosave.offer()
    assert work.reading == EDITED
    assert a_crash.session.reading is None
    a_crash.autosave.recover(work)
    assert a_crash.session.reading == EDITED
    assert a_crash.autosave.offer() is None
    a_crash.autosave.write()
    assert files_in(the_folder) == ["X1.R1.autosave.json"]
    a_crash.autosave.saved()
    assert files_in(the_folder) == []


def test_work_on_the_same_case_is_recovered_as_one_step(a_crash: Desk) -> None:
    a_crash.session.start(READING)
    a_crash.autosave.recover(a_crash.autosave.offer())
    assert a_crash.session.reading == EDITED
    assert len(a_crash.session.nodes) == 1
    a_crash.session.undo()
    assert a_crash.session.reading == READING


def test_new_work_does_not_write_over_what_a_crash_left(a_crash: Desk, the_folder: Path) -> None:
    a_crash.session.start(READING)
    a_crash.edit(read_at="2026-11-22T10:00:00Z")
    a_crash.autosave.write()
    assert files_in(the_folder) == ["X1.R1.2.autosave.json", "X1.R1.autosave.json"]
    assert a_crash.autosave.offer().reading == EDITED


def test_a_locked_reading_stays_beside_what_is_recovered(a_crash: Desk) -> None:
    a_crash.session.start(READING)
    a_crash.session.sign("R1", "2026-11-22T10:00:00Z")
    locked = a_crash.session.node.GetText()
    a_crash.autosave.recover(a_crash.autosave.offer())
    assert a_crash.session.reading == EDITED
    assert a_crash.session.nodes[0].GetText() == locked


def test_work_of_another_case_or_reader_is_not_offered_to_this_one(a_crash: Desk) -> None:
    a_crash.session.start(Reading("X2", reader="R1"))
    assert a_crash.autosave.offer() is None
    a_crash.session.start(Reading("X1", reader="R2"))
    assert a_crash.autosave.offer() is None


def test_work_older_than_the_scene_is_not_offered(a_crash: Desk, the_folder: Path, tmp_path: Path) -> None:
    import slicer

    a_crash.session.start(READING)
    assert slicer.util.saveScene(str(tmp_path / "case.mrb"))
    scene_time = (tmp_path / "case.mrb").stat().st_mtime
    file = the_folder / "X1.R1.autosave.json"
    os.utime(file, (scene_time - LATER_S, scene_time - LATER_S))
    assert a_crash.autosave.offer() is None
    os.utime(file, (scene_time + LATER_S, scene_time + LATER_S))
    assert a_crash.autosave.offer().file == file


def test_what_is_declined_is_kept_and_what_is_discarded_is_deleted(a_crash: Desk, the_folder: Path) -> None:
    work = a_crash.autosave.offer()
    a_crash.autosave.decline(work)
    assert a_crash.autosave.offer() is None
    assert files_in(the_folder) == [work.file.name]
    a_crash.autosave.discard(work)
    assert files_in(the_folder) == []


def test_a_reloaded_module_goes_on_with_its_file(a_desk: Desk, the_folder: Path) -> None:
    a_desk.session.start(READING)
    a_desk.edit(nodes=())
    a_desk.autosave.close()
    a_desk.session.close()
    fresh = Desk(the_folder)
    assert fresh.autosave.offer() is None
    fresh.edit(read_at="2026-11-22T10:00:00Z")
    fresh.autosave.write()
    assert load_reading(the_folder / "X1.R1.autosave.json") == fresh.session.reading
    fresh.autosave.saved()
    assert files_in(the_folder) == []
    fresh.crash()


# In the panel


@pytest.fixture
def the_panels_folder(a_running_slicer: Any) -> Path:
    """The folder that the panel uses, empty."""
    from iENEGraderLib.panel.session.safekeeping import application_folder

    return application_folder()


def wait(user: PanelUser) -> None:
    """Let more than the pause go by."""
    from PySide6.QtTest import QTest

    QTest.qWait(1300)


def test_the_panel_writes_after_a_pause_and_at_once_when_it_is_left(the_panels_folder: Path, a_user: PanelUser) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    assert files_in(the_panels_folder) == []
    wait(a_user)
    (name,) = files_in(the_panels_folder)
    assert load_reading(the_panels_folder / name) == a_user.reading
    a_user.add_node("&Right", "IIA", 24.0)
    a_user.widget.exit()
    assert load_reading(the_panels_folder / name) == a_user.reading
    a_user.widget.enter()


def test_the_panel_offers_recovers_and_forgets_when_the_document_is_saved(
    the_panels_folder: Path, a_user: PanelUser, tmp_path: Path
) -> None:
    the_panels_folder.mkdir(parents=True, exist_ok=True)
    save_reading(EDITED, the_panels_folder / "X1.R1.autosave.json")
    a_user.widget.exit()
    a_user.widget.enter()
    bar = a_user.panel.safekeeping.recoveryBar
    assert "Unsaved work on X1" in bar.text.text
    assert bar.visible
    bar.recoverButton.click()
    assert a_user.text == reading_to_text(EDITED)
    assert not bar.visible
    a_user.application.answerNext(str(tmp_path / "mine.json"))
    a_user.panel.caseSection.saveButton.click()
    assert files_in(the_panels_folder) == []


def test_an_offer_can_be_hidden_or_its_file_deleted(the_panels_folder: Path, a_user: PanelUser) -> None:
    the_panels_folder.mkdir(parents=True, exist_ok=True)
    for case_id in ("X1", "X2"):
        save_reading(Reading(case_id), the_panels_folder / f"{case_id}.autosave.json")
        os.utime(the_panels_folder / f"{case_id}.autosave.json", (int(case_id[1]), int(case_id[1])))
    a_user.panel.safekeeping.look()
    bar = a_user.panel.safekeeping.recoveryBar
    bar.discardButton.click()
    assert "Unsaved work on X1" in bar.text.text
    assert files_in(the_panels_folder) == ["X1.autosave.json"]
    bar.closeButton.click()
    assert not bar.visible
    assert files_in(the_panels_folder) == ["X1.autosave.json"]

"""Names of cases, of their nodes in the scene and of their files, while nobody gives another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.panel.session.automatic_names import file_stem, free_case_id, name_is_automatic, node_name

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.mark.parametrize(
    ("case_id", "stem"),
    [
        ("Case 1", "Case 1"),
        ("trial 7/12: left", "trial 7-12- left"),
        ("..\\..\\secret", "-..-secret"),
        ("what?", "what-"),
        ("ends with a dot. ", "ends with a dot"),
        ("NUL", "reading-NUL"),
        ("com1.first", "reading-com1.first"),
        ("...", "reading-"),
        ("Gefäß № 3", "Gefäß № 3"),
    ],
)
def test_a_case_id_becomes_a_file_name_that_every_system_takes(case_id: str, stem: str) -> None:
    assert file_stem(case_id) == stem


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_no_file_name_leaves_its_folder_or_holds_what_a_system_forbids(case_id: str) -> None:
    stem = file_stem(case_id)
    assert 0 < len(stem) <= 120
    assert not set(stem) & set('<>:"/\\|?*\0\n\r\t')
    assert not stem.startswith((".", " "))
    assert not stem.endswith((".", " "))
    assert Path(f"/folder/{stem}.json").parent == Path("/folder")


def test_the_first_free_number_is_taken() -> None:
    assert free_case_id("Case {number}", frozenset()) == "Case 1"
    assert free_case_id("Case {number}", frozenset({"Case 1", "Case 3"})) == "Case 2"


def test_a_node_name_gets_a_number_only_when_it_is_taken() -> None:
    assert node_name("X1", {"Reading X2"}) == "Reading X1"
    assert node_name("X1", {"Reading X1", "Reading X1_1"}) == "Reading X1_2"


def test_a_name_with_a_number_that_makes_it_unique_is_still_automatic() -> None:
    assert name_is_automatic("Reading X1", "X1")
    assert name_is_automatic("Reading X1_2", "X1")
    assert not name_is_automatic("Reading X1 second look", "X1")
    assert not name_is_automatic("Reading X10", "X1")


def test_new_readings_never_share_a_name(a_user: PanelUser) -> None:
    import slicer

    section = a_user.panel.caseSection
    section.newButton.click()
    section.newButton.click()
    slicer.mrmlScene.RemoveNode(a_user.panel._session.nodes[0])
    section.newButton.click()
    section.newButton.click()
    assert sorted(section.readingBox.itemText(row) for row in range(section.readingBox.count)) == [
        "Reading Case 1",
        "Reading Case 2",
        "Reading Case 3",
    ]


def test_the_name_of_the_node_follows_the_case_and_its_undo(a_user: PanelUser) -> None:
    section = a_user.panel.caseSection
    section.newButton.click()
    a_user.type_into(section.caseBox, "X7")
    assert section.readingBox.currentText == "Reading X7"
    section.undoButton.click()
    assert section.readingBox.currentText == "Reading Case 1"
    section.redoButton.click()
    assert section.readingBox.currentText == "Reading X7"


def test_two_readings_of_one_case_are_told_apart(a_user: PanelUser) -> None:
    section = a_user.panel.caseSection
    for _reader in range(2):
        section.newButton.click()
        a_user.type_into(section.caseBox, "X7")
    names = {section.readingBox.itemText(row) for row in range(section.readingBox.count)}
    assert names == {"Reading X7", "Reading X7_1"}
    a_user.type_into(section.caseBox, "X8")
    assert section.readingBox.currentText == "Reading X8"


def test_a_name_that_somebody_gave_is_kept(a_user: PanelUser) -> None:
    section = a_user.panel.caseSection
    section.newButton.click()
    a_user.panel._session.node.SetName("second look")
    a_user.type_into(section.caseBox, "X7")
    assert section.readingBox.currentText == "second look"


def test_the_suggested_file_name_is_that_of_the_case_made_safe(
    a_user: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import qt

    suggested = []
    monkeypatch.setattr(
        qt.QFileDialog, "getSaveFileName", staticmethod(lambda *arguments: suggested.append(arguments[2]))
    )
    a_user.panel.caseSection.newButton.click()
    a_user.type_into(a_user.panel.caseSection.caseBox, "7/12: left?")
    a_user.panel.caseSection.saveButton.click()
    assert suggested == ["7-12- left-.json"]

"""The strip below the panel: what folds out of it, and what it says of a locked reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from iENEGraderLib.reading import Certainty, FindingKind

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with two nodes of a tonsil entered, the second one with spikes in doubt."""
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    a_user.add_node("&Right", "III", 12.0)
    a_user.mark(FindingKind.FAT_SPIKES, Certainty.EQUIVOCAL)
    return a_user


def details_of(user: PanelUser) -> str:
    """What is folded out."""
    details = user.panel.resultStrip.details
    return str(details.plainText) if details.visible else ""


def test_only_one_thing_is_folded_out_at_a_time(a_reader: PanelUser) -> None:
    strip = a_reader.panel.resultStrip
    for button in strip.foldButtons:
        button.click()
        assert [each.checked for each in strip.foldButtons] == [each is button for each in strip.foldButtons]
        assert details_of(a_reader)
    strip.foldButtons[-1].click()
    assert details_of(a_reader) == ""


def test_what_if_names_the_doubt_of_the_selected_node_first(a_reader: PanelUser) -> None:
    a_reader.panel.resultStrip.whatIfButton.click()
    title, first, *_others = details_of(a_reader).splitlines()
    assert title == "N2"
    assert first == "in doubt, if unequivocal: perinodal fat spikes → grade 1; UICC 9, AJCC cN2 · II"


def test_what_if_follows_the_selection_and_every_click(a_reader: PanelUser) -> None:
    a_reader.panel.resultStrip.whatIfButton.click()
    a_reader.panel.nodesSection.step(-1)
    assert details_of(a_reader).splitlines()[0] == "N1"
    assert "in doubt" not in details_of(a_reader)
    a_reader.mark(FindingKind.MUSCLE_INVASION, Certainty.EQUIVOCAL)
    assert "in doubt, if unequivocal: muscle invaded → grade 3" in details_of(a_reader)


def test_a_short_text_takes_no_more_room_than_it_needs(a_reader: PanelUser) -> None:
    strip = a_reader.panel.resultStrip
    strip.whyButton.click()
    tall = strip.details.height
    strip.cautionsButton.click()
    assert 0 < strip.details.height < tall


def test_without_nodes_there_is_no_what_if(a_reader: PanelUser) -> None:
    strip = a_reader.panel.resultStrip
    strip.whatIfButton.click()
    for _node in range(2):
        a_reader.panel.nodesSection.removeButton.click()
    assert not strip.whatIfButton.enabled
    assert details_of(a_reader) == ""


def test_unanswered_questions_are_cautions(a_reader: PanelUser) -> None:
    strip = a_reader.panel.resultStrip
    assert strip.cautionsButton.text == "cautions (3)"
    a_reader.choose(a_reader.panel.siteSection.biopsyBox, "no")
    assert strip.cautionsButton.text == "cautions (2)"


def test_thick_sections_are_a_caution(a_reader: PanelUser, monkeypatch: pytest.MonkeyPatch) -> None:
    logic = a_reader.widget.self().logic
    monkeypatch.setattr(logic, "sectionSpacing", lambda: 5.0)
    a_reader.panel.refresh()
    a_reader.panel.resultStrip.cautionsButton.click()
    assert "sections every 5 mm" in details_of(a_reader)


def test_a_locked_reading_says_so_and_one_changed_afterwards_warns(a_reader: PanelUser) -> None:
    strip = a_reader.panel.resultStrip
    a_reader.type_into(a_reader.panel.caseSection.readerBox, "R1")
    assert not strip.signedLabel.visible
    a_reader.panel.caseSection.lockButton.click()
    assert strip.signedLabel.text.startswith("Locked by R1, 20")
    node = a_reader.panel._session.node
    node.SetText(node.GetText().replace('"T2"', '"T3"'))
    assert not strip.signedLabel.visible
    strip.cautionsButton.click()
    assert "changed after R1 signed it" in details_of(a_reader)

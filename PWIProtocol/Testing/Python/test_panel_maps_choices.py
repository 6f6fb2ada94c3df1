"""What the user has chosen lives in the scene: a scene file brings it back, and a new scene begins anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk",)


def test_what_was_chosen_and_entered_comes_back(
    a_maps_user: MapsUser, a_reference_sequence: Any, tmp_path: Path
) -> None:
    section = a_maps_user.section
    a_maps_user.fit_reference(a_reference_sequence)
    a_maps_user.choose(section.modelPart.modelBox, "Tofts")
    a_maps_user.choose(section.modelPart.delayBox, "one delay")
    a_maps_user.type_into(section.modelPart.delayField.box, "-1.5")
    a_maps_user.type_into(section.dynamicPart.repetitionField.box, "4.5")
    a_maps_user.type_into(section.dynamicPart.baselineField.box, "5")
    a_maps_user.type_into(section.arterialPart.hematocritField.box, "0.38")
    a_maps_user.type_into(section.arterialPart.relaxivityField.box, "4.1")
    a_maps_user.choose(section.arterialPart.choiceBox, "Wong 2017 (head and neck)")
    section.morePart.fold.collapsed = False
    section.morePart.intervalsBox.click()
    before = section.entered
    assert before.delay_s == -1.5
    a_maps_user.save_and_load(tmp_path / "scene.mrb")

    assert section.entered == before
    assert section.modelPart.modelBox.currentText == "Tofts"
    assert section.arterialPart.choiceBox.currentText == "Wong 2017 (head and neck)"
    assert not section.morePart.fold.collapsed
    section.dynamicPart.readButton.click()
    assert [field.sourceLabel.text for field in section.dynamicPart.fields] == ["entered", "from the header", "entered"]
    assert section.entered == before
    section.fitButton.click()
    assert a_maps_user.message == ""


def test_choices_survive_leaving_the_module_and_a_closed_scene_begins_anew(
    a_fitted_user: MapsUser, a_reference_sequence: Any
) -> None:
    import slicer

    section = a_fitted_user.section
    a_fitted_user.choose(section.modelPart.modelBox, "Patlak")
    before = section.entered
    section.refresh()  # what happens when the module is entered again
    assert section.entered == before
    assert section.resultsPart.isVisible()
    slicer.mrmlScene.Clear(0)
    a_fitted_user.wait()
    assert section.modelPart.modelBox.currentText == "extended Tofts"
    assert section.precontrastPart.numberField.number is None
    assert not section.resultsPart.isVisible()


def test_the_artery_that_was_chosen_and_its_edits_come_back(
    a_maps_user: MapsUser, a_reference_sequence: Any, a_segment: Callable[..., Any], the_reference: ReferenceObject,
    tmp_path: Path,
) -> None:  # fmt: skip
    from PWIProtocolLib.mapping.aif_edits import AifEdits

    part = a_maps_user.section.arterialPart
    a_segment("carotid", the_reference.artery)
    a_maps_user.wait()
    a_maps_user.choose(part.choiceBox, "segment of an artery")
    a_maps_user.choose(part.segmentBox, "carotid")
    a_maps_user.type_into(part.bloodField.box, "1.65")
    part.showSettings(replace(part.settings, edits=AifEdits(moved_s=2.0)))
    a_maps_user.fit_reference(a_reference_sequence)
    assert a_maps_user.message == ""
    a_maps_user.save_and_load(tmp_path / "scene.mrb", beside=True)
    assert part.segmentBox.currentText == "carotid"
    assert part.settings.edits == AifEdits(moved_s=2.0)
    assert part.bloodField.entered == 1.65
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message == ""


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"version": 9}'])
def test_choices_of_a_newer_version_are_refused_and_said(a_maps_user: MapsUser, text: str) -> None:
    from PWIProtocolLib.panel.maps.choices_text import choices_of_text
    from PWIProtocolLib.scene.maps.choices_node import keep_choices

    with pytest.raises(InputError, match="the choices for maps in this scene cannot be read"):
        choices_of_text(text)
    keep_choices(text)
    a_maps_user.section.refresh()
    assert "choose anew, and they are replaced" in a_maps_user.message

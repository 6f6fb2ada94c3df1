"""Inputs at any stage: concentrations, a map of B1; and what is rarely asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from numpy.typing import NDArray
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk",)

KTRANS = "Ktrans (1/min)"


@pytest.fixture
def a_volume(an_empty_scene: Any, the_reference: ReferenceObject) -> Callable[[NDArray[Any], str], Any]:
    """Adds an image on the grid of the reference object to the scene."""
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume

    return lambda voxels, name: add_volume(
        Image(voxels.astype(np.float32), the_reference.dynamic.geometry, "MR", ""), name
    )


@pytest.fixture
def a_concentration_sequence(an_empty_scene: Any, the_reference: ReferenceObject) -> Any:
    """The concentrations of the reference object in mM as a sequence of the scene."""
    from PWIProtocolLib.mapping import MappingSettings, SignalInputs, t1_of_number
    from PWIProtocolLib.scene.maps.dynamic_nodes import add_dynamic

    dynamic = the_reference.dynamic
    inputs = SignalInputs(dynamic, 0.005, 15.0, t1_of_number(1.2))
    concentration, _ = inputs.concentration(MappingSettings(), 6, np.arange(the_reference.artery.size))
    concentration[the_reference.artery.ravel()] = 0.0
    frames = np.nan_to_num(concentration).T.reshape(dynamic.frames.shape)
    return add_dynamic(replace(dynamic, frames=frames), "concentrations")


def test_concentrations_need_neither_t1_nor_the_sequence(
    a_maps_user: MapsUser, a_concentration_sequence: Any, the_reference: ReferenceObject
) -> None:
    section = a_maps_user.section
    section.refresh()
    a_maps_user.choose(section.dynamicPart.sourceBox, "concentrations")
    section.morePart.fold.collapsed = False
    a_maps_user.choose(section.morePart.holdsBox, "concentration in mM")
    section.dynamicPart.readButton.click()
    asked = (section.precontrastPart, section.dynamicPart.repetitionField, section.dynamicPart.angleField,
             section.arterialPart.relaxivityField, section.arterialPart.bloodField, section.morePart.b1Box)  # fmt: skip
    assert not any(each.isVisible() for each in asked)
    assert section.dynamicPart.baselineField.isVisible()
    section.fitButton.click()
    assert a_maps_user.message == ""
    tissue = the_reference.tissue
    found = a_maps_user.values_of(KTRANS)[tissue]
    np.testing.assert_allclose(found, the_reference.ktrans_per_min[tissue], atol=1e-3)
    assert "wash_in_per_min" not in section.session.volumes.maps


def test_signal_that_is_called_concentration_is_refused(a_maps_user: MapsUser, a_reference_sequence: Any) -> None:
    section = a_maps_user.section
    section.refresh()
    a_maps_user.choose(section.dynamicPart.sourceBox, "reference object")
    section.morePart.fold.collapsed = False
    a_maps_user.choose(section.morePart.holdsBox, "concentration in mM")
    section.fitButton.click()
    assert "this looks like signal; give it as signal, with T1" in a_maps_user.message


def test_a_b1_map_corrects_the_flip_angle(
    a_maps_user: MapsUser, a_reference_sequence: Any, a_volume: Callable[..., Any], the_reference: ReferenceObject
) -> None:
    import slicer

    section = a_maps_user.section
    a_volume(np.full(the_reference.artery.shape, 0.75), "B1")
    a_maps_user.fit_reference(a_reference_sequence)
    a_maps_user.type_into(section.dynamicPart.angleField.box, "20")  # that of the truth is 15
    section.morePart.fold.collapsed = False
    section.fitButton.click()
    truth = the_reference.ktrans_per_min[the_reference.tissue]
    assert np.abs(a_maps_user.values_of(KTRANS)[the_reference.tissue] - truth).max() > 0.02
    a_maps_user.choose(section.morePart.b1Box, "B1")
    section.fitButton.click()
    assert a_maps_user.message == ""
    ktrans = section.session.volumes.maps["ktrans_per_min"]
    assert "B1: map B1, 0.75 in the median" in ktrans.GetDescription()
    found = slicer.util.arrayFromVolume(ktrans)[the_reference.tissue]
    np.testing.assert_allclose(found, truth, atol=1e-3)


@pytest.mark.parametrize("delay_s", ["-4", "4"])
def test_a_fixed_delay_may_have_either_sign(
    a_maps_user: MapsUser, a_reference_sequence: Any, the_reference: ReferenceObject, delay_s: str
) -> None:
    section = a_maps_user.section
    section.refresh()
    a_maps_user.choose(section.dynamicPart.sourceBox, "reference object")
    a_maps_user.type_into(section.precontrastPart.numberField.box, "1.2")
    section.dynamicPart.readButton.click()
    a_maps_user.choose(section.modelPart.delayBox, "one delay")
    section.fitButton.click()
    assert a_maps_user.message == "the one delay of the tissue is not known: enter it, in seconds"
    # An artery that is measured so much later or earlier than it reaches the tissue.
    a_maps_user.type_into(section.arterialPart.onsetField.box, f"{24.0 - float(delay_s):g}")
    a_maps_user.type_into(section.modelPart.delayField.box, delay_s)
    section.fitButton.click()
    assert a_maps_user.message == ""
    tissue = the_reference.tissue
    np.testing.assert_allclose(
        a_maps_user.values_of(KTRANS)[tissue], the_reference.ktrans_per_min[tissue], atol=1e-3
    )  # fmt: skip


def test_intervals_and_the_best_model_are_maps_when_they_are_asked_for(
    a_fitted_user: MapsUser, the_reference: ReferenceObject
) -> None:
    section = a_fitted_user.section
    assert "best_model" not in section.session.volumes.maps
    section.morePart.fold.collapsed = False
    section.morePart.intervalsBox.click()
    section.morePart.comparisonBox.click()
    section.fitButton.click()
    assert a_fitted_user.message == ""
    maps = section.session.volumes.maps
    assert maps["half_width_of_ktrans_per_min"].GetName() == "Ktrans, half of the 95 % interval (1/min)"
    assert "if the model is right" in maps["half_width_of_ktrans_per_min"].GetDescription()
    best = a_fitted_user.values_of("best model")
    assert np.unique(best[the_reference.tissue]).tolist() == [3]
    colours = maps["best_model"].GetDisplayNode().GetColorNode()
    assert [colours.GetColorName(at) for at in range(1, 4)] == ["1 Patlak", "2 Tofts", "3 extended Tofts"]


def test_one_click_goes_from_the_sample_to_maps(a_maps_user: MapsUser, the_reference: ReferenceObject) -> None:
    import slicer

    section = a_maps_user.section
    a_maps_user.choose(section.modelPart.modelBox, "Patlak")
    section.sampleButton.click()
    assert a_maps_user.message == ""
    assert section.resultsPart.mapBox.currentText == KTRANS
    tissue = the_reference.tissue
    np.testing.assert_allclose(
        a_maps_user.values_of(KTRANS)[tissue], the_reference.ktrans_per_min[tissue], atol=1e-3
    )  # fmt: skip
    section.sampleButton.click()
    assert len(slicer.util.getNodesByClass("vtkMRMLSequenceNode")) == 1


def test_a_table_of_the_scene_is_the_arterial_curve_and_stays_it(a_fitted_user: MapsUser, tmp_path: Path) -> None:
    import slicer

    name = "Arterial curve_1"  # the plot is named so already
    user, part = a_fitted_user, a_fitted_user.section.arterialPart
    expected = user.values_of("Ktrans (1/min)")
    part.editorFold.collapsed = False
    part.saving.tableButton.click()
    user.wait()
    user.choose(part.choiceBox, "table of the scene")
    part.lookButton.click()
    assert user.message == "arterial curve: choose a table of the scene"
    assert [part.tableBox.itemText(at) for at in range(part.tableBox.count)] == ["–", name]
    user.choose(part.tableBox, name)
    part.lookButton.click()
    assert (user.message, part.plot.names()) == ("", ["arterial plasma", "samples"])
    assert f"Table {name}" in part.wordsLabel.text
    for node in user.section.session.volumes.all:
        slicer.mrmlScene.RemoveNode(node)
    user.section.fitButton.click()
    np.testing.assert_allclose(user.values_of("Ktrans (1/min)"), expected, rtol=1e-4)
    user.save_and_load(tmp_path / "scene.mrb", beside=True)
    assert (part.choiceBox.currentText, part.tableBox.currentText) == ("table of the scene", name)
    part.lookButton.click()
    assert (user.message, f"Table {name}" in part.wordsLabel.text) == ("", True)

"""Scans before and after contrast agent in the panel: chosen, registered, subtracted, stopped."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.scene.subject_hierarchy import names_in
from HeadNeckNodesLib.scene.volumes import add_volume
from iENEGraderLib.panel.spectral.regions import Region
from iENEGraderLib.scene.compare_views import volume_in_view
from iENEGraderLib.scene.spectral.input_choice import InputChoice, InputRole, remember
from iENEGraderLib.spectral import Motion, monochromatic_response
from registration_phantoms import (
    ARTERY_MG_ML,
    ARTERY_MM,
    ARTERY_RADIUS_MM,
    COARSE,
    NODE_MG_ML,
    NODE_MM,
    NODE_RADIUS_MM,
    TwoScans,
    shifted,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from iENEGraderLib.panel.spectral.contrast_part import ContrastPart
    from iENEGraderLib.reading import Evidence

    Choose = Callable[[Any, str], None]

pytest_plugins = ("section_fixtures",)
SCANS = TwoScans(monochromatic_response(70.0), shifted(2.0, -1.0, 1.0), 8.0, COARSE, COARSE)
REGIONS = [
    Region("N1", SCANS.core(NODE_MM, NODE_RADIUS_MM), (0, 0, 0), "N1"),
    Region("skin", SCANS.core((0.0, -62.0, 0.0), 12.0), (0, 0, 0)),
]

NODES = [replace(each, node_id=each.name) for each in REGIONS] + [
    Region("N9", np.ones((2, 2, 2), dtype=bool), (0, 0, 0), "N9"),
    REGIONS[0],
]


@pytest.fixture
def what_was_said() -> list[str]:
    return []


@pytest.fixture
def kept() -> dict[str, Sequence[Evidence]]:
    return {}


@pytest.fixture
def a_part(
    a_layout_node: Any, what_was_said: list[str], kept: dict[str, Sequence[Evidence]], choose: Choose
) -> ContrastPart:
    """The part, folded out, with the two scans of a neck chosen."""
    import slicer
    from HeadNeckNodesLib.errors import InputError
    from iENEGraderLib.panel.spectral.contrast_part import ContrastPart

    def tried(action: Callable[[], None]) -> None:
        try:
            action()
        except InputError as error:
            what_was_said.append(str(error))

    add_volume(SCANS.before(), "Neck plain 70 keV")
    add_volume(SCANS.after(), "Neck enhanced 70 keV")
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "parameters")

    def keep(_grid: Any, rows: Any) -> None:
        kept.update(rows(NODES))

    part = ContrastPart(
        lambda: slicer.util.getNode("parameters"),
        tried,
        lambda _grid: REGIONS,
        keep,
    )
    part.resize(380, 300)
    part.show()
    part.fold.collapsed = False
    for row, name in zip(part.rows.values(), ("Neck plain 70 keV", "Neck enhanced 70 keV"), strict=True):
        choose(row.volumeBox, name)
    return part


@pytest.fixture
def a_part_at_100_kv(a_part: ContrastPart, choose: Choose, monkeypatch: pytest.MonkeyPatch) -> ContrastPart:
    """The part, told that both scans are of 100 kV, and with a quick registration."""
    from iENEGraderLib.scene.spectral import contrast_volumes

    register = contrast_volumes.register_before_to_after
    quick = partial(register, motion=Motion.RIGID)
    monkeypatch.setattr(
        contrast_volumes, "register_before_to_after", lambda *scans, motion, progress: quick(*scans, progress=progress)
    )
    for row in a_part.rows.values():
        choose(row.roleBox, "kV")
        row.numberBox.value = 100.0
    return a_part


def node_ids() -> set[str]:
    import slicer

    return {each.GetID() for found in slicer.util.getNodes("*", useLists=True).values() for each in found}


def test_iodine_of_the_difference_is_that_of_the_neck_and_lies_in_a_folder(a_part: ContrastPart) -> None:
    import slicer

    a_part.subtractButton.click()
    assert a_part.rims is not None, a_part.words.text
    iodine = slicer.util.getNode("Subtraction iodine (mg/mL)")
    found = slicer.util.arrayFromVolume(iodine)
    for centre, radius, truth in ((NODE_MM, NODE_RADIUS_MM, NODE_MG_ML), (ARTERY_MM, ARTERY_RADIUS_MM, ARTERY_MG_ML)):
        assert found[SCANS.core(centre, radius)].mean() == pytest.approx(truth, abs=0.15)
    assert (found[:, :2, :2] == 0).all(), "air"
    assert iodine.GetVoxelValueUnits().GetCodeValue() == "mg/mL"
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    folder = hierarchy.GetItemParent(hierarchy.GetItemByDataNode(iodine))
    assert names_in(folder) == ["Neck plain 70 keV, registered", "Subtraction iodine (mg/mL)", "False rims"]

    # What the reader sees of it: iodine over the enhanced scan, rims over both, and a word of warning.
    composite = slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceCompositeNode")
    assert volume_in_view("Red").GetName() == "Neck enhanced 70 keV"
    assert composite.GetForegroundVolumeID() == iodine.GetID()
    assert composite.GetLabelVolumeID() == a_part.rims.GetID()
    assert "may be a false rim" in a_part.words.text
    rims = slicer.util.arrayFromVolume(a_part.rims)
    assert set(np.unique(rims)) == {0, 1}
    assert (rims[:, :2, :2] == 0).all(), "there is no tissue"
    assert rims[SCANS.core(NODE_MM, NODE_RADIUS_MM)].mean() < 0.02, "no edge in the middle of a node"
    assert a_part.rimsButton.checked
    a_part.rimsButton.click()
    assert composite.GetLabelVolumeID() is None
    assert not a_part.cancelButton.visible

    a_part.measureButton.click()
    node, skin = a_part.values.text.split("\n")
    assert float(node.split()[1]) == pytest.approx(NODE_MG_ML, abs=0.15)
    assert node.endswith("mg/mL of iodine"), "nothing to mind in the middle of a node"
    assert "could be false rims" in skin
    assert "of the region left out" in skin


def test_iodine_is_kept_with_the_uncertainty_of_the_slope_and_only_where_it_is_known(
    a_part_at_100_kv: ContrastPart, kept: dict[str, Sequence[Evidence]]
) -> None:
    a_part_at_100_kv.subtractButton.click()
    a_part_at_100_kv.keepButton.click()
    assert [*kept] == ["N1", "skin"], "N9 lies in air, the last is no node"
    (node,), (skin,) = kept.values()
    assert isinstance(node.value, float)
    assert node.uncertainty is not None
    assert node.uncertainty >= 0.05 * node.value, "a default slope of a tube voltage is known to 5 %"
    assert node.method is not None
    assert node.method.endswith("standard uncertainty of the mean and of the slope of the tube voltage")
    assert skin.method is not None
    assert "could be false rims" in skin.method


def test_a_slope_of_the_site_counts_whichever_scan_it_was_given_with(
    a_part_at_100_kv: ContrastPart, what_was_said: list[str]
) -> None:
    import slicer

    before, after = a_part_at_100_kv.rows.values()
    before.slopeBox.value, after.slopeBox.value = 13.0, 26.0
    a_part_at_100_kv.subtractButton.click()
    assert "two iodine slopes were given, 13 and 26 HU per mg/mL" in what_was_said[0]
    after.slopeBox.value = 0.0
    a_part_at_100_kv.subtractButton.click()
    iodine = slicer.util.getNode("Subtraction iodine (mg/mL)")
    found = slicer.util.arrayFromVolume(iodine)[SCANS.core(NODE_MM, NODE_RADIUS_MM)].mean()
    assert found == pytest.approx(2 * NODE_MG_ML, abs=0.3), "the scans are of 26 HU per mg/mL"
    assert float(iodine.GetAttribute("HeadNeckNodes.SlopeUncertainty")) == 0.0


def test_cancel_leaves_the_scene_as_it_was(a_part: ContrastPart, a_running_slicer: Any) -> None:
    from PySide6.QtCore import QTimer

    before = node_ids()
    seen: list[bool] = []

    def cancel() -> None:
        seen.append(a_part.cancelButton.visible and not a_part.subtractButton.enabled)
        a_part.cancelButton.click()

    QTimer.singleShot(300, cancel)
    a_part.subtractButton.click()
    assert seen == [True]
    assert a_part.words.text == "Stopped: nothing was changed"
    assert node_ids() == before
    assert a_part.rims is None
    assert not a_part.rimsButton.visible
    assert a_part.subtractButton.enabled
    assert not a_part.bar.visible


def test_scans_of_two_energies_are_refused(a_part: ContrastPart, what_was_said: list[str]) -> None:
    a_part.rows["ContrastAfter"].numberBox.value = 100.0
    a_part.subtractButton.click()
    (words,) = what_was_said
    assert "of 70 keV" in words
    assert "give two scans of one energy" in words
    assert not a_part.words.visible, "nothing goes on"


def test_one_scan_alone_is_asked_for(a_part: ContrastPart, what_was_said: list[str], choose: Choose) -> None:
    choose(a_part.rows["ContrastBefore"].volumeBox, "–")
    a_part.subtractButton.click()
    assert what_was_said == ["Choose a scan before and one after contrast agent"]


def test_a_saved_scene_still_shows_and_hides_its_false_rims(a_part: ContrastPart, tmp_path: Path) -> None:
    import slicer

    a_part.subtractButton.click()
    told = a_part.words.text
    assert slicer.util.saveScene(str(tmp_path / "neck.mrb"))
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "neck.mrb"))
    a_part.refresh()
    composite = slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceCompositeNode")
    assert a_part.rimsButton.visible
    assert a_part.words.text == told
    a_part.measureButton.click()
    assert a_part.values.text.startswith("N1: 2.")
    for is_shown in (False, True):
        a_part.rimsButton.checked = not is_shown
        a_part.rimsButton.click()
        assert composite.GetLabelVolumeID() == (a_part.rims.GetID() if is_shown else None)
    # Once deleted they are offered no more.
    slicer.mrmlScene.RemoveNode(a_part.rims)
    a_part.refresh()
    assert not a_part.rimsButton.visible
    assert not a_part.words.visible


def test_gadolinium_is_refused_before_anything_is_registered(
    a_part: ContrastPart, what_was_said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from iENEGraderLib.scene.spectral import contrast_volumes

    monkeypatch.setattr(contrast_volumes, "register_before_to_after", lambda *_, **__: pytest.fail("registered"))
    row = a_part.rows["ContrastAfter"]
    assert row.choice is not None
    assert row.choice.recognised is not None
    known = replace(row.choice.recognised, contrast_ingredients=("GADOLINIUM",))
    row.showChoice(replace(row.choice, recognised=known))
    a_part.subtractButton.click()
    assert len(what_was_said) == 1
    assert "the contrast agent is gadolinium" in what_was_said[0]


def test_headers_are_read_once_however_often_the_scene_changes(
    a_part: ContrastPart, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iENEGraderLib.panel.spectral import input_rows

    monkeypatch.setattr(input_rows, "choice_of", lambda _volume: pytest.fail("read again"))
    a_part.refresh()
    a_part.rows["ContrastAfter"].numberBox.value = 80.0
    assert a_part.rows["ContrastAfter"].choice.number == 80.0  # type: ignore[union-attr]
    a_part.refresh()
    assert a_part.rows["ContrastAfter"].numberBox.value == 80.0
    monkeypatch.undo()
    remember(InputChoice(a_part.rows["ContrastAfter"].choice.volume, InputRole.TUBE_VOLTAGE, 120.0))  # type: ignore[union-attr]
    a_part.refresh()
    assert a_part.rows["ContrastAfter"].numberBox.value == 120.0, "said elsewhere in the panel"

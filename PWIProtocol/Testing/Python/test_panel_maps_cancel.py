"""A fit that is cancelled: what was done is kept, says that it is incomplete, and gives way to the whole."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk",)

KTRANS = "Ktrans (1/min)"
CUT = f"{KTRANS}, cancelled at 33 %"


def names_of(class_name: str = "vtkMRMLScalarVolumeNode") -> list[str]:
    import slicer

    return [node.GetName() for node in slicer.util.getNodesByClass(class_name)]


@pytest.fixture
def a_user_who_cancels(a_maps_user: MapsUser, a_reference_sequence: Any, monkeypatch: pytest.MonkeyPatch) -> MapsUser:
    """A user who has pressed Cancel when a third of the voxels was done."""
    monkeypatch.setattr(sys.modules["PWIProtocolLib.kinetics.fit"], "SLAB", 1024)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    row = a_maps_user.host.progressRow
    cancels = [True]

    def on_value(value: int) -> None:
        if cancels and row.bar.maximum / 10 < value < row.bar.maximum:
            cancels.clear()
            row.cancelButton.click()

    row.bar.connect("valueChanged(int)", on_value)
    a_maps_user.fit_reference(a_reference_sequence)
    return a_maps_user


def test_the_voxels_that_were_done_are_maps_and_the_others_have_no_value(
    a_user_who_cancels: MapsUser, the_reference: ReferenceObject
) -> None:
    words = "Cancelled at 33 %: the maps hold the voxels that were done. Fit again for all of them."
    assert a_user_who_cancels.message == words
    found = a_user_who_cancels.values_of(CUT)
    assert np.isfinite(found).any(axis=(1, 2)).tolist() == [True, False, False]
    tissue = the_reference.tissue[0]
    np.testing.assert_allclose(found[0][tissue], the_reference.ktrans_per_min[0][tissue], atol=1e-3)


def test_every_map_and_the_panel_say_that_they_are_incomplete(a_user_who_cancels: MapsUser) -> None:
    import slicer
    from HeadNeckNodesLib.scene.subject_hierarchy import names_in
    from PWIProtocolLib.scene.maps.map_colours import legend_of

    session, results = a_user_who_cancels.section.session, a_user_who_cancels.section.resultsPart
    maps = session.volumes.maps.values()
    assert all(node.GetName().endswith(", cancelled at 33 %") for node in (*maps, session.volumes.status))
    assert "incomplete: cancelled when 33 % of the voxels were done" in slicer.util.getNode(CUT).GetDescription()
    assert all(node.GetAttribute("PWIProtocol.Incomplete") == "1" for node in maps)
    assert names_in(session.volumes.folder)[-1] == "Fit of reference object, extended tofts, cancelled at 33 %"
    assert results.statusLabel.text.startswith("<div>Incomplete: cancelled at 33 %; the other voxels have no value.")
    assert "not computed" in results.statusLabel.text
    assert legend_of(slicer.util.getNode(CUT)).GetTitleText() == "Ktrans\n1/min\ncancelled at 33 %"


def test_fitting_again_takes_the_place_of_the_incomplete_maps(
    a_user_who_cancels: MapsUser, the_reference: ReferenceObject, a_segment: Callable[..., Any]
) -> None:
    a_segment("node_1", the_reference.tissue)
    a_user_who_cancels.section.resultsPart.regions.measureButton.click()
    assert "Values of regions" in names_of("vtkMRMLTableNode")
    a_user_who_cancels.section.fitButton.click()
    assert a_user_who_cancels.message == ""
    assert "Values of regions" not in names_of("vtkMRMLTableNode")
    assert np.isfinite(a_user_who_cancels.values_of(KTRANS)[the_reference.tissue]).all()
    assert not [name for name in names_of() + names_of("vtkMRMLTextNode") if "cancelled" in name]


def test_another_fit_leaves_the_incomplete_maps_as_they_are(a_user_who_cancels: MapsUser) -> None:
    a_user_who_cancels.choose(a_user_who_cancels.section.modelPart.modelBox, "Patlak")
    a_user_who_cancels.section.fitButton.click()
    assert {KTRANS, CUT} <= set(names_of())


def test_incomplete_maps_come_back_with_the_scene_as_incomplete(a_user_who_cancels: MapsUser, tmp_path: Path) -> None:

    status = a_user_who_cancels.section.resultsPart.statusLabel.text
    a_user_who_cancels.save_and_load(tmp_path / "scene.mrb")
    assert a_user_who_cancels.section.resultsPart.statusLabel.text == status
    known = np.isfinite(a_user_who_cancels.values_of(CUT)).any(axis=(1, 2))
    assert known.tolist() == [True, False, False]


def test_the_search_for_the_arrival_can_be_cancelled_and_changes_nothing(
    a_maps_user: MapsUser, a_reference_sequence: Any
) -> None:
    row = a_maps_user.host.progressRow
    row.bar.connect("valueChanged(int)", lambda value: row.cancelButton.click() if value else None)
    a_maps_user.fit_reference(a_reference_sequence)
    assert a_maps_user.message == "Stopped: nothing was changed"
    assert KTRANS not in names_of()


def test_intervals_that_were_cut_short_are_not_made_and_the_maps_stay_complete(a_fitted_user: MapsUser) -> None:
    section, row = a_fitted_user.section, a_fitted_user.host.progressRow
    section.morePart.fold.collapsed = False
    section.morePart.intervalsBox.click()
    row.bar.connect("valueChanged(int)", lambda value: row.cancelButton.click() if value > 10_000 else None)
    section.fitButton.click()
    assert a_fitted_user.message.startswith("Cancelled: the maps of the fit are complete; intervals")
    assert section.session.fit.record.done == 1.0
    assert not [name for name in section.session.volumes.maps if name.startswith("half_width")]

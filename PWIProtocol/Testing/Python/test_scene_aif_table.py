"""The arterial curve as tables of the scene: what a spreadsheet reads, and what is saved with the scene."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.kinetics import population_aif
from PWIProtocolLib.mapping import MappingSettings
from PWIProtocolLib.mapping.aif_editing import edited
from PWIProtocolLib.mapping.aif_edits import NO_EDITS, AifEdits, Correction, Scaling
from PWIProtocolLib.mapping.aif_edits_text import edits_of_text
from PWIProtocolLib.mapping.arterial import arterial_of_rows, arterial_of_samples

if TYPE_CHECKING:
    from pathlib import Path

    from PWIProtocolLib.mapping import Arterial

pytest_plugins = ("maps_desk",)

TIMES = np.arange(0.0, 200.0, 4.0)
EDITS = AifEdits(2.0, Scaling(number=2.0), corrected=(Correction(36.0, 5.0),), removed_s=(60.0,))


@pytest.fixture(scope="module")
def an_edited_curve() -> Arterial:
    curve = arterial_of_samples(TIMES, population_aif("parker", TIMES, 0.42, 24.3), MappingSettings(), "file aif.csv")
    return edited(curve, EDITS)


def column(node: Any, name: str) -> Any:
    from vtk.util.numpy_support import vtk_to_numpy

    return vtk_to_numpy(node.GetTable().GetColumnByName(name))


def test_the_curve_is_a_table_that_tells_what_was_changed(an_empty_scene: Any, an_edited_curve: Arterial) -> None:
    from PWIProtocolLib.scene.maps.aif_table import EDITS_ATTRIBUTE, add_aif_table

    node = add_aif_table(an_edited_curve)
    np.testing.assert_array_equal(column(node, "time (s)"), an_edited_curve.time_s)
    np.testing.assert_array_equal(column(node, "plasma concentration (mM)"), an_edited_curve.aif_mM)
    assert node.GetSaveWithScene()
    assert "1 sample corrected by reader (36 s)" in node.GetDescription()
    assert edits_of_text(node.GetAttribute(EDITS_ATTRIBUTE)) == EDITS


def test_the_samples_are_a_table_with_what_was_measured(an_empty_scene: Any, an_edited_curve: Arterial) -> None:
    from PWIProtocolLib.scene.maps.aif_table import add_samples_table

    node = add_samples_table(an_edited_curve)
    measured, used = column(node, "plasma concentration measured (mM)"), column(node, "plasma concentration (mM)")
    np.testing.assert_allclose(measured, population_aif("parker", TIMES, 0.42, 24.3))
    others = np.setdiff1d(np.arange(TIMES.size), [9, 15])
    np.testing.assert_allclose(used[others], 2 * measured[others])
    assert (used[9], np.isnan(used[15])) == (10.0, True)
    np.testing.assert_allclose(column(node, "time (s)"), TIMES + 2.0)
    origin = node.GetTable().GetColumnByName("origin")
    assert [origin.GetValue(at) for at in (8, 9, 15)] == ["measured", "corrected", "left out"]


def test_tables_are_saved_with_the_scene(an_empty_scene: Any, an_edited_curve: Arterial, tmp_path: Path) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.aif_table import EDITS_ATTRIBUTE, add_aif_table

    add_aif_table(an_edited_curve)
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    node = slicer.util.getNode("Arterial curve")
    np.testing.assert_allclose(column(node, "plasma concentration (mM)"), an_edited_curve.aif_mM, rtol=1e-5)
    assert edits_of_text(node.GetAttribute(EDITS_ATTRIBUTE)) == EDITS


def test_a_population_average_has_no_samples(an_empty_scene: Any) -> None:
    from PWIProtocolLib.mapping.aif_editing import arterial_with
    from PWIProtocolLib.mapping.arterial_curve import AifOrigin, AifSource
    from PWIProtocolLib.scene.maps.aif_table import EDITS_ATTRIBUTE, add_aif_table, add_samples_table

    fine = np.arange(0.0, 200.0, 0.25)
    origin = AifOrigin(
        AifSource.POPULATION, "Parker", fine, population_aif("parker", fine, 0.42, 24.0), 0.42, 24.0
    )  # fmt: skip
    average = arterial_with(origin)
    assert add_samples_table(average) is None
    assert average.edits == NO_EDITS
    assert add_aif_table(average).GetAttribute(EDITS_ATTRIBUTE) is None


def test_tables_with_times_are_offered_and_hold_the_samples_in_use(
    an_empty_scene: Any, an_edited_curve: Arterial
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.aif_table import add_aif_table, add_samples_table, curve_tables, rows_of_table

    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "Values of regions")
    tables = [add_aif_table(an_edited_curve), add_samples_table(an_edited_curve)]
    assert curve_tables() == tables
    fine, samples = (arterial_of_rows(rows_of_table(node), "table", MappingSettings()) for node in tables)
    assert fine.sampled_s is not None
    np.testing.assert_array_equal(fine.sampled_s, an_edited_curve.time_s)
    np.testing.assert_array_equal(fine.sampled_mM, an_edited_curve.aif_mM)
    assert samples.sampled_s is not None
    np.testing.assert_allclose(samples.sampled_s, np.delete(TIMES, 15) + 2.0)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("time (s)", "concentration (mM)"), "'plasma concentration (mM)' or 'blood concentration (mM)'"),
        (("time", "plasma concentration (mM)"), "name both and their units"),
        (("time (h)", "plasma concentration (mM)"), "unit 'h' of 'time' is not known; expected s, min, ms"),
    ],
)
def test_a_table_that_does_not_state_its_columns_is_refused(
    an_empty_scene: Any, names: tuple[str, str], why: str
) -> None:
    import slicer
    from HeadNeckNodesLib.scene.plots import number_column
    from PWIProtocolLib.scene.maps.aif_table import rows_of_table

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "odd")
    for name in names:
        node.AddColumn(number_column(name, TIMES))
    with pytest.raises(InputError, match=re.escape(why)):
        arterial_of_rows(rows_of_table(node), "table odd", MappingSettings())

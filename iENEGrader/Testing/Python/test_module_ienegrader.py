"""The module as Slicer loads it: card, sample data, self-test, reload."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import FindingKind, Reading
from slicer_harness.kept_libraries import libraries_kept

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


def test_the_card_names_purpose_documentation_and_research_use(a_module: Any) -> None:
    assert a_module.title == "iENE Grader"
    assert a_module.categories == ("Quantification",)
    assert a_module.dependencies == ("Markups", "Segmentations")
    assert a_module.contributors == ("The HeadNeckNodes developers",)
    assert (
        'href="https://github.com/HeadNeckNodes/SlicerHeadNeckNodes/blob/main/Docs/iENEGrader.md"' in a_module.helpText
    )
    assert "Not a medical device" in a_module.helpText
    assert "Henson" in a_module.acknowledgementText


def test_the_sample_case_is_offered_with_a_picture(a_module: Any) -> None:
    import SampleData

    source = SampleData.SampleDataLogic().sourceForSampleName("DigitalNeckNodes")
    assert SampleData.SampleDataLogic.categoryTitle("iENEGrader") == "iENE Grader"
    assert Path(source.thumbnailFileName).is_file()
    assert SampleData.downloadSamples("DigitalNeckNodes") == []


def test_the_sample_case_comes_measured_coded_and_read(a_running_slicer: Any, a_module: Any) -> None:
    import slicer
    import vtk

    widget = a_module.widgetRepresentation().self()
    a_running_slicer.pressSample("DigitalNeckNodes")
    (volume,) = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    nodes = slicer.util.getNode("Nodes")
    assert nodes.GetNodeReference(nodes.GetReferenceImageGeometryReferenceRole()) is volume
    entry = vtk.reference("")
    nodes.GetSegmentation().GetSegment("node_1").GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
    assert "^59441001^Lymph node" in entry
    first, second = (nodes.GetSegmentation().GetSegment(name).GetColor() for name in ("node_1", "node_2"))
    assert first != second
    assert [value.text for value in widget.panel.resultStrip.values][:2] == ["3", "cN3 · III"]
    before = found_by_segment(widget.session.reading)
    widget.session.change("test", lambda reading: reading.with_nodes(()))
    widget.panel.nodesSection.segmentsButton.click()
    assert found_by_segment(widget.session.reading) == before
    assert "mid-sagittal plane fitted to" in widget.panel.messageBar.text.text


def found_by_segment(reading: Reading) -> dict[str | None, tuple[object, ...]]:
    """What is measured of each node."""
    return {
        node.segment_id: (node.side, node.greatest_dimension_mm, node.extends_below_cricoid)
        for node in reading.nodes or ()
    }


def test_slicer_without_the_sample_data_module_loads_the_module_too(
    a_running_slicer: Any, the_entry_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer

    monkeypatch.delattr(slicer.modules, "sampledata")
    assert a_running_slicer.loadModule(the_entry_file).title == "iENE Grader"
    assert a_running_slicer.uncaughtErrors == []
    a_running_slicer.unloadModule("iENEGrader")


def test_a_reloaded_module_shows_the_reading_again(a_user: PanelUser) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    with libraries_kept() as kept:
        a_user.widget.self().onReload()
        fresh = a_user.widget.self().panel
        assert fresh is not a_user.panel
        assert sys.modules["iENEGraderLib.reading"] is not kept["iENEGraderLib.reading"]
        assert [value.text for value in fresh.resultStrip.values] == list(a_user.result)
        assert_keys_go_with_the_module(type(a_user)(a_user.application, a_user.widget))
        a_user.widget.self().cleanup()


def assert_keys_go_with_the_module(user: PanelUser) -> None:
    """Keys of a panel that is shown work, once; they are given back when the reader leaves."""
    import slicer
    from PySide6.QtCore import Qt

    user.press(Qt.Key.Key_2)
    (finding,) = user.reading.node("N1").findings
    assert str(finding.certainty) == "equivocal"
    slicer.util.selectModule("")
    assert not user.panel._shortcuts._installed


def observing() -> dict[int, str]:
    """Objects of the library that observe something, by their identity."""
    import gc

    from slicer.util import VTKObservationMixin

    ours = (each for each in gc.get_objects() if isinstance(each, VTKObservationMixin) and any(each.Observations))
    return {id(each): type(each).__name__ for each in ours if type(each).__module__.startswith("iENEGraderLib")}


@pytest.fixture
def the_observers_before(a_running_slicer: Any) -> dict[int, str]:
    """What observes the scene before the module is loaded."""
    return observing()


def load_coarse_sample_and_show_a_vessel(panel: Any) -> None:
    """Have as much going on in the panel as there can be."""
    from iENEGraderLib.panel.sample_case import add_sample_case
    from iENEGraderLib.panel.self_test import COARSE_MM
    from iENEGraderLib.sample import digital_neck

    add_sample_case(digital_neck(spacing_mm=COARSE_MM))
    panel.vesselSection.fold.collapsed = panel.coalescenceSection.fold.collapsed = False
    panel.nodesSection.step(-1)
    panel.vesselSection.showButton.click()
    assert panel.vesselSection.study is not None


def test_a_panel_that_is_cleaned_up_observes_nothing_any_more(
    the_observers_before: dict[int, str], a_user: PanelUser
) -> None:
    panel = a_user.panel
    load_coarse_sample_and_show_a_vessel(panel)
    assert {"Annotations", "MarkBoard", "ReadingSession", "SegmentedScene"} <= set(observing().values())
    a_user.widget.self().cleanup()
    assert [name for key, name in observing().items() if key not in the_observers_before] == []


def test_a_closed_scene_leaves_an_empty_panel(a_user: PanelUser) -> None:
    import slicer

    panel = a_user.panel
    load_coarse_sample_and_show_a_vessel(panel)
    panel.resultStrip.whatIfButton.click()
    slicer.mrmlScene.Clear(0)
    a_user.application.processEvents()
    assert panel.emptyLabel.visible
    assert a_user.result == ("–", "–", "–", "–")
    assert not panel.resultStrip.details.visible
    assert a_user.table == []
    assert a_user.message == ""


def test_a_closed_panel_no_longer_follows_the_scene(a_user: PanelUser) -> None:
    from iENEGraderLib.panel.self_test import TONSIL
    from iENEGraderLib.scene.reading_node import create_reading_node

    a_user.widget.self().cleanup()
    create_reading_node(TONSIL.with_node(TONSIL.node("N1").with_finding(FindingKind.FAT_SPIKES, None)))
    assert a_user.panel.emptyLabel.visible

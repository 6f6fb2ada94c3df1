"""A check in the scene: its text gives the same check back, its table and its plot hold what was found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from checked_studies import a_short_plan, checked
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.protocol.answers import AnswerField, Answers, answer_from
from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.signal.bolus import BolusArrival
from PWIProtocolLib.protocol.signal.pixel_curve import BolusReading
from PWIProtocolLib.protocol.study import read_study
from PWIProtocolLib.report.check_page import check_html
from PWIProtocolLib.scene.check_document import check_from_text, check_to_text
from PWIProtocolLib.scene.check_node import check_nodes, keep_check, read_check, source_of
from PWIProtocolLib.scene.check_table import COLUMNS, add_check_table
from PWIProtocolLib.scene.timeline_plot import (
    AFTER,
    ARRIVAL,
    BEFORE,
    INJECTION,
    TIME,
    add_timeline_plot,
    show_plot,
    timeline,
)
from study_plan import PLANTED_IDENTIFIERS, Vendor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PWIProtocolLib.protocol.checker import ProtocolCheck

pytest_plugins = ("check_desk",)


@pytest.fixture(scope="module")
def a_check(the_sample_study: Path) -> ProtocolCheck:
    """The check of the made-up study, with an entry and an indication."""
    entered = Answers((answer_from(AnswerField.SALINE_FLUSH, 20.0, "R1"),), "diagnosis")
    return check_study(read_study(the_sample_study), entered)


def without_images(check: ProtocolCheck) -> dict[str, Any]:
    """What a text can keep of a check."""
    kept = {name: value for name, value in vars(check).items() if name != "times"}
    if check.times is None:
        return kept | {"times": None}
    times = None if check.times.times_s is None else check.times.times_s.tolist()
    return kept | {"times": (check.times.count, times, check.times.reason, check.times.cautions)}


def test_a_text_gives_the_same_check_back(a_check: ProtocolCheck) -> None:
    again = check_from_text(check_to_text(a_check))
    assert without_images(again) == without_images(a_check)
    assert check_html(again) == check_html(a_check)


@pytest.mark.parametrize(
    "fields",
    [{}, {"arrival_frame": None, "injection_s": None}, {"timed": False}, {"echo_planar": True}],
    ids=["all is known", "no bolus", "no times", "no dynamic"],
)
def test_a_check_in_which_something_is_missing_comes_back_as_it_was(fields: dict[str, Any]) -> None:
    check = checked(a_short_plan(Vendor.SIEMENS, **fields))
    assert without_images(check_from_text(check_to_text(check))) == without_images(check)


@pytest.mark.parametrize("vendor", [Vendor.GE, Vendor.PHILIPS_ENHANCED])
def test_no_identifier_of_the_headers_gets_into_the_scene(vendor: Vendor) -> None:
    text = check_to_text(checked(a_short_plan(vendor)))
    assert not any(identifier in text for identifier in PLANTED_IDENTIFIERS)


def _schema(document: dict[str, Any]) -> None:
    document["schema"] = "hnn-pwi-scene/2"


def _verdict(document: dict[str, Any]) -> None:
    document["criteria"][0]["verdict"] = "fine"


def _answer(document: dict[str, Any]) -> None:
    document["answers"][0]["value"] = 2000.0


def _nothing(document: dict[str, Any]) -> None:
    document.clear()


@pytest.mark.parametrize("spoil", [_schema, _verdict, _answer, _nothing])
def test_a_damaged_text_is_refused_with_its_name(
    a_check: ProtocolCheck, spoil: Callable[[dict[str, Any]], None]
) -> None:
    document = json.loads(check_to_text(a_check))
    spoil(document)
    with pytest.raises(InputError, match=r"^the node: .*check the study again$"):
        check_from_text(json.dumps(document), "the node")


@pytest.mark.parametrize("text", ["", "[]", "no JSON", "null"])
def test_a_text_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="holds no protocol check"):
        check_from_text(text)


def test_a_study_has_one_node_in_the_scene(a_scene: Any, a_check: ProtocolCheck) -> None:
    first = keep_check(a_check, "folder:/one")
    assert keep_check(replace(a_check, indication=None), "folder:/one") is first
    assert read_check(first).indication is None
    second = keep_check(a_check, "folder:/two")
    assert check_nodes() == [first, second]
    assert first.GetName() != second.GetName()
    assert source_of(second) == "folder:/two"
    assert "/two" not in second.GetText()


def test_a_saved_scene_carries_the_check_as_a_file(a_scene: Any, a_check: ProtocolCheck, tmp_path: Path) -> None:
    import zipfile

    import slicer

    keep_check(a_check, "folder:/one")
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    with zipfile.ZipFile(tmp_path / "scene.mrb") as bundle:
        (name,) = (name for name in bundle.namelist() if name.endswith(".json"))
        assert without_images(check_from_text(bundle.read(name).decode())) == without_images(a_check)
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    (node,) = check_nodes()
    assert without_images(read_check(node)) == without_images(a_check)
    assert source_of(node) == "folder:/one"


def test_the_table_has_a_line_for_each_criterion(a_scene: Any, a_check: ProtocolCheck) -> None:
    node = add_check_table(a_check)
    assert [node.GetColumnName(column) for column in range(node.GetNumberOfColumns())] == list(COLUMNS)
    rows = {node.GetCellText(row, 0): node.GetCellText(row, 1) for row in range(node.GetNumberOfRows())}
    assert len(rows) == len(a_check.criteria) + len(a_check.analysis)
    assert rows["Temporal resolution"] == "not met"
    assert rows["Injection rate and saline flush"] == "entered: met"


def test_the_plot_shows_frames_signal_arrival_and_injection(a_scene: Any, a_check: ProtocolCheck) -> None:
    lines = timeline(a_check)
    assert list(lines) == [BEFORE, AFTER, ARRIVAL, INJECTION]
    assert lines[BEFORE][0].tolist() == [6.0 * frame for frame in range(9)]
    assert lines[AFTER][0].tolist() == [6.0 * frame for frame in range(9, 54)]
    assert 42.0 < lines[ARRIVAL][0][0] < 60.0  # after the injection, before the first bright frame has ended
    assert set(lines[INJECTION][0].tolist()) == {42.0}
    assert lines[AFTER][1][0] > 3 * lines[BEFORE][1].mean()
    plot = add_timeline_plot(a_check)
    assert plot.chart.GetXAxisTitle() == TIME
    assert [series.GetName() for series in plot.series] == list(lines)
    assert len({series.GetColor() for series in plot.series}) == 4
    assert plot.tables[1].GetTable().GetNumberOfRows() == 45


def test_frames_without_times_are_plotted_over_their_number(a_scene: Any, a_check: ProtocolCheck) -> None:
    assert a_check.times is not None
    lines = timeline(replace(a_check, times=replace(a_check.times, times_s=None)))
    assert lines[BEFORE][0].tolist() == list(range(1, 10))
    assert INJECTION not in lines  # its place is not known
    assert 9.0 <= lines[ARRIVAL][0][0] <= 10.0


def test_frames_without_a_signal_are_plotted_at_their_number(a_check: ProtocolCheck) -> None:
    lines = timeline(replace(a_check, bolus=BolusReading(None, "the pixels were not looked at")))
    assert list(lines) == [AFTER, INJECTION]
    assert lines[AFTER][1].tolist() == list(range(1, 55))


def test_without_frames_there_is_nothing_to_plot(a_scene: Any, a_check: ProtocolCheck) -> None:
    import slicer

    with pytest.raises(InputError, match="nothing to plot"):
        add_timeline_plot(replace(a_check, times=None, bolus=None))
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLPlotChartNode") == 0


def test_a_plot_is_of_its_frames_whatever_was_entered(a_scene: Any, a_check: ProtocolCheck) -> None:
    assert a_check.bolus is not None
    plot = add_timeline_plot(a_check)
    assert plot.shows(replace(a_check, answers=Answers(), indication=None))
    assert not plot.shows(replace(a_check, injection_s=41.0))
    later = replace(a_check.bolus, arrival=BolusArrival(12.0, 0.5, 12, 72.0))
    assert not plot.shows(replace(a_check, bolus=later))
    plot.remove()
    plot.remove()


def every_node() -> list[Any]:
    import slicer

    return [node for nodes in slicer.util.getNodes("*", useLists=True).values() for node in nodes]


def test_the_plot_is_shown_where_there_are_views(a_scene: Any, a_check: ProtocolCheck) -> None:
    import slicer

    plot = add_timeline_plot(a_check)
    assert not show_plot(plot)
    before = set(every_node())
    logic = slicer.vtkMRMLLayoutLogic()
    logic.SetMRMLScene(a_scene)
    assert show_plot(plot)
    view = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLPlotViewNode")
    assert view.GetPlotChartNodeID() == plot.chart.GetID()
    logic.SetMRMLScene(None)
    # Views outlive the clearing of a scene; later tests must not find these.
    for node in every_node():
        if node not in before:
            slicer.mrmlScene.RemoveNode(node)


def test_helpers_of_a_plot_are_neither_listed_nor_saved(a_scene: Any, a_check: ProtocolCheck) -> None:
    plot = add_timeline_plot(a_check)
    assert all(node.GetHideFromEditors() and not node.GetSaveWithScene() for node in (*plot.series, *plot.tables))
    assert not plot.chart.GetSaveWithScene()
    assert np.isfinite(plot.tables[0].GetTable().GetColumn(1).GetTuple1(0))

"""Typed parameters are stored in the node in Slicer's own form, checked, and told to observers once."""

from __future__ import annotations

import enum
import pathlib
from typing import Annotated, Any, Optional

import pytest

# The annotations below are read when a wrapper is made, so the names must be in the module.
import slicer_harness
from hypothesis import given, settings
from hypothesis import strategies as st

slicer_harness.start()

import slicer  # noqa: E402 - there only after the start
from slicer.parameterNodeWrapper import (  # noqa: E402
    Choice,
    Default,
    FloatRange,
    Minimum,
    WithinRange,
    createGui,
    parameterNodeWrapper,
    parameterPack,
)

pytestmark = pytest.mark.usefixtures("an_application")


class Certainty(enum.Enum):
    ABSENT = 0
    EQUIVOCAL = 1
    UNEQUIVOCAL = 2


@parameterPack
class Window:
    width: Annotated[float, Minimum(1)] = 400.0
    level: float = 40.0


@parameterNodeWrapper
class ReadingParameters:
    count: int
    size_mm: Annotated[float, WithinRange(0, 100)]
    site: Annotated[str, Choice(["oropharynx", "larynx"])] = "larynx"
    locked: bool
    certainty: Certainty
    folder: pathlib.Path
    note: Optional[str]  # noqa: UP045 - both ways of writing must work
    angle: float | None
    levels: list[str]
    centre: tuple[float, float, float]
    sizes: dict[str, float]
    window: Window
    image: slicer.vtkMRMLScalarVolumeNode
    seed: Annotated[int, Default(generator=lambda: 7)]


@pytest.fixture
def a_node() -> Any:
    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")


@pytest.fixture
def a_wrapper(a_node: Any) -> Any:
    return ReadingParameters(a_node)


def stored(wrapper: Any) -> dict[str, str]:
    node = wrapper.parameterNode
    return {name: node.GetParameter(name) for name in node.GetParameterNames()}


def test_unset_parameters_have_the_documented_defaults(a_wrapper: Any) -> None:
    assert (a_wrapper.count, a_wrapper.size_mm, a_wrapper.site, a_wrapper.locked) == (0, 0.0, "larynx", False)
    assert (a_wrapper.certainty, a_wrapper.folder) == (Certainty.ABSENT, pathlib.Path())
    assert (a_wrapper.note, a_wrapper.angle, a_wrapper.image) == (None, None, None)
    assert (a_wrapper.levels, a_wrapper.centre, a_wrapper.sizes) == ([], (0.0, 0.0, 0.0), {})
    assert (a_wrapper.window, a_wrapper.seed) == (Window(400.0, 40.0), 7)


def test_values_are_stored_as_slicer_stores_them(a_wrapper: Any) -> None:
    image = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    a_wrapper.locked = True
    a_wrapper.certainty = Certainty.EQUIVOCAL
    a_wrapper.note = "N2"
    a_wrapper.levels = ["IIA", "III"]
    a_wrapper.sizes = {"N1": 24.0}
    a_wrapper.window.width = 350.0
    a_wrapper.image = image
    texts = stored(a_wrapper)
    assert texts["locked"] == "True"
    assert texts["certainty"] == "EQUIVOCAL"
    assert texts["note.0"] == "N2"
    assert texts["angle.1"] == "True"
    assert (texts["levels.len"], texts["levels.1"]) == ("2", "III")
    assert (texts["sizes.0.0"], texts["sizes.0.1"]) == ("N1", "24.0")
    assert (texts["window.width"], texts["window.level"]) == ("350.0", "40.0")
    assert a_wrapper.parameterNode.GetNodeReferenceID("image") == image.GetID()


@settings(max_examples=25, deadline=None)
@given(
    levels=st.lists(st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=8), max_size=5),
    sizes=st.dictionaries(st.sampled_from(["N1", "N2", "N3"]), st.floats(allow_nan=False)),
    size_mm=st.floats(0, 100),
)
def test_what_was_written_is_read_by_another_wrapper(levels: Any, sizes: Any, size_mm: float) -> None:
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode")
    writer = ReadingParameters(node)
    writer.levels, writer.sizes, writer.size_mm = levels, sizes, size_mm
    reader = ReadingParameters(node)
    assert (reader.levels, reader.sizes, reader.size_mm) == (levels, sizes, size_mm)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("count", "3", TypeError),
        ("count", None, ValueError),
        ("size_mm", 100.5, ValueError),
        ("site", "skin", ValueError),
        ("certainty", "ABSENT", TypeError),
        ("note", 3, TypeError),
        ("centre", (1.0, 2.0), ValueError),
        ("levels", ["III", 4], TypeError),
        ("window", None, ValueError),
        ("window.width", 0.5, ValueError),
        ("nonsense", 1, ValueError),
    ],
)
def test_a_refused_value_changes_nothing(a_wrapper: Any, name: str, value: Any, error: type[Exception]) -> None:
    a_wrapper.levels = ["IIA"]
    before = stored(a_wrapper)
    with pytest.raises(error):
        a_wrapper.setValue(name, value)
    assert stored(a_wrapper) == before


def test_an_assignment_is_one_event(a_wrapper: Any) -> None:
    events = []
    tag = a_wrapper.AddObserver("ModifiedEvent", lambda *_: events.append(True))
    a_wrapper.levels = ["IIA", "III", "IV"]
    a_wrapper.levels.append("V")
    a_wrapper.window = Window(300.0, 50.0)
    with slicer.util.NodeModify(a_wrapper):
        a_wrapper.count = 3
        a_wrapper.locked = True
    assert len(events) == 4
    a_wrapper.RemoveObserver(tag)
    a_wrapper.count = 4
    assert len(events) == 4


def test_a_changed_element_is_written_back(a_wrapper: Any) -> None:
    a_wrapper.levels.extend(["IIA", "III"])
    a_wrapper.levels[0] = "IB"
    a_wrapper.levels.pop()
    a_wrapper.sizes["N1"] = 12.0
    assert (list(a_wrapper.levels), dict(a_wrapper.sizes)) == (["IB"], {"N1": 12.0})


def test_dotted_names_reach_into_a_pack(a_wrapper: Any) -> None:
    a_wrapper.setValue("window.level", 60)
    assert a_wrapper.getValue("window.level") == 60
    assert ReadingParameters.dataType("window.level") is float
    with pytest.raises(AttributeError):
        a_wrapper.window.centre = 3


def test_two_prefixes_share_a_node_without_touching(a_node: Any) -> None:
    first, second = ReadingParameters(a_node, prefix="first"), ReadingParameters(a_node, prefix="second")
    first.count = 3
    assert second.count == 0


def test_a_range_keeps_its_order() -> None:
    bounds = FloatRange(10, 20)
    with pytest.raises(ValueError, match="minimum <= maximum"):
        bounds.minimum = 30
    assert (bounds.minimum, bounds.maximum) == (10, 20)


def test_a_generated_form_is_connected_to_its_pack() -> None:
    @parameterNodeWrapper
    class OnlyWindow:
        window: Window

    form = createGui(OnlyWindow)
    wrapper = OnlyWindow(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode"))
    tag = wrapper.connectGui(form)
    from slicer.parameterNodeWrapper import findChildWidgetForParameter

    width = findChildWidgetForParameter(form, "window.width")
    assert width.value == 400.0
    width.value = 250
    assert wrapper.window.width == 250
    wrapper.disconnectGui(tag)
    width.value = 300
    assert wrapper.window.width == 250


def test_a_widget_that_cannot_show_a_type_is_refused(a_wrapper: Any) -> None:
    import qt

    with pytest.raises(RuntimeError, match="Unable to create GUI connector"):
        a_wrapper.connectParametersToGui({"count": qt.QLineEdit()})
    with pytest.raises(RuntimeError, match="needs an int with bounds"):
        a_wrapper.connectParametersToGui({"count": qt.QSlider()})

"""The choice of views in the panel, used as a reader does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.scene.compare_views import volume_in_view
from iENEGraderLib.scene.layouts import Layout, current_layout, show_layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.panel.pairs.views_section import ViewsSection

    Choose = Callable[[Any, str], None]

pytest_plugins = ("section_fixtures",)


@pytest.fixture
def a_parameter_node(a_layout_node: Any) -> Any:
    import slicer

    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "parameters")


@pytest.fixture
def three_volumes(a_layout_node: Any) -> list[Any]:
    import numpy as np
    import slicer

    volumes = [slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name) for name in ("CT", "T2", "T1")]
    for volume in volumes:
        slicer.util.updateVolumeFromArray(volume, np.zeros((4, 4, 4), dtype=np.int16))
    return volumes


@pytest.fixture
def a_section(a_parameter_node: Any) -> Iterator[ViewsSection]:
    from iENEGraderLib.panel.pairs.views_section import ViewsSection

    section = ViewsSection(lambda: a_parameter_node)
    section.resize(380, 120)
    section.show()
    yield section
    section.close()
    section.hide()


def menu_item(section: ViewsSection, text: str) -> Any:
    return next(action for action in section.numberMenu.actions() if action.text == text)


def offered(box: Any) -> list[str]:
    return [box.itemText(at) for at in range(box.count)]


def test_the_buttons_choose_the_layout_and_show_which_is_on(a_section: ViewsSection) -> None:
    a_section.planesButton.click()
    assert current_layout() is Layout.READING
    assert (a_section.planesButton.checked, a_section.vesselButton.checked) == (True, False)
    a_section.vesselButton.click()
    assert current_layout() is Layout.ALONG_VESSEL
    assert (a_section.planesButton.checked, a_section.vesselButton.checked) == (False, True)
    show_layout(Layout.READING)  # by another part of the panel
    assert a_section.planesButton.checked


def test_comparing_shows_the_volumes_in_their_order_and_a_box_for_each(
    a_section: ViewsSection, three_volumes: list[Any]
) -> None:
    assert not a_section.chooser.visible
    menu_item(a_section, "4 volumes").trigger()
    assert current_layout() is Layout.COMPARE_4
    assert [volume_in_view(f"Compare{n}") for n in (1, 2, 3, 4)] == [*three_volumes, None]
    assert a_section.chooser.visible
    assert [box.visible for box in a_section.boxes] == [True] * 4 + [False] * 2
    assert [box.currentText for box in a_section.boxes[:4]] == ["CT", "T2", "T1", "–"]


def test_another_volume_is_chosen_for_one_view_and_remembered(
    a_section: ViewsSection, three_volumes: list[Any], choose: Choose
) -> None:
    menu_item(a_section, "2 volumes").trigger()
    choose(a_section.boxes[1], "T1")
    assert volume_in_view("Compare2") is three_volumes[2]
    a_section.planesButton.click()
    assert not a_section.chooser.visible
    menu_item(a_section, "3 volumes").trigger()
    assert [box.currentText for box in a_section.boxes[:3]] == ["CT", "T1", "T2"]


def test_a_removed_volume_is_no_longer_offered_and_the_rest_works(
    a_section: ViewsSection, three_volumes: list[Any], choose: Choose
) -> None:
    import slicer

    menu_item(a_section, "2 volumes").trigger()
    slicer.mrmlScene.RemoveNode(three_volumes[1])
    assert offered(a_section.boxes[0]) == ["–", "CT", "T1"]
    assert [box.currentText for box in a_section.boxes[:2]] == ["CT", "–"]
    choose(a_section.boxes[1], "T1")
    assert volume_in_view("Compare2") is three_volumes[2]


def test_a_new_volume_is_offered(a_section: ViewsSection, three_volumes: list[Any]) -> None:
    import numpy as np
    import slicer
    from PySide6.QtTest import QTest

    menu_item(a_section, "2 volumes").trigger()
    added = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "VMI 40 keV")
    slicer.util.updateVolumeFromArray(added, np.zeros((4, 4, 4), dtype=np.int16))
    QTest.qWait(250)
    assert "VMI 40 keV" in offered(a_section.boxes[0])


def test_a_closed_scene_leaves_nothing_to_choose(a_section: ViewsSection, three_volumes: list[Any]) -> None:
    import slicer

    menu_item(a_section, "2 volumes").trigger()
    slicer.mrmlScene.Clear(0)
    assert [box.currentText for box in a_section.boxes if box.visible] == ["–", "–"]


def test_a_saved_scene_finds_its_layout_before_the_module_is_opened(a_layout_node: Any, a_module: Any) -> None:
    assert a_module is not None
    a_layout_node.SetViewArrangement(Layout.COMPARE_3)
    assert 'singletontag="Compare3"' in a_layout_node.GetCurrentLayoutDescription()

"""The reading lives in one text node: written, found, observed, and refused when it is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.errors import InputError
from scene_builders import a_reading

if TYPE_CHECKING:
    from iENEGraderLib.reading import Reading


@pytest.fixture
def a_reading_node(a_scene: Any) -> Any:
    from iENEGraderLib.scene.reading_node import create_reading_node

    return create_reading_node(a_reading())


def test_a_reading_comes_back_from_its_node(a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import read_reading

    assert read_reading(a_reading_node) == a_reading()


def test_a_reading_is_found_by_its_case(a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import create_reading_node, find_reading_node

    other = create_reading_node(replace(a_reading(), case_id="Other"))

    assert find_reading_node("Other") is other
    assert find_reading_node() is a_reading_node
    assert find_reading_node("Nobody") is None


def test_other_text_nodes_are_no_readings(a_scene: Any) -> None:
    from iENEGraderLib.scene.reading_node import reading_nodes

    a_scene.AddNewNodeByClass("vtkMRMLTextNode", "Notes").SetText("milk, bread")

    assert reading_nodes() == []


def test_an_observer_hears_of_every_change_until_it_stops(a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import ReadingObserver, write_reading

    heard: list[Reading] = []
    observer = ReadingObserver(a_reading_node, heard.append)
    changed = replace(a_reading(), reader="R2")

    write_reading(a_reading_node, changed)
    write_reading(a_reading_node, changed)
    observer.stop()
    write_reading(a_reading_node, a_reading())

    assert heard == [changed]


def test_a_broken_reading_is_refused_by_the_name_of_its_node(a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import read_reading

    a_reading_node.SetText('{"schema": "hnn-reading/1"}')

    with pytest.raises(InputError, match=r"Reading Gr\u00fcn 1: case_id: missing"):
        read_reading(a_reading_node)


def test_a_change_can_be_undone(a_scene: Any, a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import find_reading_node, read_reading, write_reading

    a_scene.SetUndoOn()
    a_scene.SaveStateForUndo()
    write_reading(a_reading_node, replace(a_reading(), reader="R2"))
    a_scene.Undo()
    a_scene.SetUndoOff()

    assert read_reading(find_reading_node()) == a_reading()

"""The reading lives in one text node: written, found, and refused when it is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from HeadNeckNodesLib.errors import InputError
from scene_builders import a_reading


@pytest.fixture
def a_reading_node(a_scene: Any) -> Any:
    from iENEGraderLib.scene.reading_node import create_reading_node

    return create_reading_node(a_reading())


def test_a_reading_comes_back_from_its_node(a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import read_reading

    assert read_reading(a_reading_node) == a_reading()


def test_readings_are_found_in_the_order_of_the_scene(a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import create_reading_node, reading_nodes

    other = create_reading_node(replace(a_reading(), case_id="Other"))

    assert reading_nodes() == [a_reading_node, other]


def test_other_text_nodes_are_no_readings(a_scene: Any) -> None:
    from iENEGraderLib.scene.reading_node import reading_nodes

    a_scene.AddNewNodeByClass("vtkMRMLTextNode", "Notes").SetText("milk, bread")

    assert reading_nodes() == []


def test_a_broken_reading_is_refused_by_the_name_of_its_node(a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import read_reading

    a_reading_node.SetText('{"schema": "hnn-reading/1"}')

    with pytest.raises(InputError, match=r"Reading Gr\u00fcn 1: case_id: missing"):
        read_reading(a_reading_node)


def test_a_change_can_be_undone(a_scene: Any, a_reading_node: Any) -> None:
    from iENEGraderLib.scene.reading_node import read_reading, reading_nodes, write_reading

    a_scene.SetUndoOn()
    a_scene.SaveStateForUndo()
    write_reading(a_reading_node, replace(a_reading(), reader="R2"))
    a_scene.Undo()
    a_scene.SetUndoOff()

    assert [read_reading(node) for node in reading_nodes()] == [a_reading()]

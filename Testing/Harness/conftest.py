"""Fixtures of the harness's own tests: the application, and a small scripted module in a folder of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

EXAMPLE = Path(__file__).parent / "example" / "NodeCounter"


@pytest.fixture(scope="session")
def the_application() -> Any:
    import slicer_harness

    return slicer_harness.start()


@pytest.fixture
def an_application(the_application: Any) -> Iterator[Any]:
    import slicer

    slicer.mrmlScene.Clear(0)
    the_application.messages.clear()
    the_application.uncaughtErrors.clear()
    yield the_application
    assert the_application.uncaughtErrors == []


@pytest.fixture
def an_entry_file(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "NodeCounter")) / "NodeCounter.py"


@pytest.fixture
def a_module(an_application: Any, an_entry_file: Path) -> Iterator[Any]:
    yield an_application.loadModule(an_entry_file)
    an_application.unloadModule("NodeCounter")


@pytest.fixture
def a_panel(a_module: Any) -> Any:
    widget = a_module.widgetRepresentation()
    widget.enter()
    return widget.self()


@pytest.fixture
def an_image() -> Any:
    import slicer

    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT neck")

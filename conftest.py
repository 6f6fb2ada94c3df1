"""Fixtures shared by all tests: the headless application, its scene, and the real data beside the project."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hnn.headless import HeadlessSlicer

# A busy machine must not fail a test, and continuous integration must fail only for what changed.
settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of bytes by its length: each worker must find the same names, and bytes may hold the time."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) else None


SHARED_DATA = Path(__file__).resolve().parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def slicer_app() -> HeadlessSlicer:
    """The headless application, started once per session: with the Qt harness where Qt is installed.

    There is one application per process, so tests of the scene and of panels must share it.
    """
    if importlib.util.find_spec("PySide6") is None:
        from hnn.headless import HeadlessSlicer

        return HeadlessSlicer.start()
    import slicer_harness

    return cast("HeadlessSlicer", slicer_harness.start())


@pytest.fixture
def a_scene(slicer_app: HeadlessSlicer) -> Iterator[Any]:
    """The application's scene, empty before and after the test."""
    scene = slicer_app.mrmlScene()
    scene.Clear(0)
    yield scene
    scene.Clear(0)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Look up a folder or file of the real public data; the test is skipped when it is not there."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"needs the public data set {name} in the folder shared/data beside the project")
        return path

    return find

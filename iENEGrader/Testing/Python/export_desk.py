"""The export fold in the harness, and a user at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from panel_fixtures import PanelUser
from scene_builders import ENDS, a_reading, an_image, some_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Exporter(PanelUser):
    """A user at the export fold."""

    @property
    def fold(self) -> Any:
        """The export fold."""
        return self.panel.exportFold

    def tick(self, *names: str) -> None:
        """Tick these targets and no others."""
        for name, box in self.fold.targetBoxes.items():
            if box.checked != (name in names):
                box.click()

    def export(self, folder: Path | str, *names: str) -> None:
        """Tick these targets and no others, type the folder, and click Export."""
        self.tick(*names)
        self.type_into(self.fold.folderBox, str(folder))
        self.fold.exportButton.click()

    def unfold(self) -> Any:
        """Fold out what is rarely chosen, and return it."""
        self.fold.more.fold.collapsed = False
        self.application.processEvents()
        return self.fold.more

    def at_step(self, number: int, act: Callable[[], None]) -> None:
        """Do something when the bar reaches a step, as a hand would meanwhile."""
        self.fold.progress.bar.connect("valueChanged(int)", lambda value: act() if value == number else None)

    @property
    def said(self) -> str:
        """What stands below the button after an export, in plain text."""
        view = self.fold.resultView
        return "" if view.isHidden() else str(view.plainText)


@pytest.fixture
def a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, where the key of the pseudonyms is made, and no browser that would print."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("iENEGraderLib.export.pdf.browser", lambda: None)
    return home


@pytest.fixture
def an_empty_memory(a_running_slicer: Any) -> Iterator[Any]:
    """Settings of an application that has never exported."""
    settings = a_running_slicer.userSettings()
    settings.remove("iENEGrader/Export")
    yield settings
    settings.remove("iENEGrader/Export")


@pytest.fixture
def a_newcomer(an_empty_memory: Any, a_home: Path, a_user: PanelUser) -> Exporter:
    """A user who has folded the export out, with nothing in the scene."""
    assert not an_empty_memory.contains("iENEGrader/Export/Folder")
    assert not list(a_home.iterdir())
    a_user.panel.exportButton.click()
    return Exporter(a_user.application, a_user.widget)


@pytest.fixture
def an_exporter(a_newcomer: Exporter) -> Exporter:
    """A user with a small case in the scene: two nodes, an artery and skin, without DICOM."""
    from iENEGraderLib.scene.case_scene import add_case

    segments = some_segments()
    add_case(an_image(), segments[:2], segments[2:], a_reading(), ENDS)
    return a_newcomer

"""The self-test tests the panel, too, and cleans up behind itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


def test_the_self_test_deletes_its_files_and_returns_to_the_module_that_was_open(a_module: Any) -> None:
    import slicer

    def files() -> set[Path]:
        return set(Path(slicer.app.temporaryPath).glob("*.mrb"))

    before, module = files(), slicer.util.selectedModule()
    slicer.selfTests["iENEGrader"]()
    assert files() == before
    assert slicer.util.selectedModule() == module


def test_the_self_test_fails_when_the_panel_does_not_pass_a_click_on(
    a_user: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer

    monkeypatch.setattr(a_user.panel.findingsSection, "_edit", lambda *_arguments: None)
    with pytest.raises(AssertionError, match="self-test failed"):
        slicer.selfTests["iENEGrader"]()

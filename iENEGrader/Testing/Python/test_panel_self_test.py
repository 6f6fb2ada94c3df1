"""The self-test tests the panel, too, and cleans up behind itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import Certainty

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


def test_the_self_tests_pass_and_leave_nothing_behind(a_module: Any) -> None:
    import slicer
    from iENEGraderLib.panel.session.safekeeping import application_folder

    def files() -> set[Path]:
        return {*Path(slicer.app.temporaryPath).glob("*.mrb"), *application_folder().glob("*.json")}

    before, module = files(), slicer.util.selectedModule()
    slicer.selfTests["iENEGrader"]()
    assert files() == before
    assert slicer.util.selectedModule() == module
    assert slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLTextNode") is None


def test_the_self_test_fails_when_doubt_counts(a_module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from iENEGraderLib.panel import self_test
    from iENEGraderLib.rules import assess

    def credulous(reading: Any) -> Any:
        nodes = [node.with_finding(f.kind, Certainty.UNEQUIVOCAL) for node in reading.nodes for f in node.findings]
        return assess(reading.with_nodes(nodes or reading.nodes))

    monkeypatch.setattr(self_test, "assess", credulous)
    with pytest.raises(AssertionError, match="self-test failed"):
        self_test.run([self_test.GraderSelfTest])


def test_the_self_test_fails_when_the_panel_does_not_pass_a_click_on(
    a_user: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iENEGraderLib.panel import self_test

    monkeypatch.setattr(a_user.panel.findingsSection, "_edit", lambda *_arguments: None)
    with pytest.raises(AssertionError, match="self-test failed"):
        self_test.run([self_test.GraderSelfTest])


def test_the_self_test_fails_when_markups_are_not_followed(a_user: PanelUser, monkeypatch: pytest.MonkeyPatch) -> None:
    from iENEGraderLib.panel import self_test

    monkeypatch.setattr(type(a_user.panel.annotations.board), "_watch", lambda *_arguments: None)
    with pytest.raises(AssertionError, match="self-test failed"):
        self_test.run([self_test.SampleCaseSelfTest])

"""The module PWIProtocol as Slicer loads it: its card, its logic for scripts, its self-test, reload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PWIProtocolLib.protocol.recommendations import CriterionId
from PWIProtocolLib.protocol.verdict import Verdict
from slicer_harness.kept_libraries import libraries_kept

if TYPE_CHECKING:
    from pathlib import Path

    from check_desk import PerfusionUser

pytest_plugins = ("check_desk",)


def test_the_card_says_what_is_there_and_where_to_read_on(a_perfusion_module: Any) -> None:
    assert a_perfusion_module.title == "PWI Protocol"
    assert "what cannot be told from its data" in a_perfusion_module.helpText
    assert "description only" not in a_perfusion_module.helpText
    assert "not recommended for N staging" in a_perfusion_module.helpText
    assert "Docs/PWIProtocol.md" in a_perfusion_module.helpText
    assert "Not a medical device" in a_perfusion_module.helpText
    assert "Romeo" in a_perfusion_module.acknowledgementText


def test_a_script_checks_a_folder_in_one_line(a_perfusion_module: Any, the_sample_study: Path) -> None:
    logic = a_perfusion_module.widgetRepresentation().self().logic
    check = logic.checkStudy(the_sample_study)
    assert check.result(CriterionId.TEMPORAL_RESOLUTION).verdict is Verdict.NOT_MET
    assert logic.checkStudy(logic.readStudy(the_sample_study, "visit 1")).label == "visit 1"


def test_the_self_tests_pass_and_leave_nothing_behind(a_perfusion_module: Any) -> None:
    import slicer

    before = slicer.util.selectedModule()
    slicer.selfTests["PWIProtocol"]()
    assert slicer.util.selectedModule() == before
    assert slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLTextNode") is None


def test_the_self_test_fails_when_a_verdict_is_not_the_known_one(
    a_perfusion_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PWIProtocolLib.panel import self_test

    monkeypatch.setattr(self_test, "EXPECTED", self_test.EXPECTED | {CriterionId.COIL: Verdict.MET})
    with pytest.raises(AssertionError, match="self-test failed"):
        self_test.run([self_test.CheckSelfTest])


def test_the_self_test_fails_when_the_caution_on_staging_is_wanting(
    a_perfusion_user: PerfusionUser,
) -> None:
    from PWIProtocolLib.panel import self_test

    a_perfusion_user.panel.emptyLabel.text = "no caution"
    with pytest.raises(AssertionError, match="self-test failed"):
        self_test.run([self_test.PanelSelfTest])


def test_a_reloaded_module_shows_the_check_of_the_scene_again(
    a_perfusion_user: PerfusionUser, a_perfusion_module: Any, the_sample_study: Path
) -> None:
    a_perfusion_user.check_folder(the_sample_study)
    widget = a_perfusion_module.widgetRepresentation()
    before = widget.self().panel
    with libraries_kept():
        widget.self().onReload()
        after = widget.self().panel
        assert after is not before
        assert after.session.check.label == "sample-dce-study"
        assert after.checkSection.table.rowCount == 18
        widget.self().cleanup()

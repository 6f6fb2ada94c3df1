"""The module PWIProtocol as Slicer loads it: its card, what its panel says, its self-test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY_FILE = Path(__file__).resolve().parents[2] / "PWIProtocol.py"


@pytest.fixture
def a_module() -> Iterator[Any]:
    """The module, loaded and open."""
    import slicer_harness

    application = slicer_harness.start()
    application.uncaughtErrors.clear()
    module = application.loadModule(ENTRY_FILE)
    module.widgetRepresentation().enter()
    yield module
    application.unloadModule("PWIProtocol")
    assert application.uncaughtErrors == []


def test_the_card_says_what_is_there_and_where_to_read_on(a_module: Any) -> None:
    assert a_module.title == "PWI Protocol"
    assert "Version 0.1 contains a description only" in a_module.helpText
    assert "Docs/PWIProtocol.md" in a_module.helpText
    assert "Not a medical device" in a_module.helpText
    assert "Romeo" in a_module.acknowledgementText


def test_the_panel_promises_nothing_that_is_not_there(a_module: Any) -> None:
    text = a_module.widgetRepresentation().self().panel.browser.toPlainText()
    assert text.startswith("Version 0.1 contains this description only: it checks no study and computes no map.")
    assert "not recommended for N staging" in text


def test_the_panel_names_the_limits_of_the_recommendations(a_module: Any) -> None:
    text = a_module.widgetRepresentation().self().panel.browser.toPlainText()
    for limit in ("4 mm at most, 3 mm advised", "2 × 2 mm at most", "5 s per frame", "5 min", "2 mL/s", "20 mL"):
        assert limit in text


def test_the_self_test_passes_and_fails_when_the_caution_on_staging_is_wanting(
    a_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer
    from PWIProtocolLib.panel import self_test

    assert slicer.selfTests["PWIProtocol"]() is None
    monkeypatch.setattr(self_test, "NOT_FOR_STAGING", "a caution that the panel does not show")
    with pytest.raises(AssertionError, match="the self-test failed"):
        self_test.run()


def test_a_reloaded_module_shows_its_description_again(a_module: Any) -> None:
    widget = a_module.widgetRepresentation()
    before = widget.self().panel
    widget.self().onReload()
    assert widget.self().panel is not before
    assert "Version 0.1" in widget.self().panel.browser.toPlainText()

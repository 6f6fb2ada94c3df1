"""Draw the panels with the sample case into Docs/screenshots: light, dark, and with the reasons folded out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "Docs" / "screenshots"
HEIGHT = 880
# Window, base, text, disabled text, highlight, link: two palettes as Slicer's light and dark themes have them.
LIGHT = ("#f0f0f0", "#ffffff", "#1a1a1a", "#8c8c8c", "#308cc6", "#0b5cad")
DARK = ("#353535", "#242424", "#e6e6e6", "#7d7d7d", "#2a82da", "#6ab0ff")


def main() -> None:
    """Draw all pictures."""
    os.environ["QT_SCALE_FACTOR"] = "2"  # sharp on fine screens
    sys.path[:0] = [str(ROOT / part) for part in ("iENEGrader", "PWIProtocol", "ReadingRoom", "Testing/Harness")]
    import slicer_harness

    application = slicer_harness.start()
    FOLDER.mkdir(parents=True, exist_ok=True)
    use_palette(LIGHT)
    draw_grader(application, "panel", lambda _panel: None)
    draw_grader(application, "panel-why", lambda panel: panel.resultStrip.whyButton.click())
    draw_perfusion(application)
    use_palette(DARK)
    draw_grader(application, "panel-dark", lambda _panel: None)


def draw_grader(application: Any, name: str, prepare: Callable[[Any], None]) -> None:
    """Draw the panel of iENEGrader with its second node selected."""
    import slicer
    import slicer_harness

    module = application.loadModule(ROOT / "iENEGrader" / "iENEGrader.py")
    representation = module.widgetRepresentation()
    panel = representation.self().panel
    if representation.self().session.reading is None:
        representation.self().logic.addSampleCase()
    panel.nodesSection.step(1)
    prepare(panel)
    slicer_harness.screenshot(representation, FOLDER / f"{name}.png", height=HEIGHT)
    application.unloadModule("iENEGrader")
    slicer.app.processEvents()


def draw_perfusion(application: Any) -> None:
    """Draw the panel of PWIProtocol."""
    import slicer_harness

    module = application.loadModule(ROOT / "PWIProtocol" / "PWIProtocol.py")
    slicer_harness.screenshot(module, FOLDER / "panel-pwi.png", height=620)
    application.unloadModule("PWIProtocol")


def use_palette(colours: tuple[str, ...]) -> None:
    """Give the application a palette, as its theme would."""
    import qt

    window, base, text, disabled, highlight, link = (qt.QColor(colour) for colour in colours)
    palette = qt.QPalette(window)
    palette.setColor(qt.QPalette.Base, base)
    for role in (qt.QPalette.WindowText, qt.QPalette.Text, qt.QPalette.ButtonText):
        palette.setColor(role, text)
        palette.setColor(qt.QPalette.Disabled, role, disabled)
    palette.setColor(qt.QPalette.Highlight, highlight)
    palette.setColor(qt.QPalette.Link, link)
    qt.QApplication.setPalette(palette)


if __name__ == "__main__":
    main()

"""Draw the panels with the sample case into Docs/screenshots: what a reader meets, in light and dark."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "Docs" / "screenshots"
WIDTH = 380
HEIGHT = 940
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
    draw_empty(application)
    draw_reading(application, "panel", lambda _panel: None)
    draw_reading(application, "panel-why", lambda panel: panel.resultStrip.whyButton.click())
    draw_reading(application, "panel-what-if", doubt_spikes)
    draw_reading(application, "panel-spike", mark_spike)
    draw_reading(application, "panel-suggestions", measure)
    draw_reading(application, "panel-vessel", show_vessel)
    draw_reading(application, "panel-coalescence", show_coalescence)
    draw_reading(application, "panel-locked", lambda panel: panel.caseSection.lockButton.click())
    draw_reading(application, "panel-export", lambda panel: panel.exportButton.click())
    draw_perfusion(application)
    draw_maps(application)
    use_palette(DARK)
    draw_reading(application, "panel-dark", doubt_spikes)


def draw_empty(application: Any) -> None:
    """Draw the panel as it is before there is a reading."""
    import slicer_harness

    module = application.loadModule(ROOT / "iENEGrader" / "iENEGrader.py")
    slicer_harness.screenshot(module, FOLDER / "panel-empty.png", height=HEIGHT)
    application.unloadModule("iENEGrader")


def draw_reading(application: Any, name: str, prepare: Callable[[Any], None]) -> None:
    """Draw the panel with the second node of the sample case selected."""
    import slicer
    import slicer_harness

    slicer.mrmlScene.Clear(0)
    module = application.loadModule(ROOT / "iENEGrader" / "iENEGrader.py")
    representation = module.widgetRepresentation()
    widget = representation.self()
    add_sample_case()
    representation.resize(WIDTH, HEIGHT)
    representation.show()
    widget.panel.nodesSection.step(1)
    prepare(widget.panel)
    slicer_harness.screenshot(representation, FOLDER / f"{name}.png", height=HEIGHT)
    widget.panel.safekeeping.saved()
    application.unloadModule("iENEGrader")
    slicer.app.processEvents()


def add_sample_case() -> None:
    """Put the sample case into the scene; it is made only once."""
    from iENEGraderLib.panel import sample_case
    from iENEGraderLib.sample import digital_neck

    if not made:
        made.append(digital_neck())
    sample_case.add_sample_case(made[0])


made: list[Any] = []


def doubt_spikes(panel: Any) -> None:
    """Leave the two nodes of one side, doubt the spikes of the selected one, and fold out what would change."""
    from iENEGraderLib.panel.session.edits import set_finding
    from iENEGraderLib.reading import Certainty, FindingKind

    panel.edit("one side", lambda reading: reading.with_nodes(reading.nodes[:2]))
    panel.edit("doubt", set_finding("N2", FindingKind.FAT_SPIKES, Certainty.EQUIVOCAL))
    panel.resultStrip.whatIfButton.click()


def mark_spike(panel: Any) -> None:
    """Mark two spikes at the selected node, as by the mouse, and fold their finding out."""
    from iENEGraderLib.panel.session.edits import add_mark
    from iENEGraderLib.reading import FindingKind, Mark, MarkKind

    for at, tip in enumerate(((-46.0, 10.0, 5.0), (-44.0, 14.5, 6.0)), 1):
        spike = Mark(f"M{at}", MarkKind.FAT_SPIKE, ((-40.0, 10.0, 5.0), tip), FindingKind.FAT_SPIKES)
        panel.edit("mark", add_mark("N2", spike))
    panel.findingsSection.rows[FindingKind.FAT_SPIKES].titleButton.click()


def measure(panel: Any) -> None:
    """Measure, with nothing found yet at the selected node."""
    from dataclasses import replace

    panel.edit("open", lambda reading: reading.with_node(replace(reading.node("N2"), findings=())))
    panel.nodesSection.measureButton.click()


def show_vessel(panel: Any) -> None:
    """Measure the fifth node against its artery."""
    panel.nodesSection.step(-2)
    panel.vesselSection.fold.collapsed = False
    panel.vesselSection.showButton.click()
    bring_into_sight(panel, panel.vesselSection)


def show_coalescence(panel: Any) -> None:
    """Measure the third node against its neighbour."""
    panel.nodesSection.step(1)
    panel.coalescenceSection.fold.collapsed = False
    panel.coalescenceSection.showButton.click()
    bring_into_sight(panel, panel.coalescenceSection)


def bring_into_sight(panel: Any, widget: Any) -> None:
    """Scroll the panel to a section, as a reader would."""
    import qt
    import slicer

    slicer.app.processEvents()
    area = next(area for area in panel.findChildren(qt.QScrollArea) if area.widget())
    area.ensureWidgetVisible(widget)
    area.horizontalScrollBar().value = 0


def draw_perfusion(application: Any) -> None:
    """Draw the panel of PWIProtocol with the made-up study checked, and an entry made."""
    import slicer
    import slicer_harness
    from PWIProtocolLib.protocol.answers import AnswerField
    from PWIProtocolLib.protocol.recommendations import CriterionId

    slicer.mrmlScene.Clear(0)
    module = application.loadModule(ROOT / "PWIProtocol" / "PWIProtocol.py")
    representation = module.widgetRepresentation()
    panel = representation.self().panel
    panel.checkSample()
    panel.studySection.folderRow.box.text = "/data/sample-dce-study"
    section = panel.checkSection
    section.entries.readerBox.text = "R1"
    criteria = [result.criterion_id for result in panel.session.check.criteria]
    section.table.selectRow(criteria.index(CriterionId.INJECTION_RATE_AND_FLUSH))
    section.entries._enter(AnswerField.SALINE_FLUSH, 20.0)
    slicer_harness.screenshot(representation, FOLDER / "pwi-check.png", height=1060)
    application.unloadModule("PWIProtocol")


def draw_maps(application: Any) -> None:
    """Draw the maps of the reference object, with the folds of the check closed."""
    import slicer
    import slicer_harness

    slicer.mrmlScene.Clear(0)
    module = application.loadModule(ROOT / "PWIProtocol" / "PWIProtocol.py")
    representation = module.widgetRepresentation()
    panel = representation.self().panel
    representation.resize(WIDTH, HEIGHT)
    representation.show()
    panel.mapsSection.fold.collapsed = False
    panel.mapsSection.sampleButton.click()
    slicer_harness.screenshot(representation, FOLDER / "pwi-maps.png", height=980)
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

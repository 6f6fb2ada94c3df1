"""Time how long a reader waits for the panel: from a moved control point, and from a click, to the result below it.

On the sample case in full resolution, on the harness. The time ends when the panel has been drawn anew; Slicer also
draws its views.

Run from the root of the project: ``python Testing/Benchmarks/bench_panel.py``
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("iENEGrader", "PWIProtocol", "ReadingRoom", "Testing/Harness")]

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 30
GOAL_MS = 100.0


@dataclass(frozen=True)
class Waiting:
    """One thing that a reader does, and the times until the panel has followed."""

    what: str
    times_ms: tuple[float, ...]

    @property
    def line(self) -> str:
        """The times as a line of the table."""
        median, p95 = np.percentile(self.times_ms, (50, 95))
        return f"{self.what:48s} | {median:7.1f} | {p95:7.1f} | {'yes' if p95 < GOAL_MS else 'no'}"


def main() -> None:
    """Print one line per action."""
    import slicer_harness

    application = slicer_harness.start()
    widget = opened_sample(application)
    print(f"what the reader does ({RUNS} times) | median ms | 95 % ms | under {GOAL_MS:.0f} ms")
    strip = widget.panel.resultStrip
    for folded in (None, strip.whyButton, strip.whatIfButton):
        if folded is not None:
            folded.click()
        beside = "" if folded is None else f", '{folded.text}' folded out"
        print(timed(application, f"moves a control point{beside}", moves_of_mark(widget)).line, flush=True)
        print(timed(application, f"clicks a certainty{beside}", clicks(widget)).line, flush=True)
    print(timed(application, "goes to the next node", lambda _run: widget.panel.nodesSection.step(1)).line, flush=True)
    application.unloadModule("iENEGrader")


def opened_sample(application: Any) -> Any:
    """Open the module with the sample case, one spike marked at its second node."""
    import slicer
    from iENEGraderLib.panel.findings.mark_edits import add_mark
    from iENEGraderLib.reading import FindingKind, Mark, MarkKind

    module = application.loadModule(ROOT / "iENEGrader" / "iENEGrader.py")
    slicer.util.selectModule("iENEGrader")
    slicer.util.mainWindow().show()
    widget = module.widgetRepresentation().self()
    widget.logic.addSampleCase()
    measured = widget.logic.measure(widget.session.reading)
    widget.session.change("measure", lambda _reading: measured.reading)
    widget.panel.nodesSection.step(1)
    spike = Mark("M1", MarkKind.FAT_SPIKE, ((-40.0, 10.0, 5.0), (-46.0, 10.0, 5.0)), FindingKind.FAT_SPIKES)
    widget.session.change("mark", add_mark("N2", spike))
    return widget


def moves_of_mark(widget: Any) -> Callable[[int], None]:
    """Return what moves the tip of the spike to another place at each run."""
    markup = widget.panel.annotations.board.markup("M1")

    def move(run: int) -> None:
        markup.SetNthControlPointPositionWorld(1, -46.0 - 0.1 * (run + 1), 10.0, 5.0)
        assert widget.session.reading.node("N2").marks[0].points_ras_mm[1][0] == -46.0 - 0.1 * (run + 1)

    return move


def clicks(widget: Any) -> Callable[[int], None]:
    """Return what makes the spikes equivocal and unequivocal in turn."""
    from iENEGraderLib.reading import Certainty, FindingKind

    buttons = widget.panel.findingsSection.rows[FindingKind.FAT_SPIKES].buttons
    return lambda run: buttons[Certainty.UNEQUIVOCAL if run % 2 else Certainty.EQUIVOCAL].click()


def timed(application: Any, what: str, action: Callable[[int], None]) -> Waiting:
    """Do something many times; one more before them is not counted."""
    times = []
    for run in range(-1, RUNS):
        start = time.perf_counter()
        action(run)
        application.processEvents()
        times.append(1000 * (time.perf_counter() - start))
    return Waiting(what, tuple(times[1:]))


if __name__ == "__main__":
    main()

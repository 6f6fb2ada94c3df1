"""Everything that can be measured in the scene, put into the reading as evidence."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.case.measured_reading import reading_with_measurements
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.panel.nodes.node_segments import SegmentsUsed, without_measured_sizes

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.reading import Reading

MOST_WARNINGS = 4


def with_measurements(
    reading: Reading, segmentation: Segmentation, image: Image, progress: Callable[[str], None] | None = None
) -> SegmentsUsed:
    """Measure all nodes that have a segment, and what lies beside them. What the reader entered stays.

    Parameters
    ----------
    progress : told in a few words what is being measured.

    Raises
    ------
    InputError
        When no node of the reading has a segment.
    """
    begun = time.monotonic()
    before = without_measured_sizes(reading)
    segments = match_segments(before, segmentation, skip_unknown=True)
    if not segments.segment_of:
        raise InputError("No node of the reading has a segment: add nodes by a seed, by curves or from segments first.")
    case = measure_case(image, segmentation, nodes=segments.segment_of, progress=progress)
    measured = reading_with_measurements(before, segments, case)
    words = f"Measured {', '.join(measured.measurements)} in {time.monotonic() - begun:.0f} s."
    return SegmentsUsed(measured.reading, _with_warnings(words, measured.warnings), tuple(measured.measurements))


def _with_warnings(words: str, warnings: tuple[str, ...]) -> str:
    shown = [f"{text[0].upper()}{text[1:]}" for text in warnings[:MOST_WARNINGS]]
    more = len(warnings) - len(shown)
    rest = [f"And {more} more warnings."] if more else []
    return " ".join([words, *(f"{text.rstrip('.')}." for text in shown), *rest])

"""Which sections show the nodes of a reading best."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iENEGraderLib.export.dicom.seg import WrittenSegmentation
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.reading import Node, Reading

MOST_OF_A_NODE = 6
"""Key images are few: with more, nobody looks at them."""
MIDDLE_KIND = "greatest_dimension"


def key_sections(
    reading: Reading, source: SourceSeries, written: WrittenSegmentation | None = None
) -> dict[str, tuple[int, ...]]:
    """Return the sections (k) that show each node, by its id.

    They are the section with the middle of the greatest dimension, or of the segment where the images do not show that,
    and those of what the reader marked, of spikes and of contacts, in this order, without repeats.
    """
    return {node.id: _of_node(node, source, written) for node in reading.nodes or ()}


def _of_node(node: Node, source: SourceSeries, written: WrittenSegmentation | None) -> tuple[int, ...]:
    middles = [each.place.ras_mm for each in node.evidence if each.kind == MIDDLE_KIND and each.place is not None]
    others = [each.place.ras_mm for each in node.evidence if each.kind != MIDDLE_KIND and each.place is not None]
    segment = None if written is None else written.of_segment(node.segment_id)
    if segment is not None and all(source.section_at(place) is None for place in middles):
        middles = [segment.middle_ras_mm]
    marks = [mark.middle_ras_mm for mark in node.marks]
    sections = [source.section_at(place) for place in (*middles, *marks, *others)]
    return tuple(dict.fromkeys(k for k in sections if k is not None))[:MOST_OF_A_NODE]

"""Which segment belongs to which node of a reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    from iENEGraderLib.reading import Node, Reading


@dataclass(frozen=True, eq=False)
class MatchedSegments:
    """A segmentation and the nodes of a reading that its segments belong to.

    Attributes
    ----------
    segment_of : segment of each node of the reading that has one, by the id of the node.
    """

    segmentation: Segmentation
    segment_of: dict[str, Segment]

    @property
    def nodes(self) -> tuple[Segment, ...]:
        """Segments that are nodes, by themselves or because the reading says so."""
        used = self._used
        return tuple(each for each in self.segmentation.segments if each.is_node or each.segment_id in used)

    @property
    def anatomy(self) -> tuple[Segment, ...]:
        """All other segments."""
        used = self._used
        return tuple(each for each in self.segmentation.segments if not each.is_node and each.segment_id not in used)

    @property
    def unread(self) -> tuple[Segment, ...]:
        """Node segments that no node of the reading names."""
        return tuple(each for each in self.segmentation.nodes if each.segment_id not in self._used)

    @property
    def _used(self) -> set[str]:
        return {segment.segment_id for segment in self.segment_of.values()}


def match_segments(
    reading: Reading, segmentation: Segmentation, reading_name: str = "the reading", *, skip_unknown: bool = False
) -> MatchedSegments:
    """Find the segment of each node of a reading: by its id, else by its name.

    Parameters
    ----------
    reading_name : what messages call the reading, such as the name of its file.
    skip_unknown : leave out nodes that name no segment or the name of several, instead of refusing them.

    Raises
    ------
    InputError
        When a node names no segment or several, or when two nodes name the same one.
    """
    segment_of = {}
    for index, node in enumerate(reading.nodes or ()):
        found = _segments_named(node, segmentation)
        if len(found) == 1:
            segment_of[node.id] = found[0]
        elif node.segment_id and not skip_unknown:
            raise InputError(
                f'{reading_name}: nodes[{index}].segment_id: found "{node.segment_id}", which is '
                f"{'no segment' if not found else 'the name of several segments'} of {segmentation.source}; "
                f"expected the id or name of one of {', '.join(each.name for each in segmentation.segments)}"
            )
    _require_one_node_per_segment(segment_of, reading_name)
    return MatchedSegments(segmentation, segment_of)


def _segments_named(node: Node, segmentation: Segmentation) -> list[Segment]:
    if not node.segment_id:
        return []
    by_id = [each for each in segmentation.segments if each.segment_id == node.segment_id]
    return by_id or [each for each in segmentation.segments if each.name == node.segment_id]


def _require_one_node_per_segment(segment_of: dict[str, Segment], reading_name: str) -> None:
    owner: dict[str, str] = {}
    for node_id, segment in segment_of.items():
        other = owner.setdefault(segment.segment_id, node_id)
        if other != node_id:
            raise InputError(
                f'{reading_name}: nodes {other} and {node_id} name the same segment "{segment.name}"; '
                "give each node its own segment, or read them as one node with a count"
            )

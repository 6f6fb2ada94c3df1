"""What the panel asks of the module's logic, so that any object that can do it may stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from iENEGraderLib.measure.midsagittal import Plane
    from iENEGraderLib.panel.node_segments import SegmentedNode
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


class GraderLogic(Protocol):
    """Work that goes beyond editing the document."""

    def assess(self, reading: Reading) -> Assessment:
        """Grade and stage a reading."""

    def segmentedNodes(self) -> tuple[SegmentedNode, ...]:
        """Measure the node segments of the scene; InputError when they cannot be measured."""

    def planeBetweenSides(self) -> Plane:
        """Return the plane that tells the sides of the segments apart."""

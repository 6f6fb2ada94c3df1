"""What the module can do without its panel: the logic that scripts call and that the panel is given.

Each part is imported when it is first asked for, so that Slicer starts as fast with this module as without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iENEGraderLib.measure.midsagittal import Plane
    from iENEGraderLib.panel.node_segments import SegmentedNode
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


class GraderService:
    """Assesses readings, measures segments, makes the sample case."""

    def assess(self, reading: Reading) -> Assessment:
        """Grade and stage a reading."""
        from iENEGraderLib.rules import assess

        return assess(reading)

    def segmentedNodes(self) -> tuple[SegmentedNode, ...]:
        """Measure the node segments of the scene; InputError when they cannot be measured."""
        from iENEGraderLib.panel.segment_measurement import segmented_nodes

        return segmented_nodes()

    def planeBetweenSides(self) -> Plane:
        """Return the plane that tells the sides of the segments apart."""
        from iENEGraderLib.panel.segment_measurement import plane_between_sides

        return plane_between_sides()

    def addSampleCase(self) -> list[Any]:
        """Add the sample case to the scene; its volume comes first in the list of nodes."""
        from iENEGraderLib.panel.sample_case import add_sample_case

        case = add_sample_case()
        return [case.volume, case.nodes, case.anatomy, case.reading]

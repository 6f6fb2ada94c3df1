"""How segments look: nodes stand out, the anatomy around them stays in the background."""

from __future__ import annotations

from typing import Any

from iENEGraderLib.anatomy.structures import Role, structure_for

NODE_OUTLINE_PIXELS = 2
ANATOMY_OUTLINE_PIXELS = 1
# The anatomy that a node is read against; the rest would only cover the image with lines.
GUIDE_ROLES = (Role.MAJOR_ARTERY, Role.JUGULAR_VEIN, Role.MUSCLE, Role.GLAND)


def show_nodes(segmentation: Any) -> None:
    """Outline all segments brightly and leave their inside free, so that the image can be judged."""
    display = segmentation.GetDisplayNode()
    display.SetSliceIntersectionThickness(NODE_OUTLINE_PIXELS)
    display.SetAllSegmentsOpacity2DFill(0.0)
    display.SetAllSegmentsOpacity2DOutline(1.0)
    display.SetAllSegmentsOpacity3D(1.0)


def show_anatomy(segmentation: Any) -> None:
    """Outline vessels, muscles and glands thinly; hide the rest, which the image shows well enough itself."""
    display = segmentation.GetDisplayNode()
    display.SetSliceIntersectionThickness(ANATOMY_OUTLINE_PIXELS)
    display.SetOpacity3D(0.5)
    for segment_id in segmentation.GetSegmentation().GetSegmentIDs():
        name = segmentation.GetSegmentation().GetSegment(segment_id).GetName()
        structure = structure_for(name)
        display.SetSegmentVisibility(segment_id, structure is not None and structure.role in GUIDE_ROLES)
        display.SetSegmentOpacity2DFill(segment_id, 0.0)
        display.SetSegmentOpacity2DOutline(segment_id, 0.6)

"""The sections that show the nodes of a case, with their outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role, structure_for
from iENEGraderLib.export.teaching.key_images import node_views
from iENEGraderLib.export.teaching.outlines import soft_segment
from iENEGraderLib.export.teaching.section_view import DrawnStructure
from iENEGraderLib.export.teaching.stack import node_colour

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.export.teaching.key_images import NodeViews
    from iENEGraderLib.reading import Reading

OUTLINED = (Role.MAJOR_ARTERY, Role.JUGULAR_VEIN)


def drawn_nodes(image: Image, nodes: Mapping[str, Segment]) -> tuple[DrawnStructure, ...]:
    """Return the nodes that have voxels, with colours that tell them apart, named by their ids in the reading."""
    return tuple(
        DrawnStructure(node_id, node_colour(number), soft_segment(segment, image.geometry))
        for number, (node_id, segment) in enumerate(nodes.items())
        if segment.cropped_mask().any()
    )


def case_views(
    image: Image, reading: Reading, drawn: Sequence[DrawnStructure], anatomy: Sequence[Segment] = ()
) -> tuple[NodeViews, ...]:
    """Return how each node of a reading that has a segment is looked at.

    Parameters
    ----------
    drawn : the nodes, named by their ids.
    anatomy : other segments; arteries and jugular veins are outlined.
    """
    outlined = _outlined(image, anatomy)
    own_of = {each.name: each for each in drawn}
    return tuple(
        node_views(node, own_of[node.id], [each for each in drawn if each.name != node.id], outlined)
        for node in reading.nodes or ()
        if node.id in own_of
    )


def _outlined(image: Image, anatomy: Sequence[Segment]) -> list[DrawnStructure]:
    found = []
    for segment in anatomy:
        structure = structure_for(segment.name)
        if structure is not None and structure.role in OUTLINED:
            red, green, blue = structure.colour_rgb
            soft = soft_segment(segment, image.geometry)
            found.append(DrawnStructure(segment.name, f"#{red:02x}{green:02x}{blue:02x}", soft))
    return found

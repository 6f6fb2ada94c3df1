"""Makes a teaching file of a read case: what is shown is drawn here, from the image and its segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role, structure_for
from iENEGraderLib.export.teaching.content import TeachingCase
from iENEGraderLib.export.teaching.key_images import DrawnStructure, key_images_of
from iENEGraderLib.export.teaching.notes import NO_NOTES
from iENEGraderLib.export.teaching.outlines import soft_segment
from iENEGraderLib.export.teaching.stack import Direction, node_colour, section_stack
from iENEGraderLib.export.words import site_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.export.report_content import Provenance, ReportFigure
    from iENEGraderLib.export.teaching.content import KeyImage, Panel, Picture, SectionStack
    from iENEGraderLib.export.teaching.mesh import Mesh
    from iENEGraderLib.export.teaching.notes import TeacherNotes
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment

OUTLINED = (Role.MAJOR_ARTERY, Role.JUGULAR_VEIN)


def teaching_case(
    reading: Reading,
    assessment: Assessment,
    provenance: Provenance,
    *,
    notes: TeacherNotes = NO_NOTES,
    image: Image | None = None,
    nodes: Mapping[str, Segment] | None = None,
    anatomy: Sequence[Segment] = (),
    figures: Sequence[ReportFigure] = (),
    spectral: Sequence[Panel] = (),
    dynamic: Sequence[Panel] = (),
    surfaces: Sequence[Mesh] = (),
    overview: Picture | None = None,
) -> TeachingCase:
    """Return a teaching file of a case that is de-identified already.

    Parameters
    ----------
    reading : its case id is a pseudonym. Reader, time of reading, signature and the words of marks are left out.
    assessment : what the rules say about it.
    image, nodes : for key images and stacks; segments by the id of the node in the reading, on the grid of the image.
    anatomy : other segments; arteries and jugular veins are outlined.
    figures, spectral, dynamic, surfaces : shown where they are given.
    overview : shown where surfaces cannot be drawn.

    Raises
    ------
    InputError
        When a picture cannot be made.
    """
    key_images: tuple[KeyImage, ...] = ()
    stacks: tuple[SectionStack, ...] = ()
    if image is not None and nodes:
        drawn = {
            node_id: DrawnStructure(node_id, node_colour(number), soft_segment(segment, image.geometry))
            for number, (node_id, segment) in enumerate(nodes.items())
        }
        key_images = _key_images(image, reading, drawn, _outlined(image, anatomy))
        named = [(each.name, each.soft) for each in drawn.values()]
        stacks = tuple(section_stack(image, named, direction) for direction in (Direction.AXIAL, Direction.CORONAL))
    return TeachingCase(
        title=notes.title or default_title(reading),
        reading=reading,
        assessment=assessment,
        provenance=provenance,
        notes=notes,
        key_images=key_images,
        stacks=stacks,
        spectral=tuple(spectral),
        dynamic=tuple(dynamic),
        figures=tuple(figures),
        surfaces=tuple(surfaces),
        overview=overview,
    )


def default_title(reading: Reading) -> str:
    """Return a title that names neither the patient nor the answer."""
    return f"Neck nodes: {site_in_words(reading)}"


def _key_images(
    image: Image, reading: Reading, drawn: Mapping[str, DrawnStructure], anatomy: Sequence[DrawnStructure]
) -> tuple[KeyImage, ...]:
    found: list[KeyImage] = []
    for node in reading.nodes or ():
        own = drawn.get(node.id)
        if own is not None:
            others = [each for each in drawn.values() if each is not own]
            found += key_images_of(image, node, own, others, anatomy)
    return tuple(found)


def _outlined(image: Image, anatomy: Sequence[Segment]) -> list[DrawnStructure]:
    found = []
    for segment in anatomy:
        structure = structure_for(segment.name)
        if structure is not None and structure.role in OUTLINED:
            red, green, blue = structure.colour_rgb
            soft = soft_segment(segment, image.geometry)
            found.append(DrawnStructure(segment.name, f"#{red:02x}{green:02x}{blue:02x}", soft))
    return found

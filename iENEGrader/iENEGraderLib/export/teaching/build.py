"""Makes a teaching file of a read case: what is shown is drawn here, from the image and its segments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iENEGraderLib.export.teaching.case_views import case_views, drawn_nodes
from iENEGraderLib.export.teaching.content import TeachingCase
from iENEGraderLib.export.teaching.key_images import key_images_of
from iENEGraderLib.export.teaching.map_panels import map_panels_of
from iENEGraderLib.export.teaching.notes import NO_NOTES
from iENEGraderLib.export.teaching.stack import Direction, node_colour, section_stack
from iENEGraderLib.export.words import site_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.export.job.case_map import CaseMap
    from iENEGraderLib.export.report_content import Provenance, ReportFigure
    from iENEGraderLib.export.teaching.content import KeyImage, Panel, Picture, SectionStack
    from iENEGraderLib.export.teaching.mesh import Mesh
    from iENEGraderLib.export.teaching.notes import TeacherNotes
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


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
    maps: Sequence[CaseMap] = (),
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
    maps : of spectral CT and perfusion; drawn in the section of each node's key image.
    figures, spectral, dynamic, surfaces : shown where they are given; spectral and dynamic after the drawn maps.
    overview : shown where surfaces cannot be drawn.

    Raises
    ------
    InputError
        When a picture cannot be made.
    """
    key_images: tuple[KeyImage, ...] = ()
    stacks: tuple[SectionStack, ...] = ()
    panels: tuple[Panel, ...] = ()
    drawn = () if image is None else drawn_nodes(image, nodes or {})
    if image is not None and drawn:
        views = case_views(image, reading, drawn, anatomy)
        key_images = tuple(each for view in views for each in key_images_of(image, view))
        panels = tuple(each for view in views for each in map_panels_of(image, view, maps))
        named = [(each.name, each.soft) for each in drawn]
        stacks = tuple(section_stack(image, named, direction) for direction in (Direction.AXIAL, Direction.CORONAL))
    return TeachingCase(
        title=notes.title or default_title(reading),
        reading=reading,
        assessment=assessment,
        provenance=provenance,
        notes=notes,
        key_images=key_images,
        stacks=stacks,
        spectral=(*(each for each in panels if not each.is_perfusion), *spectral),
        dynamic=(*(each for each in panels if each.is_perfusion), *dynamic),
        figures=tuple(figures),
        surfaces=_told_apart(surfaces, nodes or {}),
        overview=overview,
    )


def default_title(reading: Reading) -> str:
    """Return a title that names neither the patient nor the answer."""
    return f"Neck nodes: {site_in_words(reading)}"


def _told_apart(surfaces: Sequence[Mesh], nodes: Mapping[str, Segment]) -> tuple[Mesh, ...]:
    """Return surfaces of which those of nodes have the names and colours that the nodes have in the sections."""
    shown = {segment.name: (node_id, node_colour(n)) for n, (node_id, segment) in enumerate(nodes.items())}
    return tuple(_as_node(mesh, *shown[mesh.name]) if mesh.name in shown else mesh for mesh in surfaces)


def _as_node(mesh: Mesh, node_id: str, colour: str) -> Mesh:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return replace(mesh, name=node_id, colour=(red, green, blue))

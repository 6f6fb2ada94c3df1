"""Key images of each node: a clean picture, and over it where to look and what was found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined, tag

from iENEGraderLib.export.figures.plane import plane_across
from iENEGraderLib.export.teaching.content import KeyImage, Overlay
from iENEGraderLib.export.teaching.pictures import jpeg_picture
from iENEGraderLib.export.teaching.section_view import SectionView
from iENEGraderLib.export.words import class_in_words, evidence_title, evidence_value, node_place
from iENEGraderLib.measure.case.node_measurement import GREATEST_DIMENSION
from iENEGraderLib.reading import EvidenceClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.export.teaching.content import Picture
    from iENEGraderLib.export.teaching.outlines import SoftSegment
    from iENEGraderLib.export.teaching.section_view import DrawnStructure
    from iENEGraderLib.reading import Evidence, Node

Point = tuple[float, float, float]

LEAST_FIELD_MM, MOST_FIELD_MM, FIELD_PER_SIZE = 80.0, 160.0, 3.0
NEAR_PLANE_MM = 2.0
SAME_PLACE_MM = 1.5
MOST_MARKS = 4
LEAST_SHARE_OF_NODE = 0.5
"""Ours: a section through the edge of a node shows too little of it."""
EVIDENCE_COLOUR = "#5ae6ff"
QUALITY = 85
DOWN_RAS = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True, eq=False)
class NodeViews:
    """How a node is looked at, in its key images as in maps.

    Attributes
    ----------
    axial : at the height of its most telling evidence.
    lengthwise : along the body.
    own : the node's segment.
    nodes : all nodes to outline, the own one last.
    anatomy : vessels and other structures to outline, without names.
    """

    node: Node
    axial: SectionView
    lengthwise: SectionView
    own: DrawnStructure
    nodes: tuple[DrawnStructure, ...]
    anatomy: tuple[DrawnStructure, ...]

    @property
    def title(self) -> str:
        """Which node, and where in the neck."""
        return f"{self.node.id}, {node_place(self.node)}"

    def places(self, view: SectionView) -> Markup:
        """Return what is outlined in a view."""
        return view.outlines(self.nodes, self.anatomy, self.own)


def node_views(
    node: Node,
    own: DrawnStructure,
    others: Sequence[DrawnStructure] = (),
    anatomy: Sequence[DrawnStructure] = (),
) -> NodeViews:
    """Choose the sections that show a node.

    Parameters
    ----------
    own : the node's segment.
    others : the other nodes.
    anatomy : vessels and other structures to outline, without names.
    """
    size_mm = np.ptp(own.soft.corners_ras_mm, axis=0)
    field_mm = float(np.clip(FIELD_PER_SIZE * size_mm.max(), LEAST_FIELD_MM, MOST_FIELD_MM))
    middle = own.soft.middle_ras_mm
    axial = plane_across((middle[0], middle[1], _axial_height(_placed(node), own.soft)), DOWN_RAS)
    lengthwise = plane_across(middle, np.eye(3)[0 if size_mm[1] > size_mm[0] else 1])
    views = SectionView(axial, field_mm), SectionView(lengthwise, field_mm)
    return NodeViews(node, *views, own, (*others, own), tuple(anatomy))


def key_images_of(image: Image, views: NodeViews) -> tuple[KeyImage, KeyImage]:
    """Return an axial image of a node and one along the body."""
    shown = _placed(views.node)
    return _key_image(image, views, views.axial, shown), _key_image(image, views, views.lengthwise, shown)


def _key_image(image: Image, views: NodeViews, view: SectionView, evidence: Sequence[Evidence]) -> KeyImage:
    near = [each for each in evidence if each.place is not None and view.shows(each.place.ras_mm, NEAR_PLANE_MM)]
    near = near[:MOST_MARKS]
    grey, window = view.grey(image)
    return KeyImage(
        node_id=views.node.id,
        title=f"{views.title}: {view.name}",
        caption=f"{view.words}; {window}; field {view.field_mm / 10:.0f} cm.",
        answer=_answer(near),
        clean=jpeg_picture(grey, QUALITY),
        overlay=Overlay(view.frame(str(window)), views.places(view), _rings(view, near)),
    )


def _rings(view: SectionView, evidence: Sequence[Evidence]) -> Markup:
    """Rings with numbers round the places of evidence; what they mean stands below the image."""
    parts = []
    for number, place in enumerate(_places_of(evidence), start=1):
        x, y = view.pixel(place)
        ring = {"cx": svg.number(x), "cy": svg.number(y), "r": "10", "fill": "none"}
        label = svg.text(
            x, y + 5, str(number), size=13, anchor="middle", colour=EVIDENCE_COLOUR, bold=True, on_picture=True
        )
        parts += [
            tag("circle", stroke=svg.HALO, stroke_width="4", stroke_opacity="0.55", **ring),
            tag("circle", stroke=EVIDENCE_COLOUR, stroke_width="2", **ring),
            label,
        ]
    return joined(parts)


def annotated_svg(picture: Picture, overlay: Overlay) -> Markup:
    """Return the drawing over a picture as a complete SVG without ground."""
    return tag(
        "svg",
        tag("g", overlay.frame, class_="frame"),
        tag("g", overlay.places, class_="places"),
        tag("g", overlay.evidence, class_="evidence-marks"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {picture.width} {picture.height}",
        font_family=svg.FONT,
        aria_hidden="true",
    )


def with_picture(picture: Picture, drawing: Markup) -> Markup:
    """Return a picture with the drawing over it as one complete SVG."""
    return tag(
        "svg",
        tag("image", href=picture.data_uri, width=str(picture.width), height=str(picture.height)),
        drawing,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {picture.width} {picture.height}",
        width=str(picture.width),
        height=str(picture.height),
    )


def _placed(node: Node) -> list[Evidence]:
    """Evidence of a node that has a place, what meets a criterion first; its greatest dimension is no finding."""
    order = (EvidenceClass.MET, EvidenceClass.INDETERMINATE, None)
    placed = [each for each in node.evidence if each.place is not None and each.kind != GREATEST_DIMENSION]
    found = [each for each in placed if each.evidence_class in order]
    return sorted(found, key=lambda each: order.index(each.evidence_class))


def _axial_height(evidence: Sequence[Evidence], node: SoftSegment) -> float:
    """Return the height (RAS S, mm) of the first evidence whose section shows enough of the node, else its middle."""
    middle = node.middle_ras_mm
    reach = np.ptp(node.corners_ras_mm[:, :2], axis=0).max() / 2 + 1
    steps = np.arange(-reach, reach, 0.5)
    flat = np.stack(np.meshgrid(steps, steps), axis=-1)

    def area(height: float) -> int:
        grid = plane_across((middle[0], middle[1], height), DOWN_RAS).ras(flat)
        return int(np.count_nonzero(node.at(grid) > 0.5))

    enough = LEAST_SHARE_OF_NODE * area(float(middle[2]))
    heights = [each.place.ras_mm[2] for each in evidence if each.place is not None]
    return next((height for height in heights if area(height) >= enough), float(middle[2]))


def _places_of(evidence: Sequence[Evidence]) -> list[Point]:
    """Return the places of evidence, each once."""
    places: list[Point] = []
    for each in evidence:
        if each.place is not None and all(math.dist(each.place.ras_mm, one) > SAME_PLACE_MM for one in places):
            places.append(each.place.ras_mm)
    return places


def _answer(evidence: Sequence[Evidence]) -> str:
    """Return what the rings mean, with their numbers."""
    places = _places_of(evidence)
    said: dict[int, list[str]] = {}
    for each in evidence:
        if each.place is not None:
            away = [math.dist(each.place.ras_mm, one) for one in places]
            said.setdefault(away.index(min(away)) + 1, []).append(_said(each))
    return "; ".join(f"{number} {', '.join(words)}" for number, words in sorted(said.items()))


def _said(evidence: Evidence) -> str:
    words = class_in_words(evidence)
    said = f"{evidence_title(evidence)} {evidence_value(evidence)}".strip()
    return f"{said} ({words})" if words else said

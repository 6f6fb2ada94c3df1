"""Key images of each node: a clean picture, and over it where to look and what was found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined, tag

from iENEGraderLib.export.figures.panel import image_window, window_of
from iENEGraderLib.export.figures.plane import Plane, plane_across
from iENEGraderLib.export.teaching.content import KeyImage, Overlay
from iENEGraderLib.export.teaching.outlines import outline_path
from iENEGraderLib.export.teaching.pictures import jpeg_picture
from iENEGraderLib.export.teaching.stack import sampled
from iENEGraderLib.export.words import class_in_words, evidence_title, evidence_value
from iENEGraderLib.measure.case.node_measurement import GREATEST_DIMENSION
from iENEGraderLib.reading import EvidenceClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.export.teaching.outlines import SoftSegment
    from iENEGraderLib.reading import Evidence, Node

    Floats = NDArray[np.float64]

Point = tuple[float, float, float]

PIXELS = 480
LEAST_FIELD_MM, MOST_FIELD_MM, FIELD_PER_SIZE = 80.0, 160.0, 3.0
SCALE_BAR_MM = 20.0
NEAR_PLANE_MM = 2.0
SAME_PLACE_MM = 1.5
MOST_MARKS = 4
LEAST_SHARE_OF_NODE = 0.5
"""Ours: a section through the edge of a node shows too little of it."""
WHITE = "#ffffff"
EVIDENCE_COLOUR = "#5ae6ff"
QUALITY = 85
DOWN_RAS = np.array([0.0, 0.0, -1.0])
PLANES = {2: ("axial", ("S", "I")), 1: ("coronal", ("A", "P")), 0: ("sagittal", ("R", "L"))}


@dataclass(frozen=True, eq=False)
class DrawnStructure:
    """A segment to outline: its name in the image and its colour."""

    name: str
    colour: str
    soft: SoftSegment


def key_images_of(
    image: Image,
    node: Node,
    own: DrawnStructure,
    others: Sequence[DrawnStructure] = (),
    anatomy: Sequence[DrawnStructure] = (),
) -> tuple[KeyImage, KeyImage]:
    """Return an axial image of a node, at the height of its most telling evidence, and one along the body.

    Parameters
    ----------
    own : the node's segment.
    others : the other nodes.
    anatomy : vessels and other structures to outline, without names.
    """
    corners = own.soft.corners_ras_mm
    size_mm = np.ptp(corners, axis=0)
    field_mm = float(np.clip(FIELD_PER_SIZE * size_mm.max(), LEAST_FIELD_MM, MOST_FIELD_MM))
    middle = own.soft.middle_ras_mm
    shown = _placed(node)
    axial = plane_across((middle[0], middle[1], _axial_height(shown, own.soft)), DOWN_RAS)
    lengthwise = plane_across(middle, np.eye(3)[0 if size_mm[1] > size_mm[0] else 1])
    view = _View(image, node, own, (*others, own), tuple(anatomy), field_mm)
    return view.key_image(axial, shown), view.key_image(lengthwise, shown)


@dataclass(frozen=True, eq=False)
class _View:
    """What all key images of one node share."""

    image: Image
    node: Node
    own: DrawnStructure
    nodes: tuple[DrawnStructure, ...]
    anatomy: tuple[DrawnStructure, ...]
    field_mm: float

    @property
    def pixels_per_mm(self) -> float:
        return PIXELS / self.field_mm

    def key_image(self, plane: Plane, evidence: Sequence[Evidence]) -> KeyImage:
        steps = (np.arange(PIXELS) + 0.5) / self.pixels_per_mm - self.field_mm / 2
        grid = plane.ras(np.stack(np.meshgrid(steps, steps), axis=-1))
        values = sampled(self.image, grid)
        window = image_window(self.image) or window_of(values)
        near = [each for each in evidence if self._is_near(plane, each)][:MOST_MARKS]
        name, place = _plane_in_words(plane)
        return KeyImage(
            node_id=self.node.id,
            title=f"{self.node.id}, {name}",
            caption=f"{name.capitalize()} section at {place}; {window}; field {self.field_mm / 10:.0f} cm.",
            answer=_answer(near),
            clean=jpeg_picture(window.grey(values), QUALITY),
            overlay=Overlay(self._frame(plane), self._places(grid), self._evidence(plane, near)),
        )

    def _pixel(self, plane: Plane, point_ras_mm: Sequence[float]) -> tuple[float, float]:
        x, y = (plane.across(point_ras_mm) * self.pixels_per_mm + PIXELS / 2).tolist()
        return x, y

    def _is_near(self, plane: Plane, evidence: Evidence) -> bool:
        if evidence.place is None:
            return False
        normal = np.cross(plane.right_ras, plane.down_ras)
        away = (np.array(evidence.place.ras_mm) - plane.centre_ras_mm) @ normal
        x, y = self._pixel(plane, evidence.place.ras_mm)
        return bool(abs(away) <= NEAR_PLANE_MM and min(x, y) > 0 and max(x, y) < PIXELS)

    def _frame(self, plane: Plane) -> Markup:
        """Sides of the patient and a scale."""
        left, right, top, bottom = plane.letters
        middle, far, bar = PIXELS / 2, PIXELS - 10.0, SCALE_BAR_MM * self.pixels_per_mm
        y = PIXELS - 14.0
        return joined(
            [
                _letters(10, middle + 6, left, "start"),
                _letters(far, middle + 6, right, "end"),
                _letters(middle, 22, top, "middle"),
                _letters(middle, far, bottom, "middle"),
                svg.line([(12, y), (12 + bar, y)], WHITE, 3, on_picture=True),
                svg.text(12, y - 8, f"{SCALE_BAR_MM / 10:g} cm", size=14, colour=WHITE, on_picture=True),
            ]
        )

    def _places(self, grid: Floats) -> Markup:
        """Outlines of vessels, thin, and of nodes with their names."""
        parts = []
        for each in self.anatomy:
            path = outline_path(each.soft.at(grid))
            parts += [svg.path(path, each.colour, 1.2, opacity=0.9)] if path else []
        for each in self.nodes:
            values = each.soft.at(grid)
            path = outline_path(values)
            if not path:
                continue
            rows, columns = np.nonzero(values > 0.5)
            parts.append(svg.path(path, each.colour, 2.2 if each is self.own else 1.4, on_picture=True))
            x, y = min(float(columns.max()) + 8, PIXELS - 30.0), float(rows.mean()) + 5
            parts.append(svg.text(x, y, each.name, size=16, colour=each.colour, bold=True, on_picture=True))
        return joined(parts)

    def _evidence(self, plane: Plane, evidence: Sequence[Evidence]) -> Markup:
        """Rings with numbers round the places of evidence; what they mean stands below the image."""
        parts = []
        for number, place in enumerate(_places_of(evidence), start=1):
            x, y = self._pixel(plane, place)
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


def annotated_svg(image: KeyImage, *, with_evidence: bool = True) -> Markup:
    """Return the drawing over a key image as a complete SVG without ground."""
    parts = [
        tag("g", image.overlay.frame, class_="frame"),
        tag("g", image.overlay.places, class_="places"),
        tag("g", image.overlay.evidence, class_="evidence-marks") if with_evidence else "",
    ]
    return tag(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {image.clean.width} {image.clean.height}",
        font_family=svg.FONT,
        aria_hidden="true",
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


def _plane_in_words(plane: Plane) -> tuple[str, str]:
    normal = np.cross(plane.right_ras, plane.down_ras)
    axis = int(np.argmax(np.abs(normal)))
    name, (positive, negative) = PLANES[axis]
    value = float(plane.centre_ras_mm[axis])
    return name, f"{positive if value >= 0 else negative} {abs(value):.0f} mm"


def _letters(x: float, y: float, letters: str, anchor: str) -> Markup:
    return svg.text(x, y, letters, size=18, anchor=anchor, colour=WHITE, bold=True, on_picture=True)

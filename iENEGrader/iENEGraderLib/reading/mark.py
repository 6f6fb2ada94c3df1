"""What a reader drew at a node: points in the patient, and the finding they show."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.reading.fields import Fields
from iENEGraderLib.reading.vocabulary import FindingKind, MarkKind

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float, float]

MARK_FIELDS = (
    "id", "kind", "points_ras_mm", "finding", "structure", "partner", "axis_ras", "contiguous_sections", "series",
    "note",
)  # fmt: skip
POINTS = {
    MarkKind.LONG_AXIS: 2,
    MarkKind.SHORT_AXIS: 2,
    MarkKind.FAT_SPIKE: 2,
    MarkKind.CONTACT_ANGLE: 3,
    MarkKind.PLACE: 1,
}


@dataclass(frozen=True)
class Mark:
    """One drawing of the reader.

    Attributes
    ----------
    id : unique in the reading.
    points_ras_mm : RAS mm. Two ends of an axis; base and tip of a spike; begin of the arc, centre of the vessel and end
        of the arc for a contact angle; one point for a place.
    finding : what it shows; None for the axes.
    structure : vessel, muscle, gland ... it concerns (TotalSegmentator class name).
    partner : id of the other node, for coalescence.
    axis_ras : direction that a contact angle turns about by the right-hand rule; needed above 180 degrees.
    contiguous_sections : number of contiguous sections that show the finding, as the reader counted them.
    series : image series it was seen on, in the reader's words; None for the one that is measured.
    note : the reader's words.
    """

    id: str
    kind: MarkKind
    points_ras_mm: tuple[Point, ...]
    finding: FindingKind | None = None
    structure: str | None = None
    partner: str | None = None
    axis_ras: Point | None = None
    contiguous_sections: int | None = None
    series: str | None = None
    note: str = ""

    @property
    def length_mm(self) -> float | None:
        """Distance of the two points of a line; None for other marks."""
        if len(self.points_ras_mm) != 2:
            return None
        return math.dist(*self.points_ras_mm)

    @property
    def angle_deg(self) -> float | None:
        """Angle at the second of three points, 0 to 360 about `axis_ras`, at most 180 without; None for other marks."""
        if len(self.points_ras_mm) != 3:
            return None
        begin, centre, end = self.points_ras_mm
        first, second = _difference(begin, centre), _difference(end, centre)
        across = _cross(first, second)
        angle = math.degrees(math.atan2(math.hypot(*across), _dot(first, second)))
        if self.axis_ras is not None and _dot(across, self.axis_ras) < 0:
            return 360.0 - angle
        return angle

    @property
    def middle_ras_mm(self) -> Point:
        """Mean of its points: where to look."""
        number = len(self.points_ras_mm)
        right, anterior, superior = (sum(values) / number for values in zip(*self.points_ras_mm, strict=True))
        return right, anterior, superior

    def moved(self, points_ras_mm: Sequence[Point]) -> Mark:
        """Return a copy with other points."""
        return replace(self, points_ras_mm=tuple(points_ras_mm))


def mark_to_json(mark: Mark) -> dict[str, Any]:
    """Return plain JSON values; what is not stated is left out."""
    values = [
        mark.id,
        mark.kind,
        [list(point) for point in mark.points_ras_mm],
        mark.finding,
        mark.structure,
        mark.partner,
        None if mark.axis_ras is None else list(mark.axis_ras),
        mark.contiguous_sections,
        mark.series,
        mark.note or None,
    ]
    return {key: value for key, value in zip(MARK_FIELDS, values, strict=True) if value is not None}


def mark_from_json(value: object, path: str) -> Mark:
    """Make a mark from parsed JSON.

    Raises
    ------
    InputError
        One line that names the field, what was found and what was expected.
    """
    fields = Fields(value, path, MARK_FIELDS)
    kind = fields.choice("kind", MarkKind)
    return Mark(
        id=fields.identifier("id"),
        kind=kind,
        points_ras_mm=_points(fields, kind),
        finding=fields.optional("finding", lambda key: fields.choice(key, FindingKind)),
        structure=fields.optional("structure", fields.text),
        partner=fields.optional("partner", fields.text),
        axis_ras=fields.optional("axis_ras", lambda key: _axis(fields, key)),
        contiguous_sections=fields.optional("contiguous_sections", lambda key: fields.count(key, 0)),
        series=fields.optional("series", fields.text),
        note=fields.text("note", ""),
    )


def _points(fields: Fields, kind: MarkKind) -> tuple[Point, ...]:
    rows = fields.items("points_ras_mm")
    if len(rows) != POINTS[kind]:
        raise InputError(
            f"{fields.at('points_ras_mm')}: found {len(rows)} points; expected {POINTS[kind]} for a {kind}"
        )
    path = fields.at("points_ras_mm")
    points = []
    for index, row in enumerate(rows):
        right, anterior, superior = Fields({"point": row}, f"{path}[{index}]", ("point",)).numbers("point", 3)
        points.append((right, anterior, superior))
    return tuple(points)


def _axis(fields: Fields, name: str) -> Point:
    right, anterior, superior = fields.numbers(name, 3)
    if not any((right, anterior, superior)):
        raise fields.wrong(name, "a direction, not three zeros")
    return right, anterior, superior


def _difference(point: Point, origin: Point) -> Point:
    return point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]


def _dot(first: Point, second: Point) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def _cross(first: Point, second: Point) -> Point:
    (a, b, c), (d, e, f) = first, second
    return b * f - c * e, c * d - a * f, a * e - b * d

"""Drawing of extension on histology, at a larger scale."""

from __future__ import annotations

from HeadNeckNodesLib.drawing import svg
from iENEGraderLib.reading import FindingKind

from definition_drawings.drawing import Drawing, Panel
from definition_drawings.shapes import Lumps, curve, outline
from definition_drawings.tissues import CAPSULE, NODE, TUMOUR, dimension, ghost, label

PIXELS_PER_MM = 30.0
LIMIT_MM, MINOR_MM, MAJOR_MM = 2.0, 1.3, 3.4
CAPSULE_Y = 132.0


def pathological_ene() -> Drawing:
    """Return tumour beyond the capsule by less and by more than the limit."""
    return Drawing(
        FindingKind.PATHOLOGICAL_ENE,
        _panel(MINOR_MM, "minor: up to 2 mm"),
        _panel(MAJOR_MM, "major: over 2 mm"),
        view="histology",
        extra=(("tumour", TUMOUR), ("capsule", CAPSULE)),
        bar_mm=2,
        counts=(True, True),
    )


def _panel(reach_mm: float, heading: str) -> Panel:
    tip = CAPSULE_Y - reach_mm * PIXELS_PER_MM
    limit = CAPSULE_Y - LIMIT_MM * PIXELS_PER_MM
    capsule = curve([(-8, CAPSULE_Y + 8), (60, CAPSULE_Y), (113, CAPSULE_Y), (170, CAPSULE_Y), (234, CAPSULE_Y + 8)])
    inside = svg.area([*capsule.tolist(), (234, 210), (-8, 210)], NODE)
    nests = [
        svg.area(outline(place, radii, lumps=(Lumps(5, 0.1),)), TUMOUR)
        for place, radii in (((50, 172), (30, 16)), ((182, 176), (28, 15)))
    ]
    height, half_width = CAPSULE_Y - tip, min(26, 14 + 4 * reach_mm)
    beyond = curve(
        [
            (92, 178),
            (98, CAPSULE_Y),
            (113 - half_width, CAPSULE_Y - 0.55 * height),
            (113, tip),
            (113 + half_width, CAPSULE_Y - 0.5 * height),
            (130, CAPSULE_Y),
            (136, 178),
            (113, 190),
        ],
        closed=True,
    )
    return Panel(
        f"tumour breaks through the capsule of a node and reaches {reach_mm:g} mm into the fat; a dashed line marks "
        f"{LIMIT_MM:g} mm. Counts for pN only.",
        (
            inside,
            svg.line(capsule, CAPSULE, 4),
            *nests,
            svg.area(beyond, TUMOUR),
            ghost(curve([(0, limit), (113, limit), (226, limit)])),
            dimension((156, CAPSULE_Y), (156, tip)),
            label(165, (CAPSULE_Y + tip) / 2 + (18 if reach_mm > LIMIT_MM else 5), f"{reach_mm:g} mm"),
            label(6, limit - 5, f"{LIMIT_MM:g} mm"),
            label(6, 19, "counts for pN only"),
        ),
        heading,
    )

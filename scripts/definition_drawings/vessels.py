"""Drawings of arteries and of the internal jugular vein."""

from __future__ import annotations

from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined
from iENEGraderLib.reading import FindingKind

from definition_drawings.drawing import COUNTS, DOES_NOT_COUNT, Drawing, Panel, halves_below, halves_beside
from definition_drawings.shapes import Lumps, Place, centre_for_contact, cuff, curve, outline
from definition_drawings.tissues import (
    CAPSULE,
    CLOT,
    NODE,
    PAPER,
    VEIN_WALL,
    artery,
    caption,
    flow,
    ghost,
    label,
    measured_arc,
    node,
    vein,
)  # fmt: skip

ENCASED_DEG, BELOW_DEG, BETWEEN_DEG = 290.0, 120.0, 220.0
"""Contacts that are drawn: they count from 270 degrees, and below 180 they speak against invasion."""


def artery_encasement() -> Drawing:
    """Return a major artery that is encased, and two contacts that are not enough."""
    return Drawing(
        FindingKind.ARTERY_ENCASEMENT,
        Panel(
            f"a node surrounds a major artery over {ENCASED_DEG:g} degrees.",
            (_encased((146, 86), 21, ENCASED_DEG), caption(f"{ENCASED_DEG:g}°: 270° or more")),
            COUNTS,
        ),
        Panel(
            f"above, a contact of {BELOW_DEG:g} degrees, below 180: speaks against invasion; below, a contact of "
            f"{BETWEEN_DEG:g} degrees, from 180 to below 270: indeterminate.",
            (
                _touched((76, 50), 17, 40, BELOW_DEG),
                label(103, 46, f"{BELOW_DEG:g}°:", "below 180°"),
                halves_below(
                    _touched((76, 50), 17, 40, BETWEEN_DEG), label(103, 46, f"{BETWEEN_DEG:g}°:", "indeterminate")
                ),
            ),
            DOES_NOT_COUNT,
        ),
    )


def _encased(place: Place, radius: float, contact_deg: float) -> Markup:
    """Return an artery within a node that leaves it free only on its right."""
    mass = cuff(place, radius, 180, contact_deg, (13, 84))
    return joined([node(mass), _with_arc(place, radius, contact_deg)])


def _touched(place: Place, radius: float, node_radius: float, contact_deg: float) -> Markup:
    """Return an artery with a round node on its left."""
    mass = outline(centre_for_contact(place, radius, node_radius, contact_deg), (node_radius, node_radius))
    return joined([node(mass), _with_arc(place, radius, contact_deg)])


def _with_arc(place: Place, radius: float, contact_deg: float) -> Markup:
    return joined([artery(*place, radius), measured_arc(place, radius, 180 - contact_deg / 2, contact_deg)])


def jugular_obliteration() -> Drawing:
    """Return a vein without lumen beside the node, and one that is only compressed."""
    was = [ghost(curve([(x, 58), (x, 142)]), colour=VEIN_WALL) for x in (104, 160)]
    narrowed = vein(
        curve([(104, -6), (106, 24), (130, 62), (138, 96), (130, 134), (106, 172), (104, 206)]),
        curve([(160, -6), (160, 24), (156, 62), (154, 96), (156, 134), (160, 172), (160, 206)]),
    )
    return Drawing(
        FindingKind.JUGULAR_OBLITERATION,
        Panel(
            "the internal jugular vein cut lengthwise ends at a node and begins again below it; along the node there "
            "is no lumen.",
            (
                _interrupted_vein(),
                node(outline((112, 100), (68, 50), lumps=(Lumps(4, 0.03),))),
                *was,
                flow((132, 4), (132, 30)),
                label(132, 105, "no lumen", anchor="middle"),
            ),
            COUNTS,
        ),
        Panel(
            "a node narrows the vein from the side and displaces it; the lumen stays open along the node.",
            (
                narrowed,
                node(outline((76, 98), (60, 46))),
                flow((133, 4), (133, 30)),
                flow((133, 164), (133, 190)),
                label(160, 92, "narrow,", "open"),
            ),
            DOES_NOT_COUNT,
        ),
        view="coronal",
    )


def _interrupted_vein() -> Markup:
    """Return what is left of a vein above and below the place where it is obliterated."""
    above = ([(104, -6), (104, 20), (116, 48), (128, 64)], [(160, -6), (160, 20), (148, 48), (134, 64)])
    below = ([(128, 136), (118, 150), (106, 172), (104, 206)], [(134, 136), (146, 150), (158, 172), (160, 206)])
    return joined(vein(curve(left), curve(right)) for left, right in (above, below))


def jugular_thrombus() -> Drawing:
    """Return tumour that grows into the lumen, and two defects that are no tumour."""
    widened = vein(
        curve([(112, -6), (108, 30), (98, 100), (108, 170), (112, 206)]),
        curve([(160, -6), (166, 30), (178, 100), (166, 170), (160, 206)]),
    )
    tongue_at = [
        (96, 74), (106, 66), (112, 40), (122, 20), (136, 22), (146, 52), (152, 92), (148, 130), (142, 162),
        (130, 176), (118, 162), (110, 134), (98, 124),
    ]  # fmt: skip
    tongue = curve([(70, 98), *tongue_at], closed=True)
    mass = outline((60, 98), (50, 52), lumps=(Lumps(5, 0.03),))
    return Drawing(
        FindingKind.JUGULAR_THROMBUS,
        Panel(
            "a node breaks through the wall of the internal jugular vein; tumour fills and widens the lumen, with "
            "blood still flowing beside it.",
            (
                widened,
                node(mass),
                svg.area(tongue, NODE),
                svg.line(curve(tongue_at), CAPSULE, 1.6),
                caption("tumour in the lumen"),
            ),
            COUNTS,
        ),
        Panel(
            "left, streaks of blood without contrast medium that mix into the stream, with soft edges; right, a bland "
            "thrombus apart from any node, the wall whole.",
            (_mixing(), halves_beside(_bland_thrombus())),
            DOES_NOT_COUNT,
        ),
        view="coronal",
        extra=(("bland thrombus", CLOT),),
    )


def _straight_vein() -> Markup:
    return vein(curve([(32, -6), (30, 60), (32, 206)]), curve([(84, -6), (86, 60), (84, 206)]))


def _mixing() -> Markup:
    streaks = []
    for x, top, reach in ((42, 6, 104), (53, 26, 118), (66, 10, 88), (74, 44, 96)):
        way = curve([(x, top), (x + 5, top + 0.3 * reach), (x - 3, top + 0.65 * reach), (x + 3, top + reach)])
        streaks += [svg.line(way, PAPER, width, opacity=0.28) for width in (10, 6, 3)]
    return joined([_straight_vein(), *streaks, label(58, 172, "contrast", "mixing", anchor="middle")])


def _bland_thrombus() -> Markup:
    clot = outline((64, 84), (15, 52), fullness=2.4)
    return joined([_straight_vein(), svg.area(clot, CLOT), label(58, 172, "bland", "thrombus", anchor="middle")])

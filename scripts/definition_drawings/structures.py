"""Drawings of muscle, skin, gland, nerve and bone beside a node."""

from __future__ import annotations

from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined
from iENEGraderLib.reading import FindingKind

from definition_drawings.drawing import COUNTS, DOES_NOT_COUNT, PANEL_WIDTH, Drawing, Panel, halves_beside
from definition_drawings.shapes import Lumps, Spike, curve, outline
from definition_drawings.tissues import (
    BONE,
    CAPSULE,
    DENERVATED,
    GLAND,
    NERVE,
    NODE,
    PAPER,
    SKIN,
    band,
    bone,
    caption,
    gland,
    invading_node,
    label,
    muscle,
    nerve,
    node,
    pointer,
    strands,
)  # fmt: skip

DENTED_GLAND = (
    (146, 22), (180, 18), (218, 44), (230, 92), (214, 146), (178, 166),
    (146, 160), (128, 140), (140, 114), (143, 92), (139, 68), (126, 44),
)  # fmt: skip
SEPTA = (
    ((150, 34), (166, 64), (196, 78), (222, 74)),
    ((152, 150), (170, 122), (196, 112), (222, 116)),
    ((166, 64), (170, 94), (170, 122)),
)
STRANDS = (
    ((58, 104), (46, 80), (50, 56), (40, 40)),
    ((88, 88), (92, 70), (84, 54), (90, 40)),
    ((120, 86), (116, 66), (124, 54), (118, 40)),
    ((150, 94), (160, 74), (154, 56), (164, 42)),
)


def muscle_invasion() -> Drawing:
    """Return growth into a muscle on two sections, and a muscle that is only displaced."""
    bowed = (
        curve([(128, -10), (136, 34), (166, 92), (136, 150), (126, 210)]),
        curve([(186, -10), (194, 34), (214, 92), (194, 150), (184, 210)]),
    )
    return Drawing(
        FindingKind.MUSCLE_INVASION,
        Panel(
            "two contiguous sections; in both, tumour grows from the node into the muscle and interrupts its fibres.",
            (_invaded_section(0, "section 1"), halves_beside(_invaded_section(6, "section 2"))),
            COUNTS,
        ),
        Panel(
            "a node bows the muscle outward without fat between them; the border is sharp and the fibres run on.",
            (
                muscle(*bowed),
                node(outline((100, 92), (66, 50))),
                caption("bowed, sharp border"),
            ),
            DOES_NOT_COUNT,
        ),
    )


def _invaded_section(change: float, words: str) -> Markup:
    belly = muscle(curve([(58, -10), (62, 90), (56, 210)]), curve([(104, -10), (108, 90), (102, 210)]))
    tongues = (_tongue(-36, 20 - change), _tongue(-4, 34 - change), _tongue(28, 18 + change))
    mass = invading_node((24, 88), (42, 46), tongues, (Lumps(4, 0.03),))
    return joined([belly, mass, label(56, 190, words, anchor="middle")])


def skin_invasion() -> Drawing:
    """Return growth through the subcutaneous fat to thickened skin, and strands alone."""
    air = svg.box(svg.Rect(0, 0, PANEL_WIDTH, 24), PAPER)
    across = (-6, 40, 76, 96, 113, 130, 150, 186, 232)
    ulcerated = curve(list(zip(across, (22, 22, 16, 14, 24, 14, 16, 22, 22), strict=True)))
    thick = curve(list(zip(across, (33, 33, 40, 47, 50, 47, 40, 33, 33), strict=True)))
    flat, under = (curve([(-6, y), (60, y), (232, y)]) for y in (22, 33))
    rim = [(80, 78), (60, 96), (54, 122), (70, 152), (113, 165), (156, 152), (172, 122), (164, 94), (146, 78)]
    plume = curve([(84, 44), (90, 58), *rim, (134, 60), (143, 44), (128, 32), (113, 36), (98, 32)], closed=True)
    return Drawing(
        FindingKind.SKIN_INVASION,
        Panel(
            "tumour grows from the node through the subcutaneous fat to the dermis; the skin is thick and ulcerated.",
            (
                air,
                band(ulcerated, thick, SKIN, SKIN),
                svg.area(plume, NODE),
                svg.line(curve(rim), CAPSULE, 2),
                pointer(113, 24, -90),
                caption("fat crossed, skin thick"),
            ),
            COUNTS,
        ),
        Panel(
            "thin strands in the subcutaneous fat above the node; the skin is of normal thickness.",
            (
                air,
                band(flat, under, SKIN, SKIN),
                strands(STRANDS),
                node(outline((113, 122), (58, 42))),
                caption("strands, skin thin"),
            ),
            DOES_NOT_COUNT,
        ),
        extra=(("skin", SKIN), ("air", PAPER)),
    )


def gland_invasion() -> Drawing:
    """Return growth through the capsule of a gland, and a gland that is only dented."""
    whole = outline((166, 92), (64, 72), lumps=(Lumps(9, 0.025),))
    dented, septa = curve(DENTED_GLAND, closed=True), [curve(way) for way in SEPTA]
    tongues = (_tongue(-28, 22), _tongue(2, 44), _tongue(30, 20))
    return Drawing(
        FindingKind.GLAND_INVASION,
        Panel(
            "tumour grows from the node through the capsule of the gland and in tongues into its parenchyma.",
            (gland(whole, septa), invading_node((66, 92), (58, 48), tongues), caption("through the capsule")),
            COUNTS,
        ),
        Panel(
            "a node dents and displaces the gland; the capsule of the gland is whole.",
            (gland(dented, septa), node(outline((78, 92), (61, 46))), caption("dented, capsule whole")),
            DOES_NOT_COUNT,
        ),
        extra=(("gland", GLAND),),
    )


def nerve_invasion() -> Drawing:
    """Return a nerve within a node with its muscle denervated, and a nerve that only touches one."""
    other_half = muscle(curve([(0, 12), (-6, 76), (4, 148)]), curve([(62, 22), (63, 80), (62, 150)]))
    swollen = muscle(
        curve([(66, 12), (66, 80), (66, 156)]), curve([(106, 4), (146, 68), (108, 156)]), colour=DENERVATED
    )
    normal = muscle(curve([(66, 22), (65, 80), (66, 150)]), curve([(100, 20), (122, 76), (98, 148)]))
    mass = outline((182, 108), (40, 46), lumps=(Lumps(5, 0.03),))
    way = curve([(214, -8), (204, 40), (190, 88), (170, 124), (140, 146), (104, 130)])
    thick = curve([(193, 78), (187, 96), (174, 118), (160, 132)])
    past = curve([(166, -8), (158, 40), (144, 84), (139, 112), (130, 140), (98, 124)])
    return Drawing(
        FindingKind.NERVE_INVASION,
        Panel(
            "a nerve runs through a node without fat around it and is thick there; the half of the tongue that it "
            "supplies is swollen and pale, the other half is normal.",
            (
                other_half,
                swollen,
                label(4, 20, "tongue"),
                node(mass),
                nerve(way),
                nerve(thick, 14),
                caption("thick; muscle denervated"),
            ),
            COUNTS,
        ),
        Panel(
            "a nerve of normal thickness touches a node as it runs past; both halves of the tongue are alike.",
            (
                other_half,
                normal,
                label(4, 20, "tongue"),
                node(outline((184, 96), (40, 46))),
                nerve(past),
                caption("contact alone"),
            ),
            DOES_NOT_COUNT,
        ),
        view="coronal",
        extra=(("nerve", NERVE), ("denervated", DENERVATED)),
    )


def other_structure() -> Drawing:
    """Return growth into a bone, and a node that lies against one."""
    jaw = curve(
        [(140, 30), (166, 18), (190, 40), (200, 92), (190, 148), (166, 166), (144, 152), (138, 92)], closed=True
    )
    tongues = (_tongue(-24, 16), _tongue(2, 34), _tongue(26, 18))
    return Drawing(
        FindingKind.OTHER_STRUCTURE_INVASION,
        Panel(
            "bone as example: tumour grows from the node through the cortex of the mandible into the marrow.",
            (
                bone(jaw),
                invading_node((80, 92), (62, 48), tongues),
                caption("cortex destroyed"),
            ),
            COUNTS,
        ),
        Panel(
            "a node lies against the mandible without fat between them; the cortex is whole.",
            (bone(jaw), node(outline((74, 92), (60, 48))), caption("contact, cortex whole")),
            DOES_NOT_COUNT,
        ),
        extra=(("bone", BONE),),
    )


def _tongue(angle_deg: float, length: float) -> Spike:
    return Spike(angle_deg, length, half_width_deg=20, blunt=True)

"""Drawings of what describes a node and never raises the grade, each beside what would count at the same node."""

from __future__ import annotations

from dataclasses import replace

from iENEGraderLib.reading import FindingKind

from definition_drawings.drawing import COUNTS, DOES_NOT_COUNT, Drawing, Panel
from definition_drawings.margins import LUMPY, MIDDLE
from definition_drawings.shapes import Spike, curve, outline, tip
from definition_drawings.tissues import CAPSULE, NECROSIS, caption, invading_node, muscle, necrosis, node, pointer

RADII = (60.0, 48.0)
SPIKES = (
    Spike(-50, 28, 13, -6),
    Spike(-20, 18, 10, 4),
    Spike(2, 33, 12, 4),
    Spike(30, 20, 11, -5),
    Spike(58, 24, 13, 5),
)
ON_SPIKES = tuple(pointer(*tip(MIDDLE, RADII, SPIKES[n]), SPIKES[n].angle_deg) for n in (0, 2))
THICK = 9.0


def smooth_margin() -> Drawing:
    """Return a node that is smooth all round, and one that is smooth and yet invades a muscle."""
    inner, outer = (
        curve([(150, -10), (158, 60), (158, 130), (148, 210)]),
        curve([(208, -10), (220, 60), (220, 130), (206, 210)]),
    )
    invading = invading_node(
        (96, 92), (58, 48), (Spike(-24, 18, 20, 0, True), Spike(4, 32, 20, 0, True), Spike(30, 16, 18, 0, True))
    )
    return Drawing(
        FindingKind.SMOOTH_MARGIN,
        Panel(
            "a node that is smooth towards the fat and grows into a muscle: the muscle counts.",
            (muscle(inner, outer), invading, pointer(196, 95, 0), caption("muscle invaded")),
            COUNTS,
        ),
        Panel(
            "a node with a smooth margin all round.",
            (node(outline(MIDDLE, RADII)), caption("smooth all round")),
            DOES_NOT_COUNT,
        ),
    )


def irregular_margin() -> Drawing:
    """Return a lumpy node with spikes, and one whose capsule is irregular but whole."""
    return Drawing(
        FindingKind.IRREGULAR_MARGIN,
        Panel(
            "a node with a lumpy margin and pointed spikes that end in fat: the spikes count.",
            (
                node(outline(MIDDLE, RADII, lumps=LUMPY, spikes=SPIKES), capsule=1.2),
                *ON_SPIKES,
                caption("spikes as well"),
            ),
            COUNTS,
        ),
        Panel(
            "a node with the same lumpy margin within a whole capsule.",
            (node(outline(MIDDLE, RADII, lumps=LUMPY), capsule=4), caption("lumpy, capsule whole")),
            DOES_NOT_COUNT,
        ),
    )


def central_necrosis() -> Drawing:
    """Return necrosis with and without spikes."""
    middle = necrosis(MIDDLE, (34, 25))
    return Drawing(
        FindingKind.CENTRAL_NECROSIS,
        Panel(
            "a node with a necrotic middle and pointed spikes that end in fat: the spikes count.",
            (node(outline(MIDDLE, RADII, spikes=SPIKES), capsule=1.2), middle, *ON_SPIKES, caption("spikes as well")),
            COUNTS,
        ),
        Panel(
            "a node with a necrotic middle and a smooth margin.",
            (node(outline(MIDDLE, RADII)), middle, caption("necrosis alone")),
            DOES_NOT_COUNT,
        ),
        extra=(("necrosis", NECROSIS),),
    )


def capsular_thickening() -> Drawing:
    """Return a thick capsule that spikes cross, and one that is whole."""
    crossing = node(
        outline(MIDDLE, (50, 38), spikes=[replace(each, length=each.length + 12) for each in SPIKES]), capsule=0
    )
    return Drawing(
        FindingKind.CAPSULAR_THICKENING,
        Panel(
            "a node with a thick capsule that pointed spikes of tumour cross to end in fat: the spikes count.",
            (node(outline(MIDDLE, (58, 46)), capsule=THICK), crossing, *ON_SPIKES, caption("spikes cross it")),
            COUNTS,
        ),
        Panel(
            "a node with a thick capsule that is whole all round.",
            (node(outline(MIDDLE, (58, 46)), capsule=THICK), caption("thick rim alone")),
            DOES_NOT_COUNT,
        ),
        extra=(("capsule", CAPSULE),),
    )

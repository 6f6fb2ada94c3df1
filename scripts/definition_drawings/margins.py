"""Drawings of the fat around a node: spikes and the flare sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.drawing import svg
from iENEGraderLib.reading import FindingKind

from definition_drawings.drawing import COUNTS, DOES_NOT_COUNT, Drawing, Panel, halves_below
from definition_drawings.shapes import Lumps, Spike, curve, outline, tip
from definition_drawings.tissues import FAT_SUPPRESSED, PAPER, caption, ghost, haze, label, node, pointer, small_artery

if TYPE_CHECKING:
    from HeadNeckNodesLib.html.markup import Markup

MIDDLE = (113.0, 92.0)
RADII = (56.0, 46.0)
SPIKES = (
    Spike(-74, 17, 12, 5), Spike(-40, 32, 13, -6), Spike(-12, 24, 10, 5), Spike(8, 36, 12, -3),
    Spike(35, 20, 10, 4), Spike(62, 27, 13, -7), Spike(158, 17, 11, 5), Spike(212, 27, 12, 5),
)  # fmt: skip
LUMPY = (Lumps(7, 0.06), Lumps(11, 0.045, 70))


def fat_spikes() -> Drawing:
    """Return spikes that end in fat, and what only looks like them."""
    spiked = node(outline(MIDDLE, RADII, lumps=(Lumps(5, 0.02), Lumps(13, 0.012)), spikes=SPIKES), capsule=1.2)
    capsule = ghost(outline(MIDDLE, (54, 44)), closed=True)
    tips = (_at_tip(SPIKES[1]), _at_tip(SPIKES[3]), _at_tip(SPIKES[5]), _at_tip(SPIKES[7]))
    passing = small_artery(curve([(-8, 8), (40, 11), (84, 18), (110, 34), (126, 60), (134, 110)]))
    return Drawing(
        FindingKind.FAT_SPIKES,
        Panel(
            "a node with pointed projections that cross the line of its capsule and end in the fat.",
            (spiked, capsule, *tips, caption("spikes end in fat")),
            COUNTS,
        ),
        Panel(
            "above, a node with a lumpy margin and no projection; below, a smooth node with a small vessel that "
            "touches it and runs on.",
            (
                node(outline((64, 50), (46, 36), lumps=LUMPY)),
                label(121, 46, "lumpy only,", "no spikes"),
                halves_below(node(outline((66, 58), (50, 36))), passing, label(140, 40, "vessel", "runs past")),
            ),
            DOES_NOT_COUNT,
        ),
    )


def flare_sign() -> Drawing:
    """Return the flare with the spikes that it supports, alone, and after a biopsy."""
    wide = [
        outline(MIDDLE, (58 + grow, 46 + 0.8 * grow), lumps=(Lumps(5, 0.1), Lumps(8, 0.06, 50)))
        for grow in range(42, 2, -3)
    ]
    spiked = node(outline(MIDDLE, (50, 40), spikes=SPIKES), capsule=1.6)
    alone = [outline((70, 50), (42 + grow, 28 + 0.7 * grow), lumps=(Lumps(5, 0.08),)) for grow in range(18, 0, -2)]
    track = [outline((98, 30), (44 + grow, 9 + grow), turned_deg=-32) for grow in range(14, -4, -2)]
    needle = svg.line([(70, 44), (134, 4)], PAPER, 2.5)
    return Drawing(
        FindingKind.FLARE_SIGN,
        Panel(
            "fat-suppressed T2-weighted image: bright tissue spreads from the margin of a node that also has spikes.",
            (haze(wide), spiked, caption("flare and spikes", on_dark=True)),
            "supports spikes",
            FAT_SUPPRESSED,
        ),
        Panel(
            "above, bright tissue around a smooth node without spikes; below, one along a biopsy track.",
            (
                haze(alone),
                node(outline((70, 50), (40, 27))),
                label(142, 46, "flare but", "no spikes", on_dark=True),
                halves_below(
                    haze(track),
                    needle,
                    node(outline((56, 58), (38, 29))),
                    label(132, 56, "after a", "biopsy", on_dark=True),
                ),
            ),
            DOES_NOT_COUNT,
            FAT_SUPPRESSED,
        ),
        view="MRI",
        extra=(("fat here", FAT_SUPPRESSED), ("high signal", PAPER)),
    )


def _at_tip(spike: Spike) -> Markup:
    return pointer(*tip(MIDDLE, RADII, spike), spike.angle_deg + 2 * spike.bend_deg)

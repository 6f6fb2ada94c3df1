"""Drawings of the three signs of coalescence; grade 2 asks for all of them."""

from __future__ import annotations

import numpy as np
from HeadNeckNodesLib.drawing import svg
from iENEGraderLib.reading import FindingKind

from definition_drawings.drawing import COUNTS, DOES_NOT_COUNT, Drawing, Panel, halves_below
from definition_drawings.shapes import Points, curve, cut_right, mirrored, outline
from definition_drawings.tissues import FAT_TRIANGLE, caption, ghost, label, necrosis, node, pointer

AXIS = 113.0
"""Where the two nodes of a panel meet."""
MIDDLE = 92.0
FUSED = (
    (8, 92), (22, 54), (60, 40), (AXIS, 48), (166, 40), (204, 56),
    (218, 94), (202, 132), (160, 144), (AXIS, 137), (62, 145), (22, 130),
)  # fmt: skip
LOBES = (
    (8, 52), (20, 22), (46, 14), (68, 20), (94, 13), (118, 28), (122, 58), (104, 84), (76, 80), (46, 88), (18, 78),
)  # fmt: skip


def fat_plane_lost() -> Drawing:
    """Return two nodes with nothing between them, and two that touch between triangles of fat."""
    left = cut_right(outline((64, MIDDLE), (57, 50), fullness=2.8), AXIS)
    round_left = outline((63, MIDDLE), (50, 54))
    triangles = [_wedge(round_left, top) for top in (True, False)]
    return Drawing(
        FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
        Panel(
            "two nodes lie against each other over their whole facing sides; no fat is left between them.",
            (
                node(left),
                node(mirrored(left, AXIS)),
                pointer(AXIS, 46, -90),
                pointer(AXIS, 138, 90),
                caption("no fat between"),
            ),
            COUNTS,
        ),
        Panel(
            "two nodes touch at one place; a triangle of fat stays on either side of it.",
            (
                *(svg.area(each, FAT_TRIANGLE) for each in triangles),
                node(round_left),
                node(mirrored(round_left, AXIS)),
                pointer(AXIS, 44, -90),
                pointer(AXIS, 140, 90),
                caption("fat triangles kept"),
            ),
            DOES_NOT_COUNT,
        ),
        extra=(("fat triangle", FAT_TRIANGLE),),
    )


def convexity_lost() -> Drawing:
    """Return two nodes flattened where they meet, and two that press on one another and stay convex."""
    whole = outline((70, MIDDLE), (62, 54))
    left = cut_right(whole, AXIS)
    beyond = whole[whole[:, 0] > AXIS]
    ghosts = [ghost(_downward(each)) for each in (beyond, mirrored(beyond, AXIS))]
    convex, smaller = outline((60, MIDDLE), (54, 56)), outline((66, MIDDLE + 8), (48, 44))
    return Drawing(
        FindingKind.CONVEXITY_LOST_AT_CONTACT,
        Panel(
            "two nodes are flat where they meet; dashed lines show the convex outlines that are lost.",
            (node(left), node(mirrored(left, AXIS)), *ghosts, caption("flat at the contact")),
            COUNTS,
        ),
        Panel(
            "two nodes press on one another and both outlines stay convex.",
            (node(convex), node(mirrored(smaller, AXIS)), caption("both stay convex")),
            DOES_NOT_COUNT,
        ),
    )


def boundaries_merged() -> Drawing:
    """Return a fused mass, two nodes with a notch between them, and one lobulated node."""
    fused, lobes = curve(FUSED, closed=True), curve(LOBES, closed=True)
    old = outline((62, MIDDLE), (51, 50))
    inner = old[old[:, 0] > 80]
    pair = outline((42, 50), (34, 38))
    return Drawing(
        FindingKind.BOUNDARIES_MERGED,
        Panel(
            "two nodes have become one mass; the outer border passes from one to the other without an acute notch, and "
            "dashed lines show the former borders.",
            (
                node(fused),
                *(ghost(_downward(each)) for each in (inner, mirrored(inner, AXIS))),
                pointer(AXIS, 46, -90),
                pointer(AXIS, 139, 90),
                caption("no acute notch"),
            ),
            COUNTS,
        ),
        Panel(
            "above, two nodes that touch, with acute notches between their outlines; below, one single lobulated node "
            "with a necrotic middle.",
            (
                node(pair),
                node(mirrored(pair, 75)),
                pointer(76, 32, -90),
                pointer(76, 68, 90),
                label(152, 46, "acute", "notch"),
                halves_below(node(lobes), necrosis((64, 50), (30, 18)), label(134, 46, "one node,", "lobulated")),
            ),
            DOES_NOT_COUNT,
        ),
    )


def _wedge(round_left: Points, top: bool) -> Points:
    """Return the triangle of fat between two round nodes, above or below the place where they touch."""
    side = round_left[(round_left[:, 0] > 78) & ((round_left[:, 1] < MIDDLE) == top)]
    side = side[np.argsort(side[:, 1])]
    return np.vstack([side, mirrored(side, AXIS)[::-1]])


def _downward(points: Points) -> Points:
    return points[np.argsort(points[:, 1])]

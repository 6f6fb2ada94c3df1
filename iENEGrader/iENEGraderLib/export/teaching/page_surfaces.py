"""Surfaces in the page: small whole numbers that the page's own viewer turns."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.html.markup import Markup, tag

from iENEGraderLib.anatomy.structures import Role, structure_for
from iENEGraderLib.export.teaching.page_parts import data_block, picture_tag, section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.export.teaching.content import Picture
    from iENEGraderLib.export.teaching.mesh import Mesh

STEPS = 32767
"""Places are whole numbers of so many steps from the middle: far below a hundredth of a millimetre in a neck."""
HOW_TO_TURN = "Drag to turn, or use the arrow keys when the view has the focus; plus and minus change the size."
VIEWS = {"front": "Front", "right": "From the right", "left": "From the left", "behind": "Behind"}
SIZES = {"1": ("+", "Larger"), "-1": ("\u2212", "Smaller")}
SIZE = (900, 540)


def surfaces_section(meshes: Sequence[Mesh], overview: Picture | None = None) -> Markup:
    """Return the view of the surfaces, a switch for each, and their data; nothing when there are none.

    Parameters
    ----------
    overview : a picture of them, for browsers that cannot draw them.
    """
    if not meshes:
        return Markup("")
    canvas = tag(
        "canvas",
        "This browser shows no surfaces.",
        width=str(SIZE[0]),
        height=str(SIZE[1]),
        tabindex="0",
        role="img",
        aria_label="Surfaces of the segments. " + HOW_TO_TURN,
        id="surface-view",
    )
    switches = [_switch(mesh, number) for number, mesh in enumerate(meshes)]
    seen = tag("p", "", id="seen-from", role="status")
    caption = tag("figcaption", _view_buttons(), seen, tag("div", *switches, class_="switches"))
    words = tag("p", "This browser cannot draw surfaces (no WebGL).")
    picture = picture_tag(overview, "Overview of the surfaces from the front.") if overview else ""
    note = tag("div", words, picture, class_="no-webgl", hidden=True)
    sides = [tag("span", "", class_=f"side {edge}", aria_hidden="true") for edge in ("left", "right", "top", "bottom")]
    figure = tag("figure", tag("div", canvas, *sides, class_="scene"), note, caption, class_="surfaces")
    aside = tag("p", HOW_TO_TURN, class_="aside how")
    return section("Surfaces", "surfaces", aside, figure, data_block("surface-data", surface_data(meshes)))


def _view_buttons() -> Markup:
    views = [tag("button", words, type="button", data_view=view) for view, words in VIEWS.items()]
    sizes = [
        tag("button", sign, type="button", data_size=step, aria_label=words) for step, (sign, words) in SIZES.items()
    ]
    return tag("div", *views, *sizes, class_="view-buttons")


def surface_data(meshes: Sequence[Mesh]) -> dict[str, Any]:
    """Return what the viewer needs: places as whole numbers round the common middle, in `mm_per_step`."""
    points = np.concatenate([mesh.vertices_ras_mm for mesh in meshes])
    low, high = points.min(axis=0), points.max(axis=0)
    middle = 0.5 * (low + high)
    mm_per_step = float(np.abs(points - middle).max()) / STEPS or 1.0
    return {
        "mm_per_step": mm_per_step,
        "radius_mm": float(np.linalg.norm(high - low)) / 2,
        "meshes": [_mesh_data(mesh, middle, mm_per_step) for mesh in meshes],
    }


def _mesh_data(mesh: Mesh, middle: Any, mm_per_step: float) -> dict[str, Any]:
    steps = np.rint((mesh.vertices_ras_mm - middle) / mm_per_step).astype("<i2")
    is_small = len(steps) <= 2**16
    return {
        "name": mesh.name,
        "colour": [round(part, 4) for part in mesh.colour],
        "opacity": mesh.opacity,
        "bytes": 2 if is_small else 4,
        "points": base64.b64encode(steps.tobytes()).decode("ascii"),
        "triangles": base64.b64encode(mesh.triangles.astype("<u2" if is_small else "<u4").tobytes()).decode("ascii"),
    }


def _switch(mesh: Mesh, number: int) -> Markup:
    structure = structure_for(mesh.name)
    # All nodes are the same structure: their own names tell them apart.
    is_named = structure is not None and structure.role is not Role.NODE
    words = structure.label if structure is not None and is_named else mesh.name.replace("_", " ")
    red, green, blue = (round(255 * part) for part in mesh.colour)
    swatch = tag("span", "", class_="swatch", style=f"background: rgb({red} {green} {blue})")
    box = tag("input", type="checkbox", checked=True, data_mesh=str(number))
    return tag("label", box, swatch, words)

"""The plane orthogonal to a vessel where the contact with a node is greatest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, tag

from iENEGraderLib.export.figures.outline import label_surface
from iENEGraderLib.export.figures.panel import (
    CONTACT_COLOUR,
    NODE_COLOUR,
    WHITE,
    Panel,
    image_window,
    window_note,
)
from iENEGraderLib.export.figures.plane import plane_across
from iENEGraderLib.export.figures.statement import statement_figure
from iENEGraderLib.measure.contact import ContactClass

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact import ContactMap, ContactProfile, ContactSections
    from iENEGraderLib.measure.label_field import Field

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

WIDTH, MARGIN, HEAD, FOOT = 480.0, 12.0, 34.0, 116.0
ROOM_MM = 12.0
LEAST_HALF_MM, MOST_HALF_MM = 14.0, 30.0
CLASS_WORDS = {
    ContactClass.BELOW_180: "below 180°",
    ContactClass.FROM_180_TO_270: "180° to below 270°",
    ContactClass.AT_LEAST_270: "270° or more",
    ContactClass.NOT_ASSESSABLE: "not assessable",
}


@dataclass(frozen=True, eq=False)
class WallSection:
    """One cross-section of a vessel.

    Attributes
    ----------
    number : index among all sections.
    wall_ras_mm : points of the wall, shape (n, 3), in order round the vessel.
    contact : which of them are in contact, shape (n,).
    longest : which of them form the longest contiguous arc, shape (n,).
    """

    number: int
    wall_ras_mm: Floats
    contact: Mask
    longest: Mask

    @property
    def centre_ras_mm(self) -> Floats:
        """Middle of the wall points."""
        centre: Floats = self.wall_ras_mm.mean(axis=0)
        return centre

    @property
    def normal_ras(self) -> Floats:
        """Direction across the section."""
        _, _, axes = np.linalg.svd(self.wall_ras_mm - self.centre_ras_mm, full_matrices=False)
        normal: Floats = axes[2]
        return normal


def cross_section_figure(
    profile: ContactProfile,
    node: NDArray[Any] | Segment,
    geometry: ImageGeometry,
    title: str,
    image: Image | None = None,
) -> Markup:
    """Draw the cross-section of a vessel with the greatest arc in contact; without contact, the one nearest the node.

    Parameters
    ----------
    profile : from :mod:`iENEGraderLib.measure.contact`, on the same grid.
    node : mask [k, j, i] or segment.
    title : names the node and the vessel.
    image : shown below the outlines, in the window of soft tissue when it is CT; without it the label is shown.

    Returns
    -------
    A complete SVG figure; when there is no angle it says why.
    """
    surface = label_surface(node, geometry)
    shown = None if profile.max_arc_deg is None or surface is None else shown_section(profile, surface, geometry)
    if shown is None or surface is None:
        return statement_figure(title, f"Not assessable: {profile.reason or 'no cross-section is complete'}.")
    reach = float(np.linalg.norm(shown.wall_ras_mm - shown.centre_ras_mm, axis=1).max())
    half = float(np.clip(reach + ROOM_MM, LEAST_HALF_MM, max(MOST_HALF_MM, reach + 2)))
    side = WIDTH - 2 * MARGIN
    panel = Panel(plane_across(shown.centre_ras_mm, shown.normal_ras), half, svg.Rect(MARGIN, HEAD, side, side))
    parts = [
        svg.text(MARGIN, 22, title, size=14, bold=True),
        panel.tone_part(surface, geometry) if image is None else panel.grey_part(image, image_window(image)),
        panel.outline_part(surface, geometry, NODE_COLOUR, "node-outline"),
        *_wall_parts(panel, shown),
        panel.marks_part(window_note(image)),
        svg.text(MARGIN + 10, HEAD + 24, _angle(profile), size=19, bold=True, colour=CONTACT_COLOUR, on_picture=True),
        *_caption(profile, shown, HEAD + side + 20),
    ]
    return svg.document(WIDTH, HEAD + side + FOOT, parts, f"{title}: {_angle(profile)}")


def shown_section(profile: ContactProfile, surface: Field, geometry: ImageGeometry) -> WallSection | None:
    """Return the section with the greatest arc, without contact the usable one nearest the node; None if none is."""
    sections, contact_map = profile.sections, profile.contact_map
    if sections is None or contact_map is None:
        return None
    usable = np.flatnonzero(np.isfinite(sections.longest_arc_deg))
    if not len(usable):
        return None
    spacing = np.array(geometry.spacing_kji_mm)
    if profile.place_kji is not None:
        return wall_section(contact_map, section_at(sections, profile.place_kji), geometry)
    middle = surface.origin_mm + 0.5 * (np.array(surface.values.shape) - 1) * surface.spacing_mm
    away = np.linalg.norm(sections.centre_kji[usable] * spacing - middle, axis=1)
    return wall_section(contact_map, int(usable[np.argmin(away)]), geometry)


def section_at(sections: ContactSections, place_kji: tuple[float, float, float]) -> int:
    """Return the index of the section whose centre is a place."""
    return int(np.argmin(np.abs(sections.centre_kji - np.array(place_kji)).max(axis=1)))


def wall_section(contact_map: ContactMap, number: int, geometry: ImageGeometry) -> WallSection:
    """Return one section of the unrolled wall in the patient."""
    wall = geometry.ras_from_kji(contact_map.wall_kji[:, number])
    contact = contact_map.contact[:, number]
    return WallSection(number, wall, contact, longest_arc(contact, wall))


def longest_arc(contact: Mask, wall_mm: Floats) -> Mask:
    """Return the longest contiguous piece, in mm of a closed wall, of what is in contact."""
    if contact.all() or not contact.any():
        return contact.copy()
    step = np.linalg.norm(np.roll(wall_mm, -1, axis=0) - wall_mm, axis=1)
    first = int(np.argmin(contact))
    turned, share = np.roll(contact, -first), np.roll(0.5 * (step + np.roll(step, 1)), -first)
    runs = np.split(np.arange(len(turned)), np.flatnonzero(np.diff(turned)) + 1)
    best = max((run for run in runs if turned[run[0]]), key=lambda run: float(share[run].sum()))
    found = np.zeros(len(contact), dtype=bool)
    found[(best + first) % len(contact)] = True
    return found


def _wall_parts(panel: Panel, section: WallSection) -> list[Markup]:
    """Draw the wall, the contact on it thick, and lines from the middle to the ends of the longest arc."""
    wall = panel.pixels(section.wall_ras_mm)
    parts = [tag("g", svg.line(wall, WHITE, 1.5, closed=True, on_picture=True), class_="vessel-wall")]
    ends = _run_ends(section.longest)
    if ends is not None:
        centre = panel.pixels(section.centre_ras_mm)
        rays = [svg.line([centre, wall[end]], CONTACT_COLOUR, 1.2, dashes="4 3", on_picture=True) for end in ends]
        parts.append(tag("g", *rays, class_="arc-ends"))
    if section.contact.any():
        arc = svg.line(_pieces(wall, section.contact), CONTACT_COLOUR, 5, on_picture=True)
        parts.append(tag("g", arc, class_="contact-arc"))
    return parts


def _pieces(wall: Floats, contact: Mask) -> Floats:
    """Return wall points in contact, beginning outside of it so that no piece is cut; NaN in between."""
    if contact.all():
        return np.concatenate([wall, wall[:1]])
    first = int(np.argmin(contact))
    return np.where(np.roll(contact, -first)[:, None], np.roll(wall, -first, axis=0), np.nan)


def _run_ends(run: Mask) -> tuple[int, int] | None:
    if run.all() or not run.any():
        return None
    return int(np.flatnonzero(run & ~np.roll(run, 1))[0]), int(np.flatnonzero(run & ~np.roll(run, -1))[0])


def _angle(profile: ContactProfile) -> str:
    if not profile.contact_length_mm:
        return "no contact"
    return f"{profile.max_arc_deg:.0f}° ± {profile.band_deg:.0f}°"


def _caption(profile: ContactProfile, section: WallSection, y: float) -> list[Markup]:
    entries = [("contact", CONTACT_COLOUR), ("node", NODE_COLOUR), ("vessel wall", svg.GREY)]
    words, _ = svg.paragraph(MARGIN, y + 20, _sentences(profile, section), WIDTH - 2 * MARGIN, 12)
    return [svg.legend(MARGIN, y, entries), words]


def _sentences(profile: ContactProfile, section: WallSection) -> str:
    sections = profile.sections
    assert sections is not None
    number, branch = section.number, sections.branch
    of_branch = np.flatnonzero(branch == branch[number])
    place = f"section {number - of_branch[0] + 1} of {len(of_branch)}, {sections.along_mm[number]:.1f} mm along"
    place += f" branch {branch[number] + 1}" if branch.max() else " the vessel"
    here = f"Plane orthogonal to the vessel, {place}."
    reach = f"Counted as contact: node within {profile.tolerance_mm:g} mm of the wall"
    reach += f" ({profile.wall_mm:g} mm thick, outside the label)." if profile.wall_mm else " (the label's border)."
    if not profile.contact_length_mm:
        return f"No contact. {here} {reach}"
    classes = " or ".join(CLASS_WORDS[each] for each in profile.possible_classes)
    unsure = " (the uncertainty crosses a threshold)" if profile.is_equivocal else ""
    greatest = f"Greatest contiguous arc that holds along the vessel: {classes}{unsure}."
    return f"{greatest} In this section {sections.longest_arc_deg[number]:.0f}° of the circumference. {here} {reach}"

"""Contact along a vessel: the unrolled wall, and the arcs section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import Axis, Frame, Gap, Level, Mark, Series, axes_part, line_part
from HeadNeckNodesLib.html.markup import Markup, joined, tag

from iENEGraderLib.export.figures.cross_section import section_at
from iENEGraderLib.export.figures.plane import direction_letters
from iENEGraderLib.export.figures.statement import statement_figure
from iENEGraderLib.measure.contact.classes import ENCASEMENT_DEG, HALF_DEG

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact import ContactMap, ContactProfile, ContactSections

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

WIDTH, PLOT_HEIGHT, MAP_HEIGHT = 480.0, 280.0, 310.0
LEFT, RIGHT, TOP, BOTTOM = 66.0, 84.0, 64.0, 48.0
CONTACT_RGBA = (213, 94, 0, 255)
ARC_LEVELS = (Level(HALF_DEG, "180°"), Level(ENCASEMENT_DEG, "270°"))
ARC_TICKS = (0.0, 90.0, 180.0, 270.0, 360.0)
FULL_DEG = 360


def angle_along_vessel_figure(profile: ContactProfile, geometry: ImageGeometry, title: str) -> Markup:
    """Plot the longest and the summed arc against the length of the vessel, one plot for each branch in contact.

    Sections without complete outline are hatched, the uncertainty is shaded, and the place of the greatest arc marked.

    Parameters
    ----------
    profile, geometry : the measurement and its grid.
    title : names the node and the vessel.

    Returns
    -------
    A complete SVG figure; when there is no angle it says why.
    """
    sections = profile.sections
    if sections is None or profile.max_arc_deg is None:
        return statement_figure(title, f"Not assessable: {profile.reason or 'no cross-section is complete'}.")
    branches = shown_branches(profile)
    plots = [
        _arc_plot(profile, branch, f"{title}{_branch_words(sections, branch)}", geometry, n * PLOT_HEIGHT)
        for n, branch in enumerate(branches)
    ]
    return svg.document(WIDTH, PLOT_HEIGHT * len(branches), plots, f"{title}: arc along the vessel")


def contact_map_figure(profile: ContactProfile, geometry: ImageGeometry, title: str) -> Markup:
    """Draw the wall of a vessel unrolled: direction by length, filled where the node touches it, by branch.

    Bars beside it are 180 and 270 degrees long. The wall is cut open where there is least contact. Sections without
    complete outline are hatched.

    Parameters
    ----------
    profile, geometry : the measurement and its grid.
    title : names the node and the vessel.
    """
    sections, contact_map = profile.sections, profile.contact_map
    if sections is None or contact_map is None or not np.isfinite(sections.longest_arc_deg).any():
        return statement_figure(title, f"Not assessable: {profile.reason or 'no cross-section is complete'}.")
    branches = shown_branches(profile)
    maps = [
        _unrolled(profile, branch, f"{title}{_branch_words(sections, branch)}", geometry, n * MAP_HEIGHT)
        for n, branch in enumerate(branches)
    ]
    return svg.document(WIDTH, MAP_HEIGHT * len(branches), maps, f"{title}: contact on the unrolled wall")


def shown_branches(profile: ContactProfile) -> list[int]:
    """Return the branches in contact, that with the greatest arc first; the longest path when there are none."""
    sections, contact_map = profile.sections, profile.contact_map
    assert sections is not None
    assert contact_map is not None
    touched = np.unique(sections.branch[np.any(contact_map.contact, axis=0)]).tolist() or [0]
    if profile.place_kji is None:
        return touched
    first = int(sections.branch[section_at(sections, profile.place_kji)])
    return sorted(touched, key=lambda branch: (branch != first, branch))


def _branch_words(sections: ContactSections, branch: int) -> str:
    return f", branch {branch + 1}" if sections.branch.max() else ""


def _length_axis(sections: ContactSections, of_branch: Mask, geometry: ImageGeometry) -> Axis:
    """Return the axis along the vessel, which tells which way it goes in the patient."""
    along = sections.along_mm[of_branch]
    ends = geometry.ras_from_kji(sections.centre_kji[of_branch][[0, -1]])
    towards = direction_letters(ends[1] - ends[0])
    half_step = _step_mm(along) / 2
    return Axis(f"mm along the vessel, towards {towards}", float(along[0]) - half_step, float(along[-1]) + half_step)


def _step_mm(along_mm: Floats) -> float:
    return float(along_mm[1] - along_mm[0]) if len(along_mm) > 1 else 1.0


def _gaps(along_mm: Floats, is_usable: Mask) -> list[Gap]:
    half_step = _step_mm(along_mm) / 2
    runs = np.split(np.arange(len(along_mm)), np.flatnonzero(np.diff(is_usable)) + 1)
    return [
        Gap(float(along_mm[run[0]]) - half_step, float(along_mm[run[-1]]) + half_step)
        for run in runs
        if not is_usable[run[0]]
    ]


def _arc_plot(profile: ContactProfile, branch: int, title: str, geometry: ImageGeometry, top: float) -> Markup:
    sections = profile.sections
    assert sections is not None
    here = sections.branch == branch
    along, longest = sections.along_mm[here], sections.longest_arc_deg[here]
    series = [
        Series(along, sections.summed_arc_deg[here], "all arcs together", svg.BLUE, Mark.DASHED),
        Series(along, longest, f"longest arc ± {profile.band_deg:.0f}°", svg.ORANGE, half_band=profile.band_deg),
    ]
    if profile.place_kji is not None:
        at = section_at(sections, profile.place_kji)
        if sections.branch[at] == branch:
            place = [sections.along_mm[at]], [sections.longest_arc_deg[at]]
            words = f"{profile.max_arc_deg:.0f}° at {sections.along_mm[at]:.1f} mm"
            series.append(Series(*place, words, svg.GREEN, Mark.POINTS))
    return line_part(
        series,
        _length_axis(sections, here, geometry),
        Axis("arc in contact, °", 0, FULL_DEG, ARC_TICKS),
        title,
        levels=ARC_LEVELS,
        gaps=_gaps(along, np.isfinite(longest)),
        size=(WIDTH, PLOT_HEIGHT),
        top=top,
    )


def _unrolled(profile: ContactProfile, branch: int, title: str, geometry: ImageGeometry, top: float) -> Markup:
    sections, contact_map = profile.sections, profile.contact_map
    assert sections is not None
    assert contact_map is not None
    columns = np.flatnonzero(sections.branch == branch)
    at = _reference_section(profile, columns)
    cut = _cut(contact_map.contact[:, at], contact_map.contact[:, columns])
    x = _length_axis(sections, sections.branch == branch, geometry)
    assert x.low is not None
    assert x.high is not None
    frame = Frame(LEFT, WIDTH - RIGHT, top + TOP, top + MAP_HEIGHT - BOTTOM, x.low, x.high, cut, cut + FULL_DEG)
    contact = np.roll(contact_map.contact[:, columns], -cut * len(contact_map.angle_deg) // FULL_DEG, axis=0)
    pixels = np.where(contact[::-1, :, None], np.array(CONTACT_RGBA), 0).astype(np.uint8)
    gaps = _gaps(sections.along_mm[columns], np.isfinite(sections.longest_arc_deg[columns]))
    parts = [
        svg.text(14, top + 21, title, size=14, bold=True),
        svg.text(14, top + 40, "Wall unrolled; orange: in contact; hatched: no complete cross-section", size=12),
        *(svg.hatching(_span(frame, gap)) for gap in gaps),
        tag("g", svg.picture(pixels, frame.area, smooth=False), class_="contact-map"),
        _place_line(profile, frame, float(sections.along_mm[at])),
        axes_part(frame, x, _direction_axis(contact_map, at, cut, geometry)),
        *(_ruler(frame, degrees, 20.0 + 34.0 * n) for n, degrees in enumerate((HALF_DEG, ENCASEMENT_DEG))),
    ]
    return joined(parts)


def _reference_section(profile: ContactProfile, columns: NDArray[np.intp]) -> int:
    """Return the section that the map is hung by: that of the greatest arc, in other branches the most touched."""
    sections, contact_map = profile.sections, profile.contact_map
    assert sections is not None
    assert contact_map is not None
    if profile.place_kji is not None:
        at = section_at(sections, profile.place_kji)
        if at in columns:
            return at
    return int(columns[np.argmax(contact_map.contact[:, columns].sum(axis=0))])


def _cut(contact_here: Mask, contact: Mask) -> int:
    """Return the angle where the wall is cut open: the middle of the widest gap, as seen in one section or in all."""
    free = ~np.any(contact, axis=1)
    if not free.any():
        free = ~contact_here
    if free.all() or not free.any():
        return -FULL_DEG // 2
    first = int(np.argmin(free))
    turned = np.roll(free, -first)
    runs = np.split(np.arange(len(turned)), np.flatnonzero(np.diff(turned)) + 1)
    widest = max((run for run in runs if turned[run[0]]), key=len)
    middle = (int(widest[len(widest) // 2]) + first) % len(free)
    return middle * FULL_DEG // len(free) - FULL_DEG


def _direction_axis(contact_map: ContactMap, at: int, cut: int, geometry: ImageGeometry) -> Axis:
    """Return the axis round the vessel: the sides of the patient at the marked section."""
    wall = geometry.ras_from_kji(contact_map.wall_kji[:, at])
    ticks = [angle for angle in range(-FULL_DEG, 2 * FULL_DEG, 90) if cut <= angle <= cut + FULL_DEG]
    labels = []
    for angle in ticks:
        ray = (angle % FULL_DEG) * len(wall) // FULL_DEG
        labels.append(f"{angle % FULL_DEG}° {direction_letters(wall[ray] - wall.mean(axis=0))}")
    return Axis("direction from the middle", ticks=tuple(float(t) for t in ticks), tick_labels=tuple(labels))


def _span(frame: Frame, gap: Gap) -> svg.Rect:
    left, right = float(frame.x(gap.low)), float(frame.x(gap.high))
    return svg.Rect(left, frame.top, right - left, frame.bottom - frame.top)


def _place_line(profile: ContactProfile, frame: Frame, along_mm: float) -> Markup:
    if profile.place_kji is None:
        return Markup("")
    x = float(frame.x(along_mm))
    mark = svg.line([(x, frame.top), (x, frame.bottom)], width=1.2, dashes="2 3")
    return joined([mark, svg.text(x, frame.top - 5, "section shown", size=11, anchor="middle")])


def _ruler(frame: Frame, degrees: float, offset: float) -> Markup:
    """Return a bar as long as that many degrees of the map."""
    x, middle = frame.right + offset, (frame.top + frame.bottom) / 2
    half = degrees / FULL_DEG * (frame.bottom - frame.top) / 2
    ends = [(x, middle - half), (x, middle + half)]
    ticks = [svg.line([(x - 4, y), (x + 4, y)], width=1.5) for _, y in ends]
    return joined([svg.line(ends), *ticks, svg.text(x, middle - half - 6, f"{degrees:.0f}°", size=11, anchor="middle")])

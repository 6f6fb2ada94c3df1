"""Figures of vessel contact show the measured arc, where it is and how it was found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import SimpleITK
from contact_phantoms import draw, pose, tube_with_cuff
from figure_contents import elements, pixels, points, words
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.export.figures import angle_along_vessel_figure, contact_map_figure, cross_section_figure
from iENEGraderLib.export.figures.cross_section import longest_arc
from iENEGraderLib.export.figures.plane import plane_across
from iENEGraderLib.measure.contact import ContactProfile, contact_on_grid

if TYPE_CHECKING:
    from collections.abc import Callable

ARC_DEG = 220.0
VOXEL_MM = 0.5
AXES = SimpleITK.VersorTransform((1.0, 2.0, 0.5), 0.5).GetMatrix()
DIRECTION = tuple(tuple(AXES[3 * row : 3 * row + 3]) for row in range(3))


@pytest.fixture(scope="module")
def a_grid() -> ImageGeometry:
    return ImageGeometry((72, 72, 72), (VOXEL_MM,) * 3, (10.0, -20.0, 30.0), DIRECTION)


@pytest.fixture(scope="module")
def the_masks() -> tuple[np.ndarray, np.ndarray]:
    label = tube_with_cuff(pose(20, 30), 3.5, ((140.0, ARC_DEG),), length=12.0)
    return draw(label, (VOXEL_MM,) * 3, (36.0, 36.0, 36.0))


@pytest.fixture(scope="module")
def a_profile(the_masks: tuple[np.ndarray, np.ndarray], a_grid: ImageGeometry) -> ContactProfile:
    return contact_on_grid(*the_masks, a_grid)


@pytest.fixture(scope="module")
def a_ct(the_masks: tuple[np.ndarray, np.ndarray], a_grid: ImageGeometry) -> Image:
    vessel, tumour = the_masks
    return Image((-100 + 350 * vessel + 150 * tumour).astype(np.int16), a_grid, "CT", "Smith^John.dcm")


@pytest.fixture(scope="module")
def a_section(a_profile: ContactProfile, the_masks: tuple, a_grid: ImageGeometry, a_ct: Image) -> str:
    return cross_section_figure(a_profile, the_masks[1], a_grid, "N1 & <carotid>", a_ct)


def test_the_longest_piece_of_a_closed_wall_may_cross_its_end() -> None:
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    wall = np.column_stack([np.cos(turn), np.sin(turn), 0 * turn])
    contact = np.isin(np.arange(12), (10, 11, 0, 1, 5, 6))

    assert np.flatnonzero(longest_arc(contact, wall)).tolist() == [0, 1, 10, 11]


def test_the_drawn_arc_spans_the_true_angle_about_the_vessel(a_section: str) -> None:
    arc = points(elements(a_section, "path", "contact-arc")[-1])
    wall = points(elements(a_section, "path", "vessel-wall")[-1])
    x, y = (arc - wall.mean(axis=0)).T
    turn = np.degrees(np.unwrap(np.arctan2(y, x)))

    assert abs(turn[-1] - turn[0]) == pytest.approx(ARC_DEG, abs=6)


def test_the_scale_bar_is_as_long_as_5_mm_of_the_vessel(a_section: str) -> None:
    bar = points(elements(a_section, "path", "scale-bar")[-1])
    wall = points(elements(a_section, "path", "vessel-wall")[-1])
    radius = np.linalg.norm(wall - wall.mean(axis=0), axis=1).mean()

    assert np.ptp(bar[:, 0]) / radius == pytest.approx(5.0 / 3.5, rel=0.03)
    assert "5 mm" in words(a_section)


def test_the_image_lies_below_its_outlines(a_section: str, a_profile: ContactProfile) -> None:
    picture = elements(a_section, "image")[0]
    grey = pixels(picture)[..., 0]
    scale = len(grey) / float(picture.get("width"))
    corner = np.array([float(picture.get("x")), float(picture.get("y"))])
    wall = (points(elements(a_section, "path", "vessel-wall")[-1]) - corner) * scale
    inner = wall.mean(axis=0) + 0.8 * (wall - wall.mean(axis=0))

    columns, rows = inner.round().astype(int).T
    assert grey[rows, columns].min() > 240
    # The outermost corner is fat of -100 HU: (-100 - 60) / 350 + 1/2 of white.
    assert grey[0, 0] == pytest.approx(255 * (0.5 - 160 / 350), abs=2)


def test_the_arc_lies_where_the_node_is(a_section: str) -> None:
    picture = elements(a_section, "image")[0]
    grey = pixels(picture)[..., 0]
    scale = len(grey) / float(picture.get("width"))
    corner = np.array([float(picture.get("x")), float(picture.get("y"))])
    wall, arc = (points(elements(a_section, "path", kind)[-1]) for kind in ("vessel-wall", "contact-arc"))
    bare = np.array([point for point in wall if np.linalg.norm(arc - point, axis=1).min() > 10])

    def just_outside(line: np.ndarray) -> np.ndarray:
        columns, rows = ((wall.mean(axis=0) + 1.5 * (line - wall.mean(axis=0)) - corner) * scale).round().astype(int).T
        return grey[rows, columns]

    # The node has 50 HU, the fat -100.
    assert np.median(just_outside(arc)) == pytest.approx(255 * (0.5 - 10 / 350), abs=3)
    assert just_outside(arc)[10:-10].min() > 100
    assert just_outside(bare).max() < 60


def test_the_section_says_the_angle_the_reach_and_the_place(a_section: str, a_profile: ContactProfile) -> None:
    said = words(a_section)

    assert f"{a_profile.max_arc_deg:.0f}° ± {a_profile.band_deg:.0f}°" in said
    assert "180° to below 270°" in said
    assert "within 0.5 mm of the wall" in said
    assert re.search(r"section \d+ of \d+, \d+\.\d mm along the vessel", said)
    assert "W 350 L 60" in said
    assert "Smith" not in a_section


def test_the_sides_in_the_section_fit_the_vessel_on_an_oblique_grid(a_section: str, a_grid: ImageGeometry) -> None:
    at = pose(20, 30)
    along_ras = a_grid.ras_from_kji(at.axis / VOXEL_MM) - a_grid.ras_from_kji((0, 0, 0))

    letters = [each.text for each in elements(a_section, "text", "side")]
    assert letters == list(plane_across((0, 0, 0), along_ras).letters)


def test_without_an_image_the_label_is_shown(
    the_masks: tuple, a_profile: ContactProfile, a_grid: ImageGeometry
) -> None:
    svg = cross_section_figure(a_profile, the_masks[1], a_grid, "N1")

    assert "labels only" in words(svg)
    assert len(np.unique(pixels(elements(svg, "image")[0]))) == 2


def test_a_node_apart_is_shown_without_an_arc(the_masks: tuple, a_grid: ImageGeometry) -> None:
    node = np.zeros(a_grid.array_shape, bool)
    node[30:36, 2:6, 2:6] = True
    profile = contact_on_grid(the_masks[0], node, a_grid)
    figures = (
        cross_section_figure(profile, node, a_grid, "N1"),
        contact_map_figure(profile, a_grid, "N1"),
        angle_along_vessel_figure(profile, a_grid, "N1"),
    )

    assert "no contact" in words(figures[0])
    assert not elements(figures[0], "path", "contact-arc")
    assert not pixels(elements(figures[1], "image")[0]).any()
    assert ET.fromstring(figures[2]) is not None


def test_a_vessel_all_round_in_contact_has_a_closed_arc(a_grid: ImageGeometry) -> None:
    masks = draw(tube_with_cuff(pose(0, 0), 3.5, ((0.0, 360.0),), length=12.0), (VOXEL_MM,) * 3, (36.0,) * 3)
    svg = cross_section_figure(contact_on_grid(*masks, a_grid), masks[1], a_grid, "N1")
    arc = points(elements(svg, "path", "contact-arc")[-1])

    assert "360°" in words(svg)
    assert arc[0].tolist() == arc[-1].tolist()
    assert ET.fromstring(contact_map_figure(contact_on_grid(*masks, a_grid), a_grid, "N1")) is not None


@pytest.mark.parametrize("figure", [contact_map_figure, angle_along_vessel_figure])
def test_what_cannot_be_assessed_is_said_instead_of_drawn(figure: Callable[..., str], a_grid: ImageGeometry) -> None:
    empty = np.zeros(a_grid.array_shape, bool)
    node = empty.copy()
    node[30:36, 30:36, 30:36] = True
    profile = contact_on_grid(empty, node, a_grid)

    assert "Not assessable: the vessel's mask is empty" in words(figure(profile, a_grid, "N1"))
    assert "Not assessable" in words(cross_section_figure(profile, node, a_grid, "N1"))


def test_a_node_of_another_shape_is_refused(a_profile: ContactProfile, a_grid: ImageGeometry) -> None:
    with pytest.raises(InputError, match="shape"):
        cross_section_figure(a_profile, np.ones((3, 3, 3), bool), a_grid, "N1")


def test_the_unrolled_wall_is_filled_over_the_true_arc_and_length(
    a_profile: ContactProfile, a_grid: ImageGeometry
) -> None:
    svg = contact_map_figure(a_profile, a_grid, "N1")
    filled = pixels(elements(svg, "image")[0])[..., 3] > 0
    step_mm = a_profile.sections.along_mm[1] - a_profile.sections.along_mm[0]

    assert np.median(filled.sum(axis=0)[filled.any(axis=0)]) == pytest.approx(ARC_DEG, abs=8)
    assert filled.any(axis=0).sum() * step_mm == pytest.approx(12.0, abs=1.0)
    # Cut open where there is no contact, so that the arc is in one piece.
    assert not filled[[0, -1]].any()
    assert {"180°", "270°"} <= {each.text for each in elements(svg, "text")}


def test_directions_round_the_vessel_are_named_by_the_sides_of_the_patient(the_masks: tuple) -> None:
    straight = ImageGeometry((72, 72, 72), (VOXEL_MM,) * 3)
    profile = contact_on_grid(*the_masks, straight)
    said = words(contact_map_figure(profile, straight, "N1"))
    quarter, opposite = profile.contact_map.wall_kji[[90, 270], 30, 2]

    # On this grid columns run to the left of the patient, slices to the head.
    assert "0° A" in said
    assert "180° P" in said
    assert f"90° {'L' if quarter > opposite else 'R'}" in said
    assert f"towards {'S' if np.diff(profile.sections.centre_kji[[0, -1], 0]) > 0 else 'I'}" in said


def test_the_plot_along_the_vessel_marks_the_greatest_arc(a_profile: ContactProfile, a_grid: ImageGeometry) -> None:
    svg = angle_along_vessel_figure(a_profile, a_grid, "N1")
    dot = elements(svg, "circle")[0]

    # 0 to 360 degrees from 280 - 46 up to 34 + 22 pixels.
    degrees = (234.0 - float(dot.get("cy"))) / (234.0 - 56.0) * 360
    assert degrees == pytest.approx(ARC_DEG, abs=8)
    assert {"180°", "270°"} <= {each.text for each in elements(svg, "text")}


def test_branches_in_contact_are_drawn_below_each_other_and_named() -> None:
    grid = ImageGeometry((70, 50, 80), (0.6,) * 3)
    k, j, i = np.indices(grid.array_shape) * 0.6
    vessel = (np.hypot(j - 15, i - 21) < 3.5) & (k < 20)
    for side in (-1, 1):
        vessel |= (np.hypot(j - 15, i - 21 - side * 0.4 * (k - 18)) < 2.8) & (k >= 17)
    node = (np.abs(k - 22) < 17) & (np.abs(j - 9) < 5) & ~vessel
    profile = contact_on_grid(vessel, node, grid)

    for figure in (contact_map_figure, angle_along_vessel_figure):
        svg = figure(profile, grid, "N1")
        titles = [each.text for each in elements(svg, "text") if each.text.startswith("N1")]
        assert sorted(titles) == ["N1, branch 1", "N1, branch 2"]
        assert len({each.get("y") for each in elements(svg, "text") if each.text in titles}) == 2

"""Figures are well-formed, need no other file, and show values and places where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import SimpleITK
from figure_contents import SVG, elements, pixels, points, words
from HeadNeckNodesLib.drawing.plot import round_ticks
from HeadNeckNodesLib.drawing.png import png_bytes
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.export.figures import (
    Axis,
    Gap,
    Level,
    Mark,
    Series,
    heat_map,
    line_plot,
    notch_figure,
    spikes_figure,
    vein_profile_figure,
)
from iENEGraderLib.export.figures.outline import outline_pieces
from iENEGraderLib.export.figures.plane import Plane, direction_letters, plane_across, plane_along
from iENEGraderLib.measure.coalescence.criteria import Notch
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.spikes import SpikeCandidate, SpikeKind, SpikeSurvey
from iENEGraderLib.measure.veins.status import VeinProfile, VeinState, VeinStatus

if TYPE_CHECKING:
    from pathlib import Path


def test_a_value_lies_at_its_pixel_in_a_line_plot() -> None:
    svg = line_plot([Series([0, 5, 10], [0, 50, 100])], Axis("x", 0, 10), Axis("y", 0, 100), "t", size=(476.0, 280.0))
    # The plotting area reaches from 58 to 476 - 18 and from 34 to 280 - 46.
    drawn = next(points(each) for each in elements(svg, "path") if each.get("stroke") == "#2f86c1")

    assert drawn.tolist() == [[58.0, 234.0], [258.0, 134.0], [458.0, 34.0]]


def test_a_line_is_broken_where_a_value_is_missing_or_beyond_the_axis() -> None:
    svg = line_plot([Series(range(7), [1, 2, np.nan, 2, 9, 2, 1])], Axis("x"), Axis("y", 0, 3), "t")
    drawn = next(each.get("d") for each in elements(svg, "path") if each.get("stroke") == "#2f86c1")

    assert drawn.count("M") == 3


def test_a_plot_shows_levels_gaps_names_and_points() -> None:
    series = [Series([1, 2], [1, 2], "measured & true", mark=Mark.POINTS), Series([1, 2], [1, 2], half_band=0.2)]
    svg = line_plot(series, Axis("mm"), Axis("deg"), "t", levels=[Level(1.5, "limit")], gaps=[Gap(1.2, 1.4)])

    assert len(elements(svg, "circle")) == 2
    assert {"limit", "measured & true", "mm", "deg"} <= {each.text for each in elements(svg, "text")}


def test_a_plot_without_values_has_axes_all_the_same() -> None:
    assert "mm" in words(line_plot([Series([], [])], Axis("mm"), Axis("deg"), "t"))


@given(st.floats(-1e4, 1e4), st.floats(0.01, 1e4))
@settings(max_examples=30, deadline=None)
def test_ticks_are_few_and_evenly_spaced_within_the_axis(low: float, width: float) -> None:
    ticks = round_ticks(low, low + width)

    assert 2 <= len(ticks) <= 8
    assert low - 1e-6 * width <= ticks[0] < ticks[-1] <= low + width * (1 + 1e-6)
    assert np.ptp(np.diff(ticks)) < 1e-6 * width + 1e-9


def test_a_heat_map_has_its_first_row_at_the_bottom() -> None:
    svg = heat_map([[0.0, 1.0], [np.nan, 0.5]], Axis("x", 0, 2), Axis("y", 0, 2), "t")
    table = pixels(elements(svg, "image")[0])

    assert table[1, 1].tolist() == [0, 68, 136, 255]
    assert table[0, 0, 3] == 0


def test_pictures_are_png_that_other_programs_read(tmp_path: Path) -> None:
    for shape in ((5, 7), (5, 7, 3), (5, 7, 4)):
        picture = np.random.default_rng(1).integers(0, 255, shape).astype(np.uint8)
        (tmp_path / "picture.png").write_bytes(png_bytes(picture))
        assert np.array_equal(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(tmp_path / "picture.png")), picture)


def test_titles_cannot_become_markup_and_control_characters_are_left_out() -> None:
    svg = line_plot([], Axis("x"), Axis("y"), '<script>"a" & b\x00</script>')

    assert ET.fromstring(svg).find(SVG + "title").text == '<script>"a" & b</script>'


def test_figures_take_the_colours_of_the_page_and_have_their_own_without() -> None:
    root = ET.fromstring(line_plot([], Axis("x"), Axis("y"), "t"))

    assert root.get("color") == "#1b242d"
    assert "var(--text" in root.get("style")
    assert root.find(SVG + "rect").get("fill") == "#ffffff"
    assert "var(--card" in root.find(SVG + "rect").get("style")


@pytest.mark.parametrize(
    ("normal", "letters"),
    [
        ((0, 0, 1), ("R", "L", "A", "P")),
        ((0, 0, -1), ("R", "L", "A", "P")),
        ((0, 1, 0), ("R", "L", "S", "I")),
        ((1, 0, 0), ("A", "P", "S", "I")),
        ((0, np.sin(0.5), np.cos(0.5)), ("R", "L", "AI", "PS")),
        ((np.sin(0.1), 0, np.cos(0.1)), ("R", "L", "A", "P")),
    ],
)
def test_planes_are_hung_as_radiologists_do(normal: tuple[float, ...], letters: tuple[str, ...]) -> None:
    assert plane_across((0, 0, 0), normal).letters == letters


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1))
@settings(max_examples=30, deadline=None)
def test_the_letters_are_where_the_patient_is(normal: tuple[float, ...]) -> None:
    plane = plane_across((1.0, 2.0, 3.0), normal)
    names = dict(zip("RLAPSI", np.repeat(np.eye(3), 2, axis=0) * np.tile([1, -1], 3)[:, None], strict=True))

    for letters, edge in zip(plane.letters, ((-1, 0), (1, 0), (0, -1), (0, 1)), strict=True):
        towards = plane.ras(np.array(edge, dtype=float)) - plane.centre_ras_mm
        assert towards @ names[letters[0]] == pytest.approx(max(towards @ each for each in names.values()))
    assert np.allclose(plane.across(plane.ras(np.array([[3.0, -4.0]]))), [[3.0, -4.0]])


def test_a_plane_holds_both_directions_and_is_axial_when_they_are_one() -> None:
    plane = plane_along((0, 0, 0), (1, 1, 0), (0, 0, 1))
    flat = plane_along((0, 0, 0), (1, 1, 0), (2, 2, 0.1))

    for direction in ((1, 1, 0), (0, 0, 1)):
        assert np.linalg.norm(plane.across([direction])) == pytest.approx(np.linalg.norm(direction))
    assert np.cross(flat.right_ras, flat.down_ras) == pytest.approx([0, 0, 1])
    assert isinstance(plane_along((0, 0, 0), (0, 0, 1)), Plane)


def test_a_direction_along_one_axis_has_one_letter() -> None:
    assert [direction_letters(each) for each in ((1, 0, 0), (0.9, 0.1, 0), (0.8, 0, -0.6))] == ["R", "R", "RI"]


def test_the_outline_of_a_disc_has_its_radius() -> None:
    rows, columns = np.indices((41, 41))
    pieces = outline_pieces(10.8 - np.hypot(rows - 20, columns - 20))

    assert np.hypot(*(pieces.reshape(-1, 2) - 20).T) == pytest.approx(np.full(2 * len(pieces), 10.3), abs=0.1)
    assert np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1).sum() == pytest.approx(2 * np.pi * 10.3, rel=0.01)
    assert not len(outline_pieces(np.zeros((5, 5))))


@pytest.fixture
def a_node() -> np.ndarray:
    k, j, i = np.indices((48, 48, 48))
    ball: np.ndarray = np.hypot(np.hypot(k - 24, j - 24), i - 17) < 8
    return ball


@pytest.fixture
def a_ct(a_node: np.ndarray) -> Image:
    return Image((150 * a_node - 100).astype(np.int16), ImageGeometry(a_node.shape, (0.5,) * 3), "CT", "Smith^John.dcm")


@pytest.fixture
def a_spike() -> SpikeCandidate:
    return SpikeCandidate(
        SpikeKind.SPIKE, (-8.5, -8.0, 12.0), (-8.5, -3.0, 12.0), 5.0, 0.5, 2.0, 1.2, 40.0, 0.0, "narrow"
    )


def test_a_spike_has_a_line_of_its_length_to_the_scale_of_the_bar(
    a_spike: SpikeCandidate, a_node: np.ndarray, a_ct: Image
) -> None:
    survey = SpikeSurvey(EvidenceClass.MET, "1 spike offered", (a_spike,))
    svg = spikes_figure(survey, a_node, a_ct, "N1: spikes")
    bar = points(elements(svg, "path", "scale-bar")[-1])
    line = points(elements(svg, "path", "spike-length")[1])

    assert np.linalg.norm(line[1] - line[0]) == pytest.approx(np.ptp(bar[:, 0]), abs=0.1)
    assert "1: spike, 5.0 ± 0.5 mm" in words(svg)


def test_without_spikes_the_reason_is_said(a_node: np.ndarray, a_ct: Image) -> None:
    survey = SpikeSurvey(EvidenceClass.NOT_ASSESSABLE, "the grid is too coarse")

    assert "the grid is too coarse" in words(spikes_figure(survey, a_node, a_ct, "N1"))


def test_the_sides_of_a_notch_enclose_its_angle() -> None:
    k, j, i = np.indices((48, 48, 48))
    first, second = (np.hypot(np.hypot(k - 24, j - 24), i - at) < 8 for at in (17, 31))
    grid = ImageGeometry((48, 48, 48), (0.5,) * 3)
    image = Image((150 * (first | second) - 100).astype(np.int16), grid, "CT")
    place = tuple(grid.ras_from_kji((24, 28, 24)).tolist())
    svg = notch_figure(Notch(EvidenceClass.MET, "open", 110.0, 4.0, place_ras_mm=place), first, second, image, "N1, N2")
    sides = [points(each) for each in elements(svg, "path", "notch-angle")[1::2]]
    one, other = (side[1] - side[0] for side in sides)

    cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(110.0, abs=0.5)
    assert "110° ± 4°" in words(svg)
    assert "too far apart" in words(
        notch_figure(Notch(EvidenceClass.NOT_MET, "too far apart"), first, second, image, "N1, N2")
    )


def a_vein(**changes: object) -> VeinStatus:
    """Return a vein of 60 mm2 that is narrowed to a fifth at 20 mm."""
    along = np.arange(40.0)
    area = np.where(along == 20, 12.0, 60.0)
    unknown = np.full(40, np.nan)
    centre = np.column_stack([0 * along, 0 * along, along])
    profile = VeinProfile(0, np.arange(40), along, area, area / 60, unknown, unknown, centre)
    values = {"reference_area_mm2": 60.0, "place_ras_mm": (0.0, 0.0, 20.0), "profile": profile} | changes
    facts = (VeinState.COMPRESSED, "narrow", *(EvidenceClass.NOT_MET, "open") * 3)
    return VeinStatus(*facts, preferences=default_preferences().of("veins"), **values)


def test_the_narrowest_place_of_a_vein_is_marked_below_the_limit() -> None:
    svg = vein_profile_figure(a_vein(), "left internal jugular vein")
    level = {each.text: float(each.get("y")) + 4 for each in elements(svg, "text")}
    dot = float(elements(svg, "circle")[0].get("cy"))

    assert level["reference"] < level["50 %"] < dot < level["5 %"]
    # A fifth of the way down from the reference to nothing, of which the limits are half and a twentieth.
    share = (level["5 %"] - dot) / (level["5 %"] - level["reference"])
    assert share == pytest.approx((0.2 - 0.05) / 0.95, abs=0.01)


def test_a_vein_that_cannot_be_measured_has_its_reason() -> None:
    assert "narrow" in words(vein_profile_figure(a_vein(profile=None), "vein"))

"""Stacks and key images show the right places the right way round, and stay small."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.export.figures.outline import outline_pieces
from iENEGraderLib.export.teaching.key_images import annotated_svg, key_images_of, node_views
from iENEGraderLib.export.teaching.outlines import chained, outline_path, simplified, soft_segment
from iENEGraderLib.export.teaching.section_view import DrawnStructure
from iENEGraderLib.export.teaching.stack import MOST_PIXELS, Direction, section_stack
from iENEGraderLib.reading import Evidence, EvidenceClass, Place
from scene_builders import BALLS, GRID, a_reading, an_image, some_segments
from teaching_builders import SPIKE, decoded

FIRST = np.array(BALLS[0][1])
RADIUS_MM = BALLS[0][2]


def path_points(path: str) -> np.ndarray:
    """Corners of SVG path data."""
    return np.array(re.findall(r"[ML](\S+?) ([^MLZ]+)", path), dtype=float)


def a_bright_node() -> Image:
    """A CT of 0 HU with the first node at 200 HU, on an oblique grid."""
    return Image(np.where(some_segments()[0].mask(), 200, 0).astype(np.int16), GRID, "CT")


def a_stack(direction: Direction = Direction.AXIAL, image: Image | None = None):
    segment = some_segments()[0]
    return section_stack(image or a_bright_node(), [("N1", soft_segment(segment, GRID))], direction)


def middle_section(direction: Direction):
    """The section whose outline of the node is the largest."""
    found = [each for each in a_stack(direction).sections if each.outlines]
    return max(found, key=lambda each: np.ptp(path_points(each.outlines[0].path)[:, 0]))


@pytest.mark.parametrize("direction", Direction)
def test_the_outline_lies_round_the_node_in_the_picture(direction: Direction) -> None:
    section, stack = middle_section(direction), a_stack(direction)
    bright = np.argwhere(decoded(section.picture) > 130)[:, ::-1] + 0.5

    outline = path_points(section.outlines[0].path)
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2

    assert middle == pytest.approx(bright.mean(axis=0), abs=1.0)
    assert np.ptp(outline, axis=0) * stack.pixel_mm == pytest.approx([2 * RADIUS_MM] * 2, abs=1.8)


def test_sections_are_named_by_their_place_and_run_from_the_head_down() -> None:
    places = [each.place for each in a_stack().sections]
    heights = [float(each.split()[1]) * (-1 if each.startswith("I") else 1) for each in places]
    largest = middle_section(Direction.AXIAL).place

    assert heights == sorted(heights, reverse=True)
    assert float(largest.split()[1]) == pytest.approx(-FIRST[2], abs=1.5)
    assert largest.startswith("I ")


def test_axial_sections_are_those_of_the_image() -> None:
    grid = ImageGeometry((40, 40, 40), (4.0, 4.0, 2.0), (-80.0, -80.0, -1040.3))
    labels = np.zeros(grid.array_shape, np.uint8)
    box = (slice(18, 22), slice(18, 22), slice(18, 22))
    labels[box] = 1
    segment = replace(some_segments()[0], labels=labels, label_value=1, box=box, grid_shape=grid.array_shape)
    stack = section_stack(Image(labels, grid, "CT"), [("N1", soft_segment(segment, grid))])

    heights = np.array([-float(each.place.split()[1]) for each in stack.sections])

    # 25 mm are no whole number of 2 mm sections.
    assert len(heights) == pytest.approx((6 + 2 * 25) / 2, abs=1)
    assert np.diff(heights) == pytest.approx(-2.0, abs=0.01)
    assert (heights + 1040.3) % 2 == pytest.approx(0, abs=0.01)


def test_what_lies_to_the_right_of_the_patient_is_on_the_left_and_the_front_is_above() -> None:
    segments = some_segments()
    nodes = [(name, soft_segment(segment, GRID)) for name, segment in zip(("N1", "N2"), segments, strict=False)]
    stack = section_stack(a_bright_node(), nodes)
    tips = {line.name: path_points(line.path).mean(axis=0) for each in stack.sections for line in each.outlines}

    assert stack.letters == ("R", "L", "A", "P")
    # N1 at R 20, A 5; N2 at L 20, A 0.
    assert tips["N1"][0] < tips["N2"][0]
    assert tips["N1"][1] < tips["N2"][1]
    assert (tips["N2"][0] - tips["N1"][0]) * stack.pixel_mm == pytest.approx(40.0, abs=1.5)


def test_the_window_presets_fall_on_the_stored_greys() -> None:
    stack = a_stack()
    section = middle_section(Direction.AXIAL)
    pixels = decoded(section.picture)
    grey = np.median(pixels[pixels > 130])
    value = stack.lowest + grey / 255 * (stack.highest - stack.lowest)

    assert value == pytest.approx(200.0, abs=4)
    assert all(stack.lowest <= each.level <= stack.highest for each in stack.presets)


def test_images_without_a_unit_have_no_presets() -> None:
    image = replace(a_bright_node(), modality="MR")
    assert a_stack(image=image).presets == ()


def test_a_fine_grid_gives_a_small_stack() -> None:
    grid = ImageGeometry((420, 400, 12), (0.4, 0.4, 1.0), (-80.0, -80.0, -205.0))
    labels = np.zeros(grid.array_shape, np.uint8)
    labels[3:9, 150:250, 150:250] = 1
    box = (slice(3, 9), slice(150, 250), slice(150, 250))
    segment = replace(some_segments()[0], labels=labels, label_value=1, box=box, grid_shape=grid.array_shape)
    image = Image(np.random.default_rng(1).normal(40, 12, grid.array_shape).astype(np.int16), grid, "CT")

    stack = section_stack(image, [("N1", soft_segment(segment, grid))])

    assert max(stack.sections[0].picture.width, stack.sections[0].picture.height) <= MOST_PIXELS
    assert stack.megabytes / len(stack.sections) < 0.05


def test_a_stack_without_nodes_is_refused() -> None:
    with pytest.raises(InputError, match="no segmented node"):
        section_stack(an_image(), [])


# Key images


def the_key_images(*evidence: Evidence):
    segments = some_segments()
    own, other, artery = (
        DrawnStructure(name, colour, soft_segment(segment, GRID))
        for name, colour, segment in zip(
            ("N1", "N2", "artery"), ("#ffdc33", "#8cff80", "#ff0000"), segments, strict=False
        )
    )
    node = replace(a_reading().node("N1"), evidence=evidence)
    return key_images_of(a_bright_node(), node_views(node, own, (other,), (artery,)))


def drawn(image, kind: str, name: str) -> list[ET.Element]:
    root = ET.fromstring(annotated_svg(image.clean, image.overlay))
    space = "{http://www.w3.org/2000/svg}"
    return [each for group in root if group.get("class") == kind for each in group.iter(space + name)]


def test_the_clean_image_has_the_node_in_its_middle_and_no_drawing() -> None:
    for image in the_key_images():
        pixels = decoded(image.clean)
        bright = np.argwhere(pixels > 200)
        assert bright.mean(axis=0) == pytest.approx([240, 240], abs=5)
        assert np.ptp(bright, axis=0) * 80 / 480 == pytest.approx([2 * RADIUS_MM] * 2, abs=2.0)


def test_the_axial_image_goes_through_the_evidence() -> None:
    axial, _ = the_key_images(SPIKE)
    assert "I 199 mm" in axial.caption
    (ring,) = [each for each in drawn(axial, "evidence-marks", "circle") if each.get("stroke") != "#000000"]
    assert [float(ring.get(key)) for key in ("cx", "cy")] == pytest.approx([240, 240], abs=4)


def test_evidence_at_the_edge_of_the_node_does_not_choose_the_section() -> None:
    axial, lengthwise = the_key_images(replace(SPIKE, place=Place((20.0, 5.0, -193.5))))
    assert "I 200 mm" in axial.caption
    assert axial.answer == ""
    assert lengthwise.answer == "1 spike length, deep neck fat 5.2 mm (met)"


def test_evidence_at_one_place_shares_a_number() -> None:
    angle = Evidence("contact_angle", value=120.0, unit="deg", place=SPIKE.place, evidence_class=EvidenceClass.NOT_MET)
    gap = Evidence("fat_gap", value=1.0, unit="mm", place=SPIKE.place)
    axial, _ = the_key_images(SPIKE, gap, angle)
    assert axial.answer == "1 spike length, deep neck fat 5.2 mm (met), fat gap 1.0 mm"


def test_titles_and_captions_before_the_answers_name_no_finding() -> None:
    for image in the_key_images(SPIKE):
        assert "spike" not in image.title + image.caption
        places = "".join(each.text or "" for each in drawn(image, "places", "text"))
        assert places.startswith("N")
        assert "spike" not in places


# Outlines


def test_pieces_are_chained_to_one_closed_line() -> None:
    rows, columns = np.indices((30, 30))
    lines = chained(outline_pieces(10.0 - np.hypot(rows - 14.2, columns - 13.7), 0.0))
    assert len(lines) == 1
    assert lines[0][0] == pytest.approx(lines[0][-1])
    assert np.hypot(*(lines[0] - [14.2, 13.7]).T) == pytest.approx(10.0, abs=0.15)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_chaining_loses_no_piece(seed: int) -> None:
    pieces = outline_pieces(np.random.default_rng(seed).random((9, 11)))
    lines = chained(pieces)
    length = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1).sum()
    assert sum(np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line in lines) == pytest.approx(length, abs=0.01)


def test_a_simplified_line_stays_near_the_line() -> None:
    turn = np.linspace(0, 2 * np.pi, 400)
    line = 30 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    short = simplified(line)
    steps = short[:-1, None] + np.linspace(0, 1, 20)[None, :, None] * np.diff(short, axis=0)[:, None]

    assert len(short) < 0.25 * len(line)
    assert np.linalg.norm(steps.reshape(-1, 2), axis=1) == pytest.approx(30.0, abs=0.5)


def test_a_segment_that_is_not_in_the_plane_has_no_outline() -> None:
    assert outline_path(np.zeros((20, 20), np.float32)) == ""

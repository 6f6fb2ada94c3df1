"""Maps in the teaching file: over anatomy, in the section of the key image, with bar, unit, value and warning."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segmentation
from iENEGraderLib.export.job.case_map import CaseMap, Quantity
from iENEGraderLib.export.teaching.build import teaching_case
from iENEGraderLib.export.teaching.case_views import case_views, drawn_nodes
from iENEGraderLib.export.teaching.key_images import annotated_svg, key_images_of
from iENEGraderLib.export.teaching.map_look import LOOKS, look_of
from iENEGraderLib.export.teaching.map_panels import BAR, map_panels_of
from iENEGraderLib.export.teaching.page import teaching_page
from iENEGraderLib.export.teaching.report_drawings import report_drawings
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.measure.map_values import SpectralKind
from iENEGraderLib.reading import Evidence
from scene_builders import GRID, an_image, some_segments
from teaching_builders import a_map, a_map_case, a_marked_reading, a_teaching_case, decoded, parsed

NODE = 240
"""Row and column of the middle of the node."""


def the_views(*evidence: Evidence):
    reading = a_marked_reading()
    node = replace(reading.node("N1"), evidence=(*reading.node("N1").evidence, *evidence))
    drawn = drawn_nodes(an_image(), {"N1": some_segments()[0]})
    (views,) = case_views(an_image(), reading.with_node(node), drawn, some_segments()[2:])
    return views


def the_panel(found: CaseMap | None = None, *evidence: Evidence):
    (panel,) = map_panels_of(an_image(), the_views(*evidence), [found or a_map()])
    return panel


def colours_of(panel) -> np.ndarray:
    """Pixels of a panel, red green blue."""
    return cv2.imdecode(np.frombuffer(panel.picture.content, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(int)


def words_in(panel) -> list[str]:
    root = ET.fromstring(annotated_svg(panel.picture, panel.overlay))
    return [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_node_has_the_colour_of_its_value_and_the_rest_is_anatomy() -> None:
    pixels = colours_of(the_panel())
    look = LOOKS[Quantity.IODINE]
    expected = 255 * look.rgb(np.array(2.0 / 6.0))
    inside, beside = pixels[NODE, NODE], pixels[NODE + 150, NODE]

    # Four parts of colour, one of anatomy.
    assert inside - 0.8 * expected == pytest.approx([(inside - 0.8 * expected)[1]] * 3, abs=12)
    assert inside[0] - inside[2] > 40
    axial, _ = key_images_of(an_image(), the_views())
    assert beside == pytest.approx([int(decoded(axial.clean)[NODE + 150, NODE])] * 3, abs=12)
    assert beside.min() > 60


def test_the_section_is_that_of_the_key_image() -> None:
    views = the_views()
    axial, _ = key_images_of(an_image(), views)
    panel = the_panel()
    assert panel.caption.split(". ")[-1].startswith(axial.caption.split(";")[0])
    assert panel.overlay.places == axial.overlay.places
    assert set("RLAP") <= set(words_in(panel))


def test_the_bar_runs_from_dark_to_bright_and_has_title_unit_and_numbers() -> None:
    panel = the_panel()
    bar = colours_of(panel)[round(BAR.y) + 3 : round(BAR.y + BAR.height) - 3, round(BAR.x + BAR.width / 2)]
    brightness = bar.sum(axis=1)
    assert brightness[0] > 600
    assert brightness[-1] < 60
    assert (np.diff(brightness[::10]) < 0).all()
    assert {"Iodine", "mg/mL", "0", "6"} <= set(words_in(panel))


def test_every_colour_is_brighter_than_the_one_before() -> None:
    weights = [0.2126, 0.7152, 0.0722]
    for look in LOOKS.values():
        assert (np.diff(look.rgb(np.linspace(0, 1, 64)) @ weights) > 0).all(), look.title


def test_the_caption_gives_the_value_its_uncertainty_and_its_method() -> None:
    noise = np.random.default_rng(4).normal(0, 2.0, GRID.array_shape).astype(np.float32)
    noisy = replace(a_map(), image=replace(a_map().image, voxels=a_map().image.voxels + noise))
    caption = the_panel(noisy).caption

    assert caption.startswith("N1: 2.0 ± 0.1 mg/mL (mean of 487 voxels")
    assert "segment without its outermost voxels" in caption
    assert "colours from 0 to 6 mg/mL" in caption
    # A value without noise: it is said that its uncertainty is below what is shown.
    assert "2.0 mg/mL, uncertain by less than its last digit" in the_panel().caption


def test_what_the_reading_says_outweighs_what_the_map_gives() -> None:
    said = Evidence(SpectralKind.IODINE, None, 1.234, "mg/mL", 0.21, "calibrated")
    assert the_panel(None, said).caption.startswith("N1: 1.2 ± 0.2 mg/mL (calibrated).")


def test_voxels_without_a_value_are_clear_and_left_out_of_the_mean() -> None:
    voxels = a_map().image.voxels.copy()
    voxels[:, :, ::2] = np.nan
    panel = the_panel(replace(a_map(), image=replace(a_map().image, voxels=voxels)))
    assert panel.caption.startswith("N1: 2.0 mg/mL")
    assert "% without a value left out" in panel.caption
    assert np.ptp(colours_of(panel)[NODE, NODE]) <= 6


def test_a_map_on_another_grid_lies_in_its_place_and_has_no_value_but_that_of_the_reading() -> None:
    coarse = ImageGeometry((10, 10, 10), (16.0, 16.0, 16.0), (-90.0, -90.0, -270.0))
    everywhere = CaseMap(Image(np.full(coarse.array_shape, 3.0, np.float32), coarse), Quantity.IODINE, "mg/mL")
    panel = the_panel(everywhere)
    assert panel.caption.startswith("N1: no value of the node.")
    inside = colours_of(panel)[NODE, NODE]
    assert inside[0] - inside[2] > 60


@pytest.mark.parametrize(
    ("quantity", "unit", "value", "shown", "said"),
    [
        (Quantity.KTRANS, "/min", 0.2, "/min", "0.200 /min"),
        (Quantity.KTRANS, "1/s", 0.005, "/min", "0.300 /min"),
        (Quantity.VE, "1", 0.3, "%", "30 %"),
        (Quantity.VE, "%", 30.0, "%", "30 %"),
        (Quantity.FAT_FRACTION, "1", 0.3, "%", "30 %"),
        (Quantity.T1, "ms", 900.0, "s", "0.9 s"),
    ],
)
def test_units_are_shown_as_readers_know_them(
    quantity: Quantity, unit: str, value: float, shown: str, said: str
) -> None:
    found = a_map(quantity, unit, value)
    panel = the_panel(found)
    assert look_of(found).unit == shown
    assert panel.caption.startswith(f"N1: {said}")
    assert shown in words_in(panel)


@pytest.mark.parametrize("quantity", Quantity)
def test_perfusion_and_nothing_else_is_marked(quantity: Quantity) -> None:
    panel = the_panel(a_map(quantity, quantity.units[0], 0.2))
    is_marked = "not recommended for N staging" in panel.title
    assert is_marked is panel.is_perfusion is quantity.is_perfusion


def test_the_page_shows_maps_with_their_drawing_in_their_sections() -> None:
    page = parsed(teaching_page(a_map_case()))
    for key, words in (("spectral", "Iodine"), ("dynamic", "Ktrans (not recommended for N staging)")):
        section = page.one("section", aria_labelledby=key)
        figure = section.one("figure")
        assert words in figure.one("figcaption").text
        assert figure.one(class_="overlay").all("path")


def test_a_teaching_case_draws_the_maps_of_each_node() -> None:
    given = a_teaching_case()
    segments = some_segments()
    case = teaching_case(
        given.reading,
        given.assessment,
        given.provenance,
        image=an_image(),
        nodes={"N1": segments[0], "N2": segments[1]},
        maps=(a_map(), a_map(Quantity.VP, "1", 0.05)),
    )
    assert [(each.node_id, each.is_perfusion) for each in case.spectral] == [("N1", False), ("N2", False)]
    assert [(each.node_id, each.is_perfusion) for each in case.dynamic] == [("N1", True), ("N2", True)]


def test_the_report_has_key_images_and_maps_of_each_node_with_what_is_marked() -> None:
    reading = a_marked_reading()
    named = reading.with_nodes(
        replace(node, segment_id=segment.segment_id)
        for node, segment in zip(reading.nodes or (), some_segments(), strict=False)
    )
    matched = match_segments(named, Segmentation(GRID, some_segments()))
    drawings = report_drawings(named, an_image(), matched, [a_map()])

    assert [each.node_id for each in drawings] == ["N1"] * 3 + ["N2"] * 3
    assert "Marked: 1 spike length" in drawings[0].caption
    for each in drawings:
        root = ET.fromstring(each.svg)
        (picture,) = root.iter("{http://www.w3.org/2000/svg}image")
        assert picture.get("href").startswith("data:image/jpeg;base64,")

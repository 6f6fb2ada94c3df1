"""Key images show the right place, the right way round, and say what they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import SimpleITK
from iENEGraderLib.reading import Evidence, Place
from scene_builders import ENDS, a_reading, an_image, some_segments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hnn.headless import SliceView
    from iENEGraderLib.scene.case_scene import CaseScene

SIZE = 300
BAND = 34
NODE_YELLOW = (255, 219, 51)


@dataclass
class Views:
    """An axial view and one along the body."""

    axial: SliceView
    lengthwise: SliceView


@pytest.fixture
def a_case(a_scene: Any) -> CaseScene:
    from iENEGraderLib.scene.case_scene import add_case

    segments = some_segments()
    return add_case(an_image(), segments[:2], segments[2:], a_reading(), ENDS)


@pytest.fixture
def two_views(a_case: CaseScene) -> Iterator[Views]:
    from hnn.headless.slice_view import SliceView

    views = Views(SliceView("Red", "Axial", (SIZE, SIZE)), SliceView("Green", "Coronal", (SIZE, SIZE)))
    yield views
    views.axial.close()
    views.lengthwise.close()


def a_key_image(case: CaseScene, views: Views, **changes: Any) -> np.ndarray:
    from iENEGraderLib.scene.key_images import KeyImageSubject, key_image

    subject = KeyImageSubject(
        **{"node_id": "N1", "title": "N1", "facts": "14.0 mm", "ends_ras_mm": ENDS["N1"]} | changes
    )
    return key_image(views.axial, views.lengthwise, case, subject)


def pixels_like(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Rows and columns of the pixels of a colour."""
    return np.argwhere(np.abs(picture.astype(int) - colour).max(axis=-1) < 12)


def test_a_key_image_has_two_panels_below_a_band(a_case: CaseScene, two_views: Views) -> None:
    picture = a_key_image(a_case, two_views)

    assert picture.shape == (SIZE + BAND, 2 * SIZE, 3)
    assert picture[:BAND].max() > 200


def test_the_node_is_outlined_round_the_middle_with_its_true_size(a_case: CaseScene, two_views: Views) -> None:
    panel = a_key_image(a_case, two_views)[BAND:, :SIZE]

    outline = pixels_like(panel, NODE_YELLOW)
    millimetres_per_pixel = 100.0 / SIZE

    assert outline.mean(axis=0) == pytest.approx([SIZE / 2, SIZE / 2], abs=4)
    assert np.ptp(outline, axis=0) * millimetres_per_pixel == pytest.approx([14.0, 14.0], abs=2.5)


def test_the_scale_bar_is_two_centimetres_long(a_case: CaseScene, two_views: Views) -> None:
    panel = a_key_image(a_case, two_views)[BAND:, :SIZE]
    row = panel[SIZE - 13]

    white = np.flatnonzero((row > 250).all(axis=-1))
    white = white[white < SIZE // 3]

    assert (np.ptp(white) + 1) * 100.0 / SIZE == pytest.approx(20.0, abs=0.5)


def test_the_axial_plane_goes_through_the_evidence(a_case: CaseScene, two_views: Views) -> None:
    place = Evidence("spike_length", place=Place((20.0, 5.0, -196.0)))

    a_key_image(a_case, two_views, evidence=place)

    assert two_views.axial.offset_mm == pytest.approx(-196.0)
    assert two_views.lengthwise.offset_mm == pytest.approx(5.0)


def test_the_plane_along_the_body_is_the_one_that_shows_the_size(a_case: CaseScene, two_views: Views) -> None:
    a_key_image(a_case, two_views, ends_ras_mm=((20.0, -2.0, -200.0), (20.0, 12.0, -200.0)))
    assert two_views.lengthwise.node.GetOrientation() == "Sagittal"

    a_key_image(a_case, two_views, ends_ras_mm=((13.0, 5.0, -200.0), (27.0, 5.0, -200.0)))
    assert two_views.lengthwise.node.GetOrientation() == "Coronal"


def test_only_markups_of_the_node_are_drawn_and_all_are_back_afterwards(
    a_case: CaseScene, two_views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def image_with_note(self: SliceView) -> np.ndarray:
        drawn.append([markup.GetDisplayNode().GetVisibility() for markup in a_case.measurements])
        return np.zeros((SIZE, SIZE, 3), np.uint8)

    monkeypatch.setattr(type(two_views.axial), "image", image_with_note)
    a_key_image(a_case, two_views)

    assert drawn == [[1, 0, 1], [1, 0, 1]]
    assert [markup.GetDisplayNode().GetVisibility() for markup in a_case.measurements] == [1, 1, 1]
    assert [markup.GetDisplayNode().GetNumberOfViewNodeIDs() for markup in a_case.measurements] == [0, 0, 0]


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [("Axial", "RLPA"), ("Coronal", "RLIS"), ("Sagittal", "APIS")],
)
def test_sides_are_written_as_radiologists_hang_images(
    a_case: CaseScene, two_views: Views, orientation: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iENEGraderLib.scene import key_images

    written: list[str] = []
    monkeypatch.setattr(key_images, "draw_text", lambda _picture, text, *_, **__: written.append(text))
    two_views.axial.node.SetOrientation(orientation)

    key_images._draw_directions(np.zeros((SIZE, SIZE, 3), np.uint8), two_views.axial.node)

    left, right, top, bottom = written
    assert left + right + bottom + top == expected


def test_what_lies_on_the_right_of_the_patient_is_on_the_left_of_the_picture(
    a_case: CaseScene, two_views: Views
) -> None:
    a_key_image(a_case, two_views)

    assert two_views.axial.pixel_at((30.0, 5.0, -200.0))[1] < two_views.axial.pixel_at((10.0, 5.0, -200.0))[1]


def test_a_text_is_drawn_at_its_anchor() -> None:
    from HeadNeckNodesLib.scene.picture import Anchor, draw_text

    picture = np.full((60, 120, 3), 90, np.uint8)
    draw_text(picture, "N1", (50, 110), Anchor.BOTTOM_RIGHT)

    changed = np.argwhere((picture != 90).any(axis=-1))
    assert changed.max(axis=0) == pytest.approx([49, 109], abs=1)
    assert picture.max() == 255


def test_a_text_beyond_the_edge_is_cut_off() -> None:
    from HeadNeckNodesLib.scene.picture import draw_text

    picture = np.zeros((20, 20, 3), np.uint8)
    draw_text(picture, "far too long for this", (10, 10))
    draw_text(picture, "outside", (100, 100))

    assert picture[15:, 15:].any()


def test_a_picture_is_the_same_after_png(tmp_path: Path) -> None:
    from HeadNeckNodesLib.scene.picture import png_bytes

    picture = np.random.default_rng(1).integers(0, 255, (5, 7, 3)).astype(np.uint8)
    (tmp_path / "picture.png").write_bytes(png_bytes(picture))

    assert np.array_equal(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(tmp_path / "picture.png"))), picture)


def test_the_overview_shows_every_node_and_leaves_no_surfaces(a_case: CaseScene) -> None:
    from hnn.headless.three_d_view import ThreeDView
    from iENEGraderLib.scene.overview import overview_image

    view = ThreeDView("1", (300, 240))
    picture = overview_image(view, a_case, [("N1", (20.0, 5.0, -200.0)), ("N2", (-20.0, 0.0, -205.0))])
    view.close()

    yellow = (picture[..., 0] > 120) & (picture[..., 1] > 100) & (picture[..., 2] < 80)
    green = (picture[..., 1] > 120) & (picture[..., 0] < picture[..., 1] - 40)
    assert yellow.sum() > 100
    assert green.sum() > 100
    assert np.argwhere(yellow).mean(axis=0)[1] < 150 < np.argwhere(green).mean(axis=0)[1]
    assert a_case.nodes.GetSegmentation().GetNumberOfSegments() == 2
    assert not a_case.nodes.GetSegmentation().ContainsRepresentation("Closed surface")

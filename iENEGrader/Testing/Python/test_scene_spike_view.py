"""The picture of a node with its spikes shows these, from a side where they have length, and leaves the scene alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from iENEGraderLib.measure.spikes import SpikeCandidate, SpikeKind
from scene_builders import ENDS, GRID, a_reading, an_image, some_segments

CENTRE = np.array([20.0, 5.0, -200.0])


def a_spike(outward_ras: tuple[float, float, float]) -> SpikeCandidate:
    """Return a spike of 5 mm on the node of 7 mm radius."""
    way = np.array(outward_ras) / np.linalg.norm(outward_ras)
    base, tip = (tuple((CENTRE + way * distance).tolist()) for distance in (7.0, 12.0))
    return SpikeCandidate(SpikeKind.SPIKE, base, tip, 5.0, 0.5, 1.0, 1.0, 40.0, 0.0, "a spike")


@pytest.fixture
def a_case(a_scene: Any) -> Any:
    from iENEGraderLib.scene.case_scene import add_case

    segments = some_segments()
    return add_case(an_image(), segments[:2], segments[2:], a_reading(), ENDS)


def a_picture(case: Any, spikes: list[SpikeCandidate]) -> np.ndarray:
    from hnn.headless.three_d_view import ThreeDView
    from iENEGraderLib.scene.spike_view import spike_picture

    with ThreeDView("1", (300, 240)) as view:
        return spike_picture(view, some_segments()[0], GRID, case.volume, spikes)


def blue_pixels(picture: np.ndarray) -> int:
    """Count the pixels in the colour of measurements."""
    return int(((picture[..., 2] > 150) & (picture[..., 0] < 130)).sum())


def test_the_node_and_its_spike_are_seen(a_case: Any) -> None:
    bare = a_picture(a_case, [])
    with_spike = a_picture(a_case, [a_spike((1, 0, 0))])

    assert ((bare[..., 0] > 120) & (bare[..., 2] < 90)).sum() > 2000
    assert blue_pixels(bare) == 0
    assert blue_pixels(with_spike) > 50


def test_the_scene_is_as_before(a_case: Any) -> None:
    import slicer

    nodes = slicer.mrmlScene.GetNumberOfNodes()
    shown = [markup.GetDisplayNode().GetVisibility3D() for markup in a_case.measurements]

    a_picture(a_case, [a_spike((1, 0, 0))])

    assert slicer.mrmlScene.GetNumberOfNodes() == nodes
    assert [markup.GetDisplayNode().GetVisibility3D() for markup in a_case.measurements] == shown


@pytest.mark.parametrize("outward", [(1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0), (0.3, 0.5, -0.8)])
def test_a_spike_is_seen_from_its_side_of_the_node_but_not_end_on(
    outward: tuple[float, float, float], a_scene: Any
) -> None:
    from iENEGraderLib.scene.spike_view import view_direction

    towards = np.array(outward) / np.linalg.norm(outward)
    share = view_direction(CENTRE, [a_spike(outward)]) @ towards

    assert 0.5 < share < 0.9


def test_spikes_all_round_are_seen_from_the_front(a_scene: Any) -> None:
    from iENEGraderLib.scene.spike_view import view_direction

    assert view_direction(CENTRE, [a_spike((1, 0, 0)), a_spike((-1, 0, 0))]).tolist() == [0.0, 1.0, 0.0]


def test_the_sides_of_the_patient_are_written_at_the_edges(a_case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from iENEGraderLib.scene import spike_view

    written: list[str] = []
    monkeypatch.setattr(spike_view, "draw_text", lambda _picture, text, *_, **__: written.append(text))
    monkeypatch.setattr(spike_view, "view_direction", lambda *_: np.array([0.0, 1.0, 0.0]))
    a_picture(a_case, [])

    assert written == ["R", "L", "S", "I"]

"""Labels cropped to what they hold, and boxes round them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.bounding_box import bounding_box
from iENEGraderLib.measure.label_field import label_part

SHAPE = (6, 9, 12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 9999), share=st.floats(0.002, 0.1))
def test_a_cropped_label_holds_all_of_it_and_no_empty_border(seed: int, share: float) -> None:
    mask = np.random.default_rng(seed).random(SHAPE) < share

    part = label_part(mask, SHAPE, "the node")

    assert part.is_empty == (not mask.any()) == (bounding_box(mask) is None)
    assert np.array_equal(part.on(np.zeros(3, dtype=int), np.array(SHAPE)), mask)
    for axis in range(0 if part.is_empty else 3):
        sections = part.mask.any(axis=tuple(n for n in range(3) if n != axis))
        assert sections[0]
        assert sections[-1]


def test_a_box_grows_by_a_margin_in_mm_as_far_as_the_grid_goes() -> None:
    mask = np.zeros(SHAPE, dtype=bool)
    mask[2, 4:6, 9:11] = True

    start, stop = label_part(mask, SHAPE, "the node").box_within(2.0, np.array([3.0, 1.0, 0.5]))

    assert start.tolist() == [1, 2, 5]
    assert stop.tolist() == [4, 8, 12]

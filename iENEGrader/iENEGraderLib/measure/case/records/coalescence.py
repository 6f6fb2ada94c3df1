"""Every pair of nodes within reach of each other."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.records.record_types import CoalescenceRecord
from iENEGraderLib.measure.coalescence import coalescence
from iENEGraderLib.measure.tissue import IN_HU

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.setting import Setting

REACH_MM = "fat_plane.reach_mm"


def coalescence_records(setting: Setting) -> tuple[CoalescenceRecord, ...]:
    """Measure the pairs of nodes that are near each other."""
    reach, view = setting.preferences.value(REACH_MM), setting.fat_view
    image, values, source = (None, IN_HU, "") if view is None else (view.image, view.values, view.source)
    found = []
    for (first, node), (second, other) in combinations(setting.nodes.items(), 2):
        if setting.nearness.is_within(node, other, reach):
            measure = partial(
                coalescence, image, node, other, setting.preferences, setting.segmentation.geometry, values=values
            )
            outcome = setting.attempts.outcome(f"coalescence of {first} and {second}", measure)
            found.append(CoalescenceRecord(first, second, setting.told(outcome, source)))
    return tuple(found)

"""Every node against the nerves beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure.case.records.record_types import NerveRecord
from iENEGraderLib.measure.infiltration import nerve_signs

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.setting import Setting

REACH_MM = "fat_plane.reach_mm"


def nerve_records(setting: Setting) -> tuple[NerveRecord, ...]:
    """Measure every node against every nerve within reach.

    The muscles that the nerves of the table of structures serve cannot be told on CT, so nothing is said of
    denervation, and the signs are at most indeterminate.
    """
    found = []
    for nerve in setting.roles.segments(Role.NERVE):
        for node_id in setting.nodes_within(nerve, setting.preferences.value(REACH_MM)):
            node = setting.nodes[node_id]
            measure = partial(nerve_signs, nerve=nerve, node=node, preferences=setting.preferences)
            signs = setting.with_values(f"signs of {nerve.name} beside {node_id}", measure)
            found.append(NerveRecord(node_id, setting.roles.name_of(nerve), signs))
    return tuple(found)

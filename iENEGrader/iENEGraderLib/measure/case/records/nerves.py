"""Every node against the nerves beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure.case.records.record_types import NerveRecord
from iENEGraderLib.measure.infiltration import nerve_signs

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.measure.case.setting import Setting
    from iENEGraderLib.measure.fat_view import FatView
    from iENEGraderLib.measure.infiltration import NerveSigns
    from iENEGraderLib.measure.preferences import Preferences

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
            measure = partial(_signs, nerve=nerve, node=node, preferences=setting.preferences)
            signs = setting.with_fat(f"signs of {nerve.name} beside {node_id}", measure)
            found.append(NerveRecord(node_id, setting.roles.name_of(nerve), signs))
    return tuple(found)


def _signs(view: FatView, nerve: Segment, node: Segment, preferences: Preferences) -> NerveSigns:
    return nerve_signs(view.image, nerve, node, preferences, values=view.values)

"""Every node near the surface of the body against the skin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure.case.records.record_types import SkinRecord
from iENEGraderLib.measure.infiltration import skin_infiltration

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.measure.case.setting import Setting
    from iENEGraderLib.measure.position.midsagittal import Plane

BETWEEN = (Role.MUSCLE, Role.GLAND, Role.MAJOR_ARTERY, Role.ARTERY, Role.JUGULAR_VEIN)
REACH_MM = "skin.reach_mm"


def skin_records(setting: Setting, plane: Plane | None) -> tuple[SkinRecord, ...]:
    """Measure the skin over every node; where the skin is segmented, over those within reach of it only.

    Parameters
    ----------
    plane : mid-sagittal plane, to compare with the other side.
    """
    skins = setting.roles.segments(Role.SKIN)
    skin = skins[0] if len(skins) == 1 else None
    reach = setting.preferences.value(REACH_MM)
    nodes = setting.nodes_within(skin, reach) if skin else list(setting.nodes)
    return tuple(_record(setting, node_id, skin, plane) for node_id in nodes)


def _record(setting: Setting, node_id: str, skin: Segment | None, plane: Plane | None) -> SkinRecord:
    node, reach = setting.nodes[node_id], setting.preferences.value(REACH_MM)
    others = [each for each in setting.others_near(node, reach) if setting.roles.of(each).role in BETWEEN]
    measure = partial(
        skin_infiltration, node=node, skin=skin, plane=plane, preferences=setting.preferences, others=others
    )
    return SkinRecord(node_id, setting.with_values(f"skin over {node_id}", measure))

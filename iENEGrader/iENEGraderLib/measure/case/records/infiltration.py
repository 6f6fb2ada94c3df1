"""Every node against the muscles, glands, skin and nerves beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure.case.records.record_types import InfiltrationRecord
from iENEGraderLib.measure.infiltration import StructureKind, infiltration

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.measure.case.setting import Setting

REACH_MM = "infiltration.reach_mm"
KINDS = {Role.MUSCLE: StructureKind.MUSCLE, Role.GLAND: StructureKind.GLAND}


def infiltration_records(setting: Setting) -> tuple[InfiltrationRecord, ...]:
    """Measure every node against every muscle and gland within reach."""
    reach = setting.preferences.value(REACH_MM)
    return tuple(
        _record(setting, node_id, structure)
        for structure in setting.roles.segments(*KINDS)
        for node_id in setting.nodes_within(structure, reach)
    )


def _record(setting: Setting, node_id: str, structure: Segment) -> InfiltrationRecord:
    role = setting.roles.of(structure).role
    image, unit, source = setting.enhancement
    if setting.fat_view is not None and setting.fat_view.source != source:
        source = "; ".join(each for each in (source, f"fat plane by {setting.fat_view.source}") if each)
    measure = partial(
        infiltration,
        image,
        structure,
        setting.nodes[node_id],
        setting.preferences,
        unit=unit,
        kind=KINDS[role],
        geometry=setting.segmentation.geometry,
        other_side=setting.other_side_of(structure),
        fat=setting.fat_view,
    )
    what = f"infiltration of {structure.name} by {node_id}"
    outcome = setting.told(setting.attempts.outcome(what, measure), source)
    return InfiltrationRecord(node_id, setting.roles.name_of(structure), role, outcome)

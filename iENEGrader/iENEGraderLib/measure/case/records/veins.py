"""Every internal jugular vein against the nodes beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure.case.records.record_types import VeinRecord
from iENEGraderLib.measure.veins import vein_status

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.measure.case.setting import Setting

FREE_MM = 10.0
"""Ours: a muscle without node within this shows what muscle looks like in this patient."""


def vein_records(setting: Setting) -> tuple[VeinRecord, ...]:
    """Measure all internal jugular veins."""
    muscle = _muscle_without_node(setting)
    image, unit, source = setting.enhancement
    found = []
    for vein in (each for each in setting.vessels if setting.roles.is_vein(each)):
        measure = partial(
            vein_status,
            image,
            vein,
            setting.nodes,
            setting.other_side_of(vein),
            setting.preferences,
            geometry=setting.segmentation.geometry,
            unit=unit,
            muscle=muscle,
        )
        outcome = setting.told(setting.attempts.outcome(f"state of {vein.name}", measure), source)
        found.append(VeinRecord(setting.roles.name_of(vein), outcome))
    return tuple(found)


def _muscle_without_node(setting: Setting) -> Segment | None:
    muscles = setting.roles.segments(Role.MUSCLE)
    return next((each for each in muscles if not setting.nodes_within(each, FREE_MM)), None)

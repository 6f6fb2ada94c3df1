"""Every node by itself: size, side, height, level, spikes and stranding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.node_measurement import measure_node
from iENEGraderLib.measure.case.records.record_types import NodeRecord
from iENEGraderLib.measure.position.neck_landmarks import landmarks_of
from iENEGraderLib.measure.position.neck_level import propose_level
from iENEGraderLib.measure.spikes import find_spikes, stranding

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.node_measurement import Landmarks
    from iENEGraderLib.measure.case.setting import Setting
    from iENEGraderLib.measure.position.neck_landmarks import NeckLandmarks

SURROUNDINGS_MM = 16.0
"""Ours: other labels within this of a node are left out where spikes and stranding are looked for."""


def node_records(setting: Setting, landmarks: Landmarks) -> tuple[NodeRecord, ...]:
    """Measure all nodes.

    Parameters
    ----------
    landmarks : what sides and heights are measured against.
    """
    levels = landmarks_of(setting.roles.structures, setting.segmentation.geometry, landmarks.plane)
    return tuple(_record(setting, node_id, landmarks, levels) for node_id in setting.nodes)


def _record(setting: Setting, node_id: str, landmarks: Landmarks, levels: NeckLandmarks) -> NodeRecord:
    node, attempt = setting.nodes[node_id], setting.attempts.outcome
    others = setting.others_near(node, SURROUNDINGS_MM)
    return NodeRecord(
        node_id=node_id,
        segment=node,
        basics=attempt(f"size of {node_id}", lambda: measure_node(node, setting.segmentation, landmarks)),
        level=attempt(f"level of {node_id}", lambda: propose_level(node, levels, setting.preferences)),
        spikes=setting.with_values(
            f"spikes of {node_id}", lambda image: find_spikes(image, node, others, setting.preferences)
        ),
        stranding=setting.with_values(
            f"stranding round {node_id}", lambda image: stranding(image, node, others, setting.preferences)
        ),
    )

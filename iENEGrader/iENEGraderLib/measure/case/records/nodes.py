"""Every node by itself: size, side, height, level, spikes and stranding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.case.node_measurement import measure_node
from iENEGraderLib.measure.case.records.record_types import NodeRecord
from iENEGraderLib.measure.fat_view import IODINE_MAP
from iENEGraderLib.measure.map_values import SpectralKind, attenuation_kind, map_value
from iENEGraderLib.measure.position.neck_landmarks import landmarks_of
from iENEGraderLib.measure.position.neck_level import propose_level
from iENEGraderLib.measure.regions import core_of, margin_of
from iENEGraderLib.measure.spikes import find_spikes, spikes_not_assessable, stranding
from iENEGraderLib.measure.tissue import NEAR_MM
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.measure.case.node_measurement import Landmarks
    from iENEGraderLib.measure.case.setting import Setting
    from iENEGraderLib.measure.fat_view import FatView
    from iENEGraderLib.measure.map_values import MapValue
    from iENEGraderLib.measure.position.neck_landmarks import NeckLandmarks
    from iENEGraderLib.measure.spikes import SpikeSurvey

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
        spikes=setting.with_fat(f"spikes of {node_id}", lambda view: _spikes(setting, node_id, view, others)),
        stranding=setting.with_values(
            f"stranding round {node_id}", lambda image: stranding(image, node, others, setting.preferences)
        ),
        map_values=_map_values(setting, node),
    )


def _spikes(setting: Setting, node_id: str, view: FatView, others: Sequence[Segment]) -> SpikeSurvey:
    """Search for spikes; in a fat map on the scale of fat near the node, in HU on one that the search measures."""
    node, scale = setting.nodes[node_id], None
    if view is setting.maps.fat_view:
        try:
            scale = view.scale(node, setting.others_near(node, NEAR_MM))
        except InputError as error:
            return spikes_not_assessable(str(error), view.values.unit, setting.preferences)
    return find_spikes(view.image, node, others, setting.preferences, scale)


def _map_values(setting: Setting, node: Segment) -> tuple[MapValue, ...]:
    """Read the maps in the core of a node and in its margin."""
    maps = setting.maps
    if not maps.images or setting.nearness.part(node).is_empty:
        return ()
    core = core_of(node)
    margin = margin_of(node, setting.segmentation.segments, setting.segmentation.geometry)
    found = []
    if maps.iodine is not None:
        kinds = (SpectralKind.IODINE, core), (SpectralKind.MARGIN_IODINE, margin)
        found += [map_value(maps.iodine, region, kind, Unit.IODINE, IODINE_MAP) for kind, region in kinds]
    if maps.fat_fraction is not None:
        kinds = (SpectralKind.FAT, core), (SpectralKind.MARGIN_FAT, margin)
        found += [map_value(maps.fat_fraction, region, kind, "1", "fat map") for kind, region in kinds]
    for kev, image in sorted(maps.monochromatic.items()):
        found.append(
            map_value(image, core, attenuation_kind(kev), Unit.HU, f"virtual monochromatic image of {kev:g} keV")
        )
    return tuple(each for each in found if each is not None)

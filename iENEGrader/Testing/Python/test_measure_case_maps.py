"""Measurements that use the fat or the iodine map where HU mislead, and say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.measure.case.maps import MeasureMaps
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.evidence_class import EvidenceClass
from map_phantoms import (
    GRID,
    IODINE_HU,
    MUSCLE_MG_ML,
    NODE_MG_ML,
    RADIUS_MM,
    SHAPE,
    SOFT_HU,
    SPIKE_MM,
    ct_of,
    fat_map_of,
    iodine_map_of,
    places_mm,
    segmentation_of,
    spiked_node,
    stained,
)

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segmentation
    from iENEGraderLib.measure.case.measurements import CaseMeasurements


@pytest.fixture(scope="module")
def a_spiked_node() -> tuple[np.ndarray, np.ndarray]:
    """Mask of a node, and shares of soft tissue with a spike of it."""
    return spiked_node()


@pytest.fixture(scope="module")
def stained_fat(a_spiked_node: tuple[np.ndarray, np.ndarray]) -> tuple[CaseMeasurements, CaseMeasurements]:
    """Measured by HU and by the fat map: the fat round the node has taken up contrast agent and is as dense as it."""
    ball, soft = a_spiked_node
    segmentation, image = segmentation_of({"node_1": ball}), stained(soft)
    return measure_case(image, segmentation), measure_case(
        image, segmentation, maps=MeasureMaps(fat_fraction=fat_map_of(soft))
    )


def test_a_spike_that_hu_cannot_show_is_found_in_the_fat_map(
    stained_fat: tuple[CaseMeasurements, CaseMeasurements],
) -> None:
    by_hu, by_map = (each.nodes[0].spikes.result for each in stained_fat)
    assert by_hu is not None
    assert by_map is not None
    assert by_hu.evidence_class is not EvidenceClass.MET
    assert by_map.evidence_class is EvidenceClass.MET
    (spike,) = by_map.spikes
    assert spike.length_mm == pytest.approx(SPIKE_MM, abs=1.0)
    assert -spike.tip_ras_mm[0] == pytest.approx(RADIUS_MM + SPIKE_MM, abs=1.0)
    assert by_map.unit == "1"


def test_every_result_says_which_map_it_was_measured_in(
    stained_fat: tuple[CaseMeasurements, CaseMeasurements],
) -> None:
    by_hu, by_map = stained_fat
    documents = by_hu.to_json(), by_map.to_json()
    assert documents[0]["maps"] == []
    assert documents[1]["maps"] == [{"map": "fat_fraction", "unit": "1"}]
    sources = [document["nodes"][0]["spike_survey"]["values_from"] for document in documents]
    assert sources == ["CT in HU", "fat map (1 minus fat fraction)"]
    count = next(row for row in by_map.evidence_for("node_1") if row.kind == "fat_spikes")
    assert "measured in the fat map (1 minus fat fraction)" in (count.method or "")
    assert "spikes.least_length_mm" in (count.method or "")


def test_fat_of_node_and_margin_is_evidence(stained_fat: tuple[CaseMeasurements, CaseMeasurements]) -> None:
    rows = {row.kind: row for row in stained_fat[1].evidence_for("node_1")}
    assert rows["fat_fraction"].value == pytest.approx(0.0, abs=0.03)
    assert rows["margin_fat_fraction"].value == pytest.approx(0.97, abs=0.04)
    assert rows["fat_fraction"].unit == "1"
    assert 0 < (rows["fat_fraction"].uncertainty or 0) < 0.02
    assert "shell out to 3 mm, other segments left out" in (rows["margin_fat_fraction"].method or "")
    assert {"fat_fraction", "margin_fat_fraction"} <= stained_fat[1].evidence_kinds
    assert "fat_fraction" not in stained_fat[0].evidence_kinds


@pytest.fixture(scope="module")
def beside_a_muscle() -> tuple[Segmentation, Image, MeasureMaps]:
    """A node that grows into a muscle: as dense as it, and with more iodine."""
    x, y, z = places_mm()
    node = (np.sqrt((x + 8.0) ** 2 + y**2 + z**2) < RADIUS_MM) & (x < -2.0)
    muscle = (x >= -2.0) & (np.abs(y) < 10.0) & (np.abs(z) < 12.0)
    plume = muscle & (x < 2.0) & (np.hypot(y, z) < 4.0)
    soft = (node | muscle).astype(float)
    iodine = np.where(node | plume, NODE_MG_ML, np.where(muscle, MUSCLE_MG_ML, 0.0))
    segmentation = segmentation_of({"node_1": node, "sternocleidomastoid_left": muscle})
    # Tumour is less dense by as much as its iodine adds.
    image = ct_of(soft, MUSCLE_MG_ML * soft)
    return segmentation, image, MeasureMaps(iodine_map_of(iodine), fat_map_of(soft), {40.0: image})


def test_growth_that_hu_cannot_show_is_found_in_the_iodine_map(
    beside_a_muscle: tuple[Segmentation, Image, MeasureMaps],
) -> None:
    segmentation, image, maps = beside_a_muscle
    by_hu = measure_case(image, segmentation).infiltration[0].infiltration
    by_map = measure_case(image, segmentation, maps=maps).infiltration[0].infiltration
    assert by_hu.result is not None
    assert by_map.result is not None
    assert by_hu.result.evidence_class is not EvidenceClass.MET
    assert by_map.result.evidence_class is EvidenceClass.MET
    assert by_map.result.reference == pytest.approx(MUSCLE_MG_ML, abs=0.1)
    assert by_map.result.excess == pytest.approx(NODE_MG_ML - MUSCLE_MG_ML, abs=0.2)
    assert by_map.result.unit == "mg/mL"
    assert by_map.source == "iodine map in mg/mL; fat plane by fat map (1 minus fat fraction)"
    assert by_map.result.fat_plane is not None
    assert by_map.result.fat_plane.evidence_class is not EvidenceClass.NOT_ASSESSABLE
    assert by_map.result.fat_plane.lost_share == pytest.approx(0.34, abs=0.1)


def test_iodine_and_hu_at_an_energy_are_read_in_the_node(
    beside_a_muscle: tuple[Segmentation, Image, MeasureMaps],
) -> None:
    segmentation, image, maps = beside_a_muscle
    case = measure_case(image, segmentation, maps=maps)
    rows = {row.kind: row for row in case.evidence_for("node_1")}
    assert rows["iodine_concentration"].value == pytest.approx(NODE_MG_ML, abs=0.05)
    assert rows["iodine_concentration"].unit == "mg/mL"
    assert rows["iodine_concentration"].place is not None
    assert rows["attenuation_40_kev"].value == pytest.approx(SOFT_HU + MUSCLE_MG_ML * IODINE_HU, abs=2)
    document = case.to_json()
    assert document["maps"][-1] == {"map": "monochromatic", "kev": 40.0, "unit": "[hnsf'U]"}
    kinds = [each["kind"] for each in document["nodes"][0]["map_values"]]
    assert kinds[:2] == ["iodine_concentration", "margin_iodine_concentration"]
    assert document["infiltration"][0]["excess"] == pytest.approx(1.7, abs=0.2)


def test_maps_of_another_grid_or_unit_are_refused(beside_a_muscle: tuple[Segmentation, Image, MeasureMaps]) -> None:
    segmentation, image, maps = beside_a_muscle
    assert maps.fat_fraction is not None
    assert maps.iodine is not None
    moved = replace(maps.fat_fraction, geometry=replace(GRID, origin_lps_mm=(0.0, 0.0, 0.0)))
    with pytest.raises(InputError, match=r"fat.nrrd: lies on .*, expected the grid of the segments"):
        measure_case(image, segmentation, maps=MeasureMaps(fat_fraction=moved))
    percent = replace(maps.fat_fraction, voxels=100 * maps.fat_fraction.voxels)
    with pytest.raises(InputError, match=r"fat.nrrd: nine in ten .* it is probably in percent"):
        measure_case(image, segmentation, maps=MeasureMaps(fat_fraction=percent))
    enhancement = replace(maps.iodine, voxels=np.full(SHAPE, 150.0))
    with pytest.raises(InputError, match=r"iodine.nrrd: .* probably in HU or 100 ug/cm3"):
        measure_case(image, segmentation, maps=MeasureMaps(iodine=enhancement))

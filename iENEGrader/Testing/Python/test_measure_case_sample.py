"""The sample neck measured as a whole, against the truth that it was computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.sample import digital_neck, sample_image, sample_segmentation

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.records.record_types import ContactRecord
    from iENEGraderLib.sample import DigitalNeck


@pytest.fixture(scope="module")
def the_neck() -> DigitalNeck:
    return digital_neck()


@pytest.fixture(scope="module")
def the_case(the_neck: DigitalNeck) -> CaseMeasurements:
    return measure_case(sample_image(the_neck), sample_segmentation(the_neck))


@pytest.fixture
def the_contact(the_neck: DigitalNeck, the_case: CaseMeasurements) -> ContactRecord:
    """The contact of the encasing node with its artery."""
    truth = the_neck.truth.node("node_5").contact
    assert truth is not None
    (found,) = [
        record for record in the_case.contacts if (record.node_id, record.structure) == ("node_5", truth.vessel)
    ]
    return found


def test_nothing_is_left_out_and_nothing_warned_of(the_case: CaseMeasurements) -> None:
    assert [node.node_id for node in the_case.nodes] == ["node_1", "node_2", "node_3", "node_4", "node_5"]
    assert the_case.warnings == ()


def test_sizes_volumes_and_sides_agree_with_the_truth(the_neck: DigitalNeck, the_case: CaseMeasurements) -> None:
    for truth in the_neck.truth.nodes:
        basics = the_case.node(truth.name).basics.result
        assert basics is not None
        assert basics.side is not None
        assert basics.size.greatest_dimension_mm == pytest.approx(truth.greatest_dimension_mm, abs=0.8), truth.name
        assert basics.size.volume_mm3 == pytest.approx(truth.volume_mm3, rel=0.03), truth.name
        assert basics.side.side == truth.side


def test_levels_are_proposed_or_left_open_and_never_wrong(the_neck: DigitalNeck, the_case: CaseMeasurements) -> None:
    for truth in the_neck.truth.nodes:
        found = the_case.node(truth.name).level.result
        assert found is not None
        assert truth.level in {str(found.level), *map(str, found.alternatives)}, truth.name
    assert str(the_case.node("node_1").level.result.level) == "IIA"  # type: ignore[union-attr]


def test_the_contact_angle_lies_within_its_band_of_the_truth(the_neck: DigitalNeck, the_contact: ContactRecord) -> None:
    truth = the_neck.truth.node("node_5").contact
    assert truth is not None
    assert the_contact.profile.max_arc_deg == pytest.approx(truth.angle_deg, abs=the_contact.profile.band_deg)
    assert the_contact.profile.length_ge_270_mm > 0.5 * truth.length_mm


def test_the_encased_major_artery_meets_the_criterion(the_contact: ContactRecord) -> None:
    assert the_contact.counts_for_encasement
    assert the_contact.evidence_class is EvidenceClass.MET


def test_no_other_vessel_is_in_contact(the_case: CaseMeasurements, the_contact: ContactRecord) -> None:
    others = [record for record in the_case.contacts if record is not the_contact]

    assert others
    assert [record.profile.max_arc_deg for record in others] == [0.0] * len(others)


def test_both_veins_are_open(the_case: CaseMeasurements) -> None:
    assert len(the_case.veins) == 2
    for record in the_case.veins:
        assert record.status.result is not None
        assert record.status.result.obliteration is not EvidenceClass.MET
        assert record.status.result.filling_defect is not EvidenceClass.MET


def test_all_spikes_are_found_with_their_tips_and_no_other_node_has_any(
    the_neck: DigitalNeck, the_case: CaseMeasurements
) -> None:
    for truth in the_neck.truth.nodes:
        survey = the_case.node(truth.name).spikes.result
        assert survey is not None
        tips = np.array([spike.tip_ras_mm for spike in survey.spikes]).reshape(-1, 3)
        assert len(tips) == len(truth.spikes), truth.name
        for spike in truth.spikes:
            assert np.linalg.norm(tips - spike.tip_ras_mm, axis=1).min() < 1.5


def test_the_nodes_grown_together_meet_all_three_criteria(the_case: CaseMeasurements) -> None:
    (pair,) = the_case.coalescence

    assert (pair.first, pair.second) == ("node_3", "node_4")
    assert pair.coalescence.result is not None
    assert pair.coalescence.result.evidence_class is EvidenceClass.MET


def test_growth_into_the_muscle_is_reported_where_it_is_and_nowhere_else(
    the_neck: DigitalNeck, the_case: CaseMeasurements
) -> None:
    truth = the_neck.truth.node("node_5").invasion
    assert truth is not None
    reported = {
        (record.node_id, record.structure): record.infiltration.result
        for record in the_case.infiltration
        if record.infiltration.result is not None
        and record.infiltration.result.evidence_class in (EvidenceClass.MET, EvidenceClass.INDETERMINATE)
    }

    (found,) = reported.values()
    assert list(reported) == [("node_5", truth.muscle)]
    assert found.fat_plane is not None
    assert found.fat_plane.evidence_class is EvidenceClass.MET
    middle = np.add(truth.entry_ras_mm, truth.deepest_ras_mm) / 2
    assert found.place_ras_mm is not None
    assert np.linalg.norm(middle - found.place_ras_mm) < 8


def test_no_node_reaches_the_skin(the_case: CaseMeasurements) -> None:
    for record in the_case.skin:
        assert record.skin.result is not None
        assert record.skin.result.evidence_class is not EvidenceClass.MET

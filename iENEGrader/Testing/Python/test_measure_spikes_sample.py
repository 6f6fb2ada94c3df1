"""Spikes on the sample neck, whose truth is known; its slices are 1 mm apart."""

from __future__ import annotations

import numpy as np
import pytest
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.spikes import find_spikes, stranding
from iENEGraderLib.sample import DigitalNeck, digital_neck, sample_image, sample_segmentation


@pytest.fixture(scope="module")
def a_neck() -> DigitalNeck:
    return digital_neck(0)


def test_the_second_node_has_its_three_spikes_and_no_other_node_has_any(a_neck: DigitalNeck) -> None:
    image, segmentation = sample_image(a_neck), sample_segmentation(a_neck)
    for truth in a_neck.truth.nodes:
        node = segmentation.named(truth.name)
        others = [s for s in segmentation.segments if s.name != truth.name and "fat" not in s.name]

        survey = find_spikes(image, node, others)

        assert len(survey.spikes) == len(truth.spikes)
        for spike in truth.spikes:
            far = [np.linalg.norm(np.subtract(each.tip_ras_mm, spike.tip_ras_mm)) for each in survey.spikes]
            assert min(far) <= 1.5
            found = survey.spikes[int(np.argmin(far))]
            assert found.length_mm == pytest.approx(spike.length_mm, abs=1.5)
        assert survey.evidence_class is (EvidenceClass.MET if truth.spikes else EvidenceClass.INDETERMINATE)


def test_its_fat_is_not_stranded(a_neck: DigitalNeck) -> None:
    image, segmentation = sample_image(a_neck), sample_segmentation(a_neck)
    others = [s for s in segmentation.segments if s.name != "node_1" and "fat" not in s.name]

    found = stranding(image, segmentation.named("node_1"), others)

    assert found.reference_fat_hu == pytest.approx(-105, abs=2)
    assert found.difference_hu == pytest.approx(0, abs=3)
    assert found.stranded_fraction == pytest.approx(0, abs=0.02)

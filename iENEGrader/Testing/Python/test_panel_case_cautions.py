"""What the panel asks a reader to look at again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.panel.case.case_cautions import case_cautions, section_text, signed_text, suggestions_text
from iENEGraderLib.panel.findings.suggestions import Waiting, contradicted_findings, suggestions_of
from iENEGraderLib.reading import Certainty, Evidence, EvidenceClass, FindingKind, Node, Reading, YesNo, signed
from iENEGraderLib.rules import assess
from rules_builders import SPIKES, a_node, a_reading

SPIKE = Evidence(Kind.SPIKE, value=5.0, unit="mm", evidence_class=EvidenceClass.MET)
AT = "2026-11-22T10:05:00+00:00"


@pytest.fixture
def a_measured_node() -> Node:
    """A node at which a spike was measured, and nothing read yet."""
    return replace(a_node(), evidence=(SPIKE,))


def cautions_of(reading: Reading, **others):
    return case_cautions(reading, assess(reading), Waiting(), **others)


def test_without_a_reading_there_is_nothing_to_be_careful_about():
    assert case_cautions(None, None, Waiting(), 5.0) == ()


def test_sections_up_to_1_mm_are_no_caution():
    assert section_text(None) == section_text(1.0) == section_text(0.625) == ""


def test_sections_over_1_mm_say_what_suffers():
    text = section_text(2.5)
    assert text.startswith("sections every 2.5 mm: sizes along the neck, short spikes, thin fat planes")
    assert "too thick" not in text


def test_sections_over_3_mm_are_called_too_thick():
    assert "too thick to rule out spikes" in section_text(5.0)


def test_biopsy_and_treatment_stand_before_the_thickness():
    reading = replace(
        a_reading("oropharynx", "T2", a_node(certain=SPIKES), p16="positive"),
        recent_biopsy=YesNo.YES,
        prior_treatment=YesNo.YES,
    )
    found = cautions_of(reading, section_spacing_mm=2.0)
    assert "biopsy" in found[0]
    assert "treatment" in found[1]
    assert found[-1].startswith("sections every 2 mm")


def test_a_reading_without_nodes_says_that_this_means_n0():
    reading = a_reading("oropharynx", "T2", p16="positive")
    assert any(text.startswith("no metastatic node is listed, which means N0") for text in cautions_of(reading))
    assert not any("N0" in text for text in cautions_of(replace(reading, nodes=None)))
    assert not any("N0" in text for text in cautions_of(replace(reading, nodes=(a_node(),))))


def test_what_was_measured_and_not_decided_is_named(a_measured_node: Node):
    text = suggestions_text(a_measured_node, Waiting())
    assert text == "N1: measurements suggest fat spikes; not counted until you decide"


def test_what_lies_within_its_uncertainty_is_not_said_to_be_suggested(a_measured_node: Node):
    doubtful = [replace(each, evidence_class=EvidenceClass.INDETERMINATE) for each in a_measured_node.evidence]
    text = suggestions_text(replace(a_measured_node, evidence=tuple(doubtful)), Waiting())
    assert text == "N1: measurements cannot settle fat spikes; not counted until you decide"


def test_what_was_decided_or_hidden_is_not_named(a_measured_node: Node):
    decided = a_measured_node.with_finding(FindingKind.FAT_SPIKES, Certainty.ABSENT)
    waiting = Waiting()
    waiting.dismiss(suggestions_of(a_measured_node)[0])
    assert suggestions_text(decided, Waiting()) == suggestions_text(a_measured_node, waiting) == ""


def contact_evidence(evidence_class: EvidenceClass, structure: str = "common_carotid_artery_left") -> Evidence:
    return Evidence(Kind.CONTACT, structure, 90.0, "deg", evidence_class=evidence_class)


def test_an_unequivocal_finding_that_every_measurement_speaks_against_is_questioned_and_still_counts():
    node = replace(
        a_node(certain=(FindingKind.ARTERY_ENCASEMENT,)), evidence=(contact_evidence(EvidenceClass.NOT_MET),)
    )
    (first, *_) = cautions_of(a_reading("oropharynx", "T2", node))
    assert first == "N1: read as unequivocal, but not measured: artery encased; look again, your reading counts"


@pytest.mark.parametrize(
    "evidence",
    [
        (),
        (contact_evidence(EvidenceClass.NOT_ASSESSABLE),),
        (contact_evidence(EvidenceClass.NOT_MET), contact_evidence(EvidenceClass.MET, "vertebral_artery_left")),
    ],
)
def test_what_was_not_measured_or_was_found_elsewhere_contradicts_nobody(evidence: tuple[Evidence, ...]):
    node = replace(a_node(certain=(FindingKind.ARTERY_ENCASEMENT,)), evidence=evidence)
    assert contradicted_findings(node) == ()


def test_a_broken_signature_comes_first(a_measured_node: Node):
    reading = a_reading("oropharynx", "T2", a_measured_node, p16="positive")
    first, *others = cautions_of(reading, signature_error="changed after R1 signed it")
    assert first == "changed after R1 signed it"
    assert others


def test_who_locked_a_reading_and_when_is_said_while_it_is_as_it_was_signed():
    reading = signed(a_reading("oropharynx", "T2", a_node(), p16="positive"), "R1", AT)
    assert signed_text(reading) == "Locked by R1, 2026-11-22 10:05 UTC"
    assert signed_text(replace(reading, case_id="X2")) == signed_text(None) == ""

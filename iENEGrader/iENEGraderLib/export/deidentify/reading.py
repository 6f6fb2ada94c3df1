"""A reading document without what identifies patient or reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.descriptors import cleaned_text, has_known_words_alone
from iENEGraderLib.export.deidentify.segment_names import shared_segment_id
from iENEGraderLib.reading.vocabulary import NeckLevel

if TYPE_CHECKING:
    from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms
    from iENEGraderLib.reading import Evidence, Mark, Node, Reading

READER = "Reader"
LEVELS = frozenset(f"neck_level_{level}" for level in NeckLevel)
"""What evidence of a proposed level names as its structure."""


@dataclass(frozen=True)
class CleanedReading:
    """A reading to share, and what its owner should know: one line each."""

    reading: Reading
    warnings: tuple[str, ...]


def cleaned_reading(
    reading: Reading, pseudonyms: Pseudonyms, *, patient: str | None = None, case_id: str | None = None
) -> CleanedReading:
    """Return the reading under a new case id and without names; the given one stays as it is.

    Findings, numbers, places, staging entries and the methods of measurements stay. Notes go, as people type names
    there. A signature is dropped, because its check sum belongs to the document that was signed.

    Parameters
    ----------
    patient : what the pseudonym is computed from; the case id of the reading when None. Give that of the DICOM images
        (``dataset.patient_of``) so that images and reading carry the same pseudonym.
    case_id : the pseudonym itself, when it is known already.
    """
    patient = patient or reading.case_id
    nodes = None if reading.nodes is None else tuple(_cleaned_node(node, pseudonyms) for node in reading.nodes)
    result = replace(
        reading,
        case_id=case_id or pseudonyms.case_id(patient),
        reader=f"{READER} {pseudonyms.reader(reading.reader)}" if reading.reader.strip() else "",
        read_at=pseudonyms.shifted(reading.read_at, patient) + _zone(reading.read_at),
        nodes=nodes,
        signature=None,
    )
    return CleanedReading(result, tuple(_warnings(reading)))


def _cleaned_node(node: Node, pseudonyms: Pseudonyms) -> Node:
    return replace(
        node,
        segment_id=None if node.segment_id is None else shared_segment_id(node.segment_id, pseudonyms),
        evidence=tuple(_cleaned_evidence(one) for one in node.evidence),
        marks=tuple(_cleaned_mark(one) for one in node.marks),
    )


def _cleaned_evidence(evidence: Evidence) -> Evidence:
    """Structures are named after segments, which people name; kind, unit and method are the program's own words."""
    return replace(evidence, structure=_known_words(evidence.structure))


def _cleaned_mark(mark: Mark) -> Mark:
    return replace(mark, note="", structure=_known_words(mark.structure), series=_known_words(mark.series))


def _known_words(text: str | None) -> str | None:
    """Return the words that may stay; a text of known words alone stays as it is written."""
    if not text or text in LEVELS or has_known_words_alone(text):
        return text
    return cleaned_text(text) or None


def _zone(read_at: str) -> str:
    """A reading document states its time with a zone; UTC tells no place."""
    return "Z" if "T" in read_at else ""


def _warnings(reading: Reading) -> list[str]:
    found = []
    if reading.signature is not None:
        found.append("the signature was left out: it belongs to the reading that was signed; sign the shared one again")
    if any(mark.note for mark in reading.marks):
        found.append("the notes of marks were left out: they are free text")
    return found

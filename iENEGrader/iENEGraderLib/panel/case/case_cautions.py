"""What a reader should look at again before the result is used: of rules, image, measurements and signature. No Qt."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from iENEGraderLib.panel.choices import FINDING_LABELS
from iENEGraderLib.panel.findings.suggestions import contradicted_findings, suggestions_of
from iENEGraderLib.panel.result.presenter import cautions
from iENEGraderLib.reading import is_intact

if TYPE_CHECKING:
    from iENEGraderLib.panel.findings.suggestions import Waiting
    from iENEGraderLib.reading import FindingKind, Node, Reading
    from iENEGraderLib.rules import Assessment

NOTED_ABOVE_MM = 1.0
WARNED_ABOVE_MM = 3.0
"""Ours: no thickness is agreed on; sections under 1 mm are named as an advantage (Henson et al., Lancet Oncol 2024)."""


def case_cautions(
    reading: Reading | None,
    assessment: Assessment | None,
    waiting: Waiting,
    section_spacing_mm: float | None = None,
    signature_error: str = "",
) -> tuple[str, ...]:
    """Return everything to keep in mind, what matters most first.

    Parameters
    ----------
    waiting : tells which suggestions were hidden by the reader.
    section_spacing_mm : distance between the sections of the image; None when there is no image.
    signature_error : how the document differs from what was signed; empty when it does not.
    """
    if reading is None or assessment is None:
        return ()
    nodes = reading.nodes or ()
    doubts = [contradiction_text(node) for node in nodes]
    waits = [suggestions_text(node, waiting) for node in nodes]
    thickness = section_text(section_spacing_mm)
    found = (signature_error, *doubts, *cautions(assessment), no_nodes_text(reading), *waits, thickness)
    return tuple(dict.fromkeys(text for text in found if text))


def no_nodes_text(reading: Reading) -> str:
    """Say that an empty list of nodes is N0, which is easily overlooked in a reading that has just begun."""
    if reading.site is None or reading.nodes is None or reading.nodes:
        return ""
    return "no metastatic node is listed, which means N0; choose not assessed (NX) if the neck was not read"


def contradiction_text(node: Node) -> str:
    """Say which unequivocal findings of a node the measurements speak against; empty when there are none."""
    labels = [_in_sentence(kind) for kind in contradicted_findings(node)]
    if not labels:
        return ""
    return f"{node.id}: read as unequivocal, but not measured: {', '.join(labels)}; look again, your reading counts"


def suggestions_text(node: Node, waiting: Waiting) -> str:
    """Say which suggestions wait for the reader at a node; empty when none do."""
    waits = [each for each in suggestions_of(node) if not waiting.is_dismissed(each)]
    parts = (
        ("suggest", [_in_sentence(each.kind) for each in waits if each.is_met]),
        ("cannot settle", [_in_sentence(each.kind) for each in waits if not each.is_met]),
    )
    said = " and ".join(f"{verb} {', '.join(labels)}" for verb, labels in parts if labels)
    return f"{node.id}: measurements {said}; not counted until you decide" if waits else ""


def _in_sentence(kind: FindingKind) -> str:
    label = FINDING_LABELS[kind]
    return label if label.startswith("IJV") else f"{label[0].lower()}{label[1:]}"


def section_text(spacing_mm: float | None) -> str:
    """Say which measurements suffer from thick sections; empty up to 1 mm."""
    if spacing_mm is None or spacing_mm <= NOTED_ABOVE_MM + 1e-3:
        return ""
    text = (
        f"sections every {spacing_mm:.3g} mm: sizes along the neck, short spikes, thin fat planes, and contact with "
        "vessels that do not run across the sections are less certain"
    )
    if spacing_mm <= WARNED_ABOVE_MM + 1e-3:
        return text
    return f"{text}; too thick to rule out spikes or to prove a lost fat plane, read thinner sections if there are any"


def signed_text(reading: Reading | None) -> str:
    """Say who locked a reading and when; empty when it is not locked as it stands."""
    if reading is None or reading.signature is None or not is_intact(reading):
        return ""
    at = datetime.fromisoformat(reading.signature.at)
    return f"Locked by {reading.signature.by}, {at:%Y-%m-%d %H:%M} {at.tzname()}"

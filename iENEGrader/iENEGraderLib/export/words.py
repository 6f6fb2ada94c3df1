"""How the report says in words what the reading document holds as keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, Kind, PerfusionKind
from iENEGraderLib.measure.units import Unit
from iENEGraderLib.reading import EvidenceClass, MarkerStatus, Side, Site
from iENEGraderLib.rules import Confidence
from iENEGraderLib.rules.criteria import criterion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Evidence, FindingKind, Node, Place, Reading

GRADE_MEANINGS = (
    "no unequivocal spread beyond a node",
    "spread into the fat around a node",
    "neighbouring nodes merged into one mass",
    "spread into a neighbouring structure",
)
SHORT_EDITIONS = {"UICC9": "UICC 9", "AJCC_current": "AJCC current", "TNM8": "TNM 8"}
CONFIDENCE_MEANINGS = {
    Confidence.HIGH: "read on an official or national page or in the review, or transcriptions agree "
    "(these may share their source: agreement shows correct copying, not a second authority)",
    Confidence.MEDIUM: "one transcription only, or a short inference from confirmed lines",
    Confidence.LOW: "sources disagree, or a convention of this project: for a clinician to sign off",
}
EVIDENCE_CLASSES = {
    EvidenceClass.MET: "met",
    EvidenceClass.NOT_MET: "not met",
    EvidenceClass.INDETERMINATE: "indeterminate",
    EvidenceClass.NOT_ASSESSABLE: "not assessable",
}
FAT_PLANE_CLASSES = {
    EvidenceClass.MET: "lost, not enough alone",
    EvidenceClass.NOT_MET: "kept",
}
"""Beside a structure a lost fat plane meets no criterion of its own."""
TITLES = {
    "midline_distance": "distance from the midline",
    "depth_below_cricoid": "lowest point, from the lower border",
    Kind.STRANDING: "fat round the node, against fat further out",
    Kind.VEIN: "narrowest lumen area, against its own wide part",
    Kind.VEIN_TO_OTHER_SIDE: "narrowest lumen area, against the other side",
    Kind.CONVEXITY: "contact patch to short axis",
    Kind.COALESCENCE: "all three criteria of coalescence",
    Kind.INFILTRATION: "growth into a structure",
    PerfusionKind.KTRANS: f"perfusion, Ktrans ({PERFUSION_LABEL})",
    PerfusionKind.KEP: f"perfusion, kep ({PERFUSION_LABEL})",
    PerfusionKind.VE: f"perfusion, ve ({PERFUSION_LABEL})",
    PerfusionKind.VP: f"perfusion, vp ({PERFUSION_LABEL})",
}
"""Names that say more than the key."""
WAYS = {"midline_distance": ("to the right", "to the left"), "depth_below_cricoid": ("below", "above")}
"""What a positive and a negative number mean, where a sign is easily misread."""
SHARE = "1"
SHORT_UNITS = {"deg": "°", Unit.HU: Unit.HU.shown, "mm2": "mm²", "mm3": "mm³", "{count}": ""}
WHOLE_UNITS = ("%", "°", Unit.HU.shown, "")
FINE_DIGITS = {"/min": 3}
SITES_BY_P16 = (Site.OROPHARYNX, Site.UNKNOWN_PRIMARY)
SITES_BY_EBV = (Site.NASOPHARYNX, Site.UNKNOWN_PRIMARY)


def finding_title(kind: FindingKind) -> str:
    """Name of a finding as the criteria table has it."""
    return criterion(kind).title


def finding_titles(kinds: Iterable[FindingKind]) -> list[str]:
    """Names of findings, in the order given."""
    return [finding_title(kind) for kind in kinds]


def spaced(key: str) -> str:
    """Return a key in words: ``internal_carotid_artery`` as 'internal carotid artery'."""
    return key.replace("_", " ")


def node_place(node: Node) -> str:
    """Side and level of a node in words."""
    roman = node.level.isupper()
    return f"{node.side}, level {node.level}" if roman else f"{node.side}, {spaced(node.level)}"


def dimension(node: Node) -> str:
    """Greatest dimension of a node in words."""
    value = node.greatest_dimension_mm
    return "not measured" if value is None else f"{value:.1f} mm"


def site_in_words(reading: Reading) -> str:
    """Site with the virus status that its staging depends on."""
    if reading.site is None:
        return "site not chosen"
    words = spaced(reading.site)
    if reading.site in SITES_BY_P16:
        words += ", p16 not known" if reading.p16 is MarkerStatus.UNKNOWN else f", p16-{reading.p16}"
    if reading.site in SITES_BY_EBV and reading.ebv is not MarkerStatus.UNKNOWN:
        words += f", EBV-{reading.ebv}"
    return words


def primary_in_words(reading: Reading) -> str:
    """Site, side, T and M in one line."""
    sides = {None: "side not stated", Side.MIDLINE: "midline"}
    side = sides.get(reading.primary_side) or f"{reading.primary_side} side"
    return f"{site_in_words(reading)} · {side} · {reading.t_category} · {reading.m_category}"


def evidence_title(evidence: Evidence) -> str:
    """Return what was measured, and of which structure."""
    name = TITLES.get(evidence.kind, spaced(evidence.kind))
    return f"{name}, {spaced(evidence.structure)}" if evidence.structure else name


def evidence_value(evidence: Evidence) -> str:
    """Return how much was measured, with its uncertainty; empty when there is no number."""
    if evidence.value is None:
        return ""
    scale, unit = (100.0, "%") if evidence.unit == SHARE else (1.0, SHORT_UNITS.get(evidence.unit or "", evidence.unit))
    digits = 0 if unit in WHOLE_UNITS else FINE_DIGITS.get(unit or "", 1)
    value, way = scale * evidence.value, ""
    if evidence.kind in WAYS:
        value, way = abs(value), f" {WAYS[evidence.kind][value < 0]}"
    # Nothing is a little less than none: no "-0".
    value = round(value, digits) + 0.0
    error = evidence.uncertainty or 0.0
    # An error below what is shown would read as none at all.
    shown = f" ± {scale * error:.{digits}f}" if scale * error >= 0.5 * 10**-digits else ""
    space = "" if unit == "°" else " "
    return f"{value:.{digits}f}{shown}{space}{unit or ''}{way}".rstrip()


def class_in_words(evidence: Evidence) -> str:
    """Return what a measurement says of its criterion; empty when it is compared with none."""
    if evidence.evidence_class is None:
        return ""
    words = EVIDENCE_CLASSES[evidence.evidence_class]
    return FAT_PLANE_CLASSES.get(evidence.evidence_class, words) if evidence.kind == Kind.FAT_PLANE else words


def place_in_words(place: Place) -> str:
    """Return a place in the patient."""
    return ", ".join(f"{value:.1f}" for value in place.ras_mm) + " mm (RAS)"

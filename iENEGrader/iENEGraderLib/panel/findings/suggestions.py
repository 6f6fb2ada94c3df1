"""Which measurement suggests which finding: offered to the reader, counted by nobody. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.anatomy import Role, load_structures, structure_for
from iENEGraderLib.export.words import class_in_words, evidence_value, spaced
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.reading import Certainty, EvidenceClass, FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from iENEGraderLib.reading import Evidence, Node

    Point = tuple[float, float, float]

SUSPICIOUS = (EvidenceClass.MET, EvidenceClass.INDETERMINATE)
COALESCENCE = (
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
    FindingKind.CONVEXITY_LOST_AT_CONTACT,
    FindingKind.BOUNDARIES_MERGED,
)
SUGGESTS: Mapping[str, Sequence[FindingKind]] = {
    Kind.SPIKE_COUNT: (FindingKind.FAT_SPIKES,),
    Kind.SPIKE: (FindingKind.FAT_SPIKES,),
    Kind.FAT_PLANE_BETWEEN: (FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,),
    Kind.CONVEXITY: (FindingKind.CONVEXITY_LOST_AT_CONTACT,),
    Kind.NOTCH: (FindingKind.BOUNDARIES_MERGED,),
    Kind.OBLITERATION: (FindingKind.JUGULAR_OBLITERATION,),
    Kind.FILLING_DEFECT: (FindingKind.JUGULAR_THROMBUS,),
    Kind.SKIN: (FindingKind.SKIN_INVASION,),
    Kind.NERVE: (FindingKind.NERVE_INVASION,),
}
"""What each kind of evidence speaks for; that of `BY_STRUCTURE` depends on the structure."""
BY_STRUCTURE = (Kind.CONTACT, Kind.INFILTRATION)
INFORMS: Mapping[str, Sequence[FindingKind]] = {
    Kind.STRANDING: (FindingKind.FAT_SPIKES,),
    Kind.COALESCENCE: COALESCENCE,
    Kind.VEIN: (FindingKind.JUGULAR_OBLITERATION, FindingKind.JUGULAR_THROMBUS),
    Kind.VEIN_TO_OTHER_SIDE: (FindingKind.JUGULAR_OBLITERATION,),
}
"""Shown beside a finding without suggesting it; so are `INFORMS_BY_STRUCTURE`: a lost fat plane alone is not enough."""
INFORMS_BY_STRUCTURE = (Kind.FAT_PLANE, Kind.ENCASED_LENGTH, Kind.BIFURCATION)
FINDING_OF_ROLE = {
    Role.MAJOR_ARTERY: FindingKind.ARTERY_ENCASEMENT,
    Role.ARTERY: FindingKind.ARTERY_ENCASEMENT,
    Role.JUGULAR_VEIN: FindingKind.JUGULAR_OBLITERATION,
    Role.MUSCLE: FindingKind.MUSCLE_INVASION,
    Role.GLAND: FindingKind.GLAND_INVASION,
    Role.SKIN: FindingKind.SKIN_INVASION,
    Role.NERVE: FindingKind.NERVE_INVASION,
}
WORDS: Mapping[str, str] = {
    Kind.SPIKE_COUNT: "spikes",
    Kind.SPIKE: "spike",
    Kind.STRANDING: "fat round the node above fat further out:",
    Kind.CONTACT: "contact",
    Kind.FAT_PLANE: "fat plane lost over",
    Kind.FAT_PLANE_BETWEEN: "fat plane lost over",
    Kind.VEIN: "narrowest lumen, area against its own wide part",
    Kind.VEIN_TO_OTHER_SIDE: "narrowest lumen, area against the other side",
    Kind.OBLITERATION: "without lumen",
    Kind.FILLING_DEFECT: "filling defect",
    Kind.COALESCENCE: "all three criteria",
    Kind.CONVEXITY: "contact patch to short axis",
    Kind.NOTCH: "angle of the notch",
    Kind.INFILTRATION: "growth into it",
    Kind.SKIN: "thickness against other skin",
}
SAYS_WHY = (Kind.SPIKE_COUNT, Kind.VEIN, Kind.FILLING_DEFECT, Kind.INFILTRATION, Kind.NERVE)
"""What matters of these is in their words: what may hide spikes, state of the vein, number of sections, signs."""


@dataclass(frozen=True)
class MeasuredLine:
    """One measurement beside a finding.

    Attributes
    ----------
    text : what, how much, and its class in words.
    method : how it was obtained, with the thresholds.
    """

    text: str
    method: str
    place_ras_mm: Point | None


@dataclass(frozen=True)
class Suggestion:
    """A finding of a node that measurements speak for.

    Attributes
    ----------
    text : what was measured, in a few words.
    method : how, with the thresholds.
    evidence : the suspicious rows; a new measurement makes another suggestion.
    """

    node_id: str
    kind: FindingKind
    text: str
    method: str
    evidence: tuple[Evidence, ...]

    @property
    def is_met(self) -> bool:
        """Whether anything meets its threshold beyond its uncertainty."""
        return any(each.evidence_class is EvidenceClass.MET for each in self.evidence)

    @property
    def places_ras_mm(self) -> tuple[Point, ...]:
        """Where it was measured."""
        return tuple(each.place.ras_mm for each in self.evidence if each.place is not None)

    @property
    def structure(self) -> str | None:
        """Structure that it concerns; None for the other node at a contact of two."""
        if self.kind in COALESCENCE:
            return None
        return next((each.structure for each in self.evidence if each.structure), None)


def suggestions_of(node: Node) -> tuple[Suggestion, ...]:
    """Return what is suggested for findings that the reader has not assessed."""
    found = (suggestion_for(node, kind) for kind in FindingKind if node.certainty_of(kind) is None)
    return tuple(each for each in found if each is not None)


def has_suggestions(node: Node) -> bool:
    """Tell whether anything is suggested that the reader has not assessed."""
    return bool(suggestions_of(node))


def contradicted_findings(node: Node) -> tuple[FindingKind, ...]:
    """Return the findings that the reader calls unequivocal and every measurement made for them speaks against."""
    found = []
    for kind in node.kinds_with(Certainty.UNEQUIVOCAL):
        classes = {each.evidence_class for each in node.evidence if kind in _suggested_by(each)}
        if classes == {EvidenceClass.NOT_MET}:
            found.append(kind)
    return tuple(found)


def suggestion_for(node: Node, kind: FindingKind) -> Suggestion | None:
    """Return what the measurements speak for, whether it was assessed or not; None when they do not."""
    rows = tuple(each for each in node.evidence if _is_suspicious(each) and kind in _suggested_by(each))
    if not rows:
        return None
    text = _spikes_text(rows) if kind is FindingKind.FAT_SPIKES else _text(rows)
    method = "\n".join(dict.fromkeys(each.method for each in rows if each.method))
    return Suggestion(node.id, kind, text, method, rows)


def measured_lines(node: Node, kind: FindingKind) -> tuple[MeasuredLine, ...]:
    """Return everything that was measured beside a finding, of whatever class."""
    return tuple(_line(each) for each in node.evidence if kind in (*_suggested_by(each), *_informed_by(each)))


class Waiting:
    """Suggestions that wait for the reader: those dismissed do not, until something else is measured."""

    def __init__(self) -> None:
        self._dismissed: set[Suggestion] = set()

    def dismiss(self, suggestion: Suggestion) -> None:
        """Hide a suggestion; nothing is stated by that."""
        self._dismissed.add(suggestion)

    def is_dismissed(self, suggestion: Suggestion) -> bool:
        """Tell whether a suggestion was hidden."""
        return suggestion in self._dismissed

    def __call__(self, node: Node) -> bool:
        """Tell whether anything waits at a node."""
        return any(each not in self._dismissed for each in suggestions_of(node))


def _is_suspicious(evidence: Evidence) -> bool:
    # No spike, on voxels that may hide thin ones, is indeterminate: nothing was found, so nothing is suggested.
    is_none = evidence.kind == Kind.SPIKE_COUNT and not evidence.value
    return evidence.evidence_class in SUSPICIOUS and not is_none


def _suggested_by(evidence: Evidence) -> Sequence[FindingKind]:
    if evidence.kind in BY_STRUCTURE:
        found = _finding_of(evidence.structure)
        # Contact with a vein is told; what speaks for the vein's obliteration is measured in its lumen.
        is_vein_contact = evidence.kind == Kind.CONTACT and found is not FindingKind.ARTERY_ENCASEMENT
        return () if is_vein_contact else (found,)
    return SUGGESTS.get(evidence.kind, ())


def _informed_by(evidence: Evidence) -> Sequence[FindingKind]:
    if evidence.kind in INFORMS_BY_STRUCTURE:
        return (_finding_of(evidence.structure),)
    if evidence.kind == Kind.CONTACT and not _suggested_by(evidence):
        return (_finding_of(evidence.structure),)
    return INFORMS.get(evidence.kind, ())


def _finding_of(structure: str | None) -> FindingKind:
    known = structure_for(structure or "")
    return FindingKind.OTHER_STRUCTURE_INVASION if known is None else _finding_of_role(known.role)


def _finding_of_role(role: Role) -> FindingKind:
    return FINDING_OF_ROLE.get(role, FindingKind.OTHER_STRUCTURE_INVASION)


def _spikes_text(rows: Sequence[Evidence]) -> str:
    """Return the number of spikes and the longest of them: of those that are offered, else of the uncertain ones."""
    spikes = [each for each in rows if each.kind == Kind.SPIKE and each.value is not None]
    offered = [each for each in spikes if each.evidence_class is EvidenceClass.MET]
    counted = offered or spikes
    if not counted:
        return _text(rows)
    longest = max(counted, key=lambda each: each.value or 0.0)
    number = "1 spike," if len(counted) == 1 else f"{len(counted)} spikes, longest"
    return f"{number} {evidence_value(longest)}"


def _text(rows: Sequence[Evidence]) -> str:
    first = next((each for each in rows if each.evidence_class is EvidenceClass.MET), rows[0])
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    what = first.structure if first.kind in BY_STRUCTURE and first.value is not None else None
    return f"{evidence_value(first)}, {structure_words(what)}{more}" if what else f"{_what(first)}{more}"


def _line(evidence: Evidence) -> MeasuredLine:
    why = (evidence.method or "").split(";")[0] if evidence.kind in SAYS_WHY else ""
    text = "; ".join(filter(None, (_what(evidence), class_in_words(evidence), spaced(why))))
    return MeasuredLine(text, evidence.method or "", None if evidence.place is None else evidence.place.ras_mm)


def _what(evidence: Evidence) -> str:
    """Return structure, what was measured, and how much."""
    words = WORDS.get(evidence.kind, spaced(evidence.kind))
    structure = f"{structure_words(evidence.structure)}: " if evidence.structure else ""
    return f"{structure}{words} {evidence_value(evidence)}".rstrip()


def structure_words(name: str) -> str:
    """Return a structure as readers say it: ``sternocleidomastoid_left`` as 'left sternocleidomastoid'."""
    known = load_structures().get(name)
    return spaced(name) if known is None else f"{known.label[0].lower()}{known.label[1:]}"


def structures_that_fit(kind: FindingKind, names: Sequence[str], role_of: Callable[[str], Role]) -> tuple[str, ...]:
    """Return the structures, by name, that a finding may concern.

    Parameters
    ----------
    names : of the structures that are segmented.
    role_of : what each of them is.
    """
    wanted = FindingKind.JUGULAR_OBLITERATION if kind is FindingKind.JUGULAR_THROMBUS else kind
    return tuple(name for name in names if role_of(name) is not Role.NODE and _finding_of_role(role_of(name)) is wanted)

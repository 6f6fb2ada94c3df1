"""Coded meaning of a segment, as Slicer stores it in a tag of the segment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """A coded concept (DICOM code triplet)."""

    scheme: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Terminology:
    """Meaning of a segment.

    Attributes
    ----------
    category : such as *Anatomical Structure*.
    kind : such as *Lymph node*.
    kind_modifier : such as *Right*.
    region : where in the body, such as *Neck*.
    """

    category: Code | None = None
    kind: Code | None = None
    kind_modifier: Code | None = None
    region: Code | None = None

    @property
    def is_lymph_node(self) -> bool:
        """Tell whether the segment is coded as a lymph node (SNOMED CT 59441001)."""
        return self.kind is not None and (self.kind.scheme, self.kind.value) == ("SCT", "59441001")


def terminology_from_tags(tags: str) -> Terminology | None:
    """Read the terminology out of a segment's tags (``key:value|key:value|``), or ``None`` when there is none."""
    for tag in tags.split("|"):
        key, _, entry = tag.partition(":")
        if key.strip() in ("TerminologyEntry", "Segmentation.TerminologyEntry"):
            return terminology_from_entry(entry)
    return None


def terminology_from_entry(entry: str) -> Terminology:
    """Read the value of a terminology tag.

    It holds, separated by ``~``: context, category, type, type modifier, anatomic context, region and region
    modifier, each code as ``scheme^value^meaning``.
    """
    parts = [*entry.split("~"), *[""] * 7]
    return Terminology(_code(parts[1]), _code(parts[2]), _code(parts[3]), _code(parts[5]))


def _code(text: str) -> Code | None:
    scheme, value, meaning = [*text.split("^"), "", "", ""][:3]
    return Code(scheme, value, meaning) if scheme and value else None

"""Content items of a structured report, as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_header import is_dicom

from iENEGraderLib.export.dicom.codes import PRIVATE_SCHEME, Concept, Group, concept, word
from iENEGraderLib.export.dicom.exact_text import ras_of, text_of

if TYPE_CHECKING:
    from os import PathLike

    from pydicom import Dataset
    from pydicom.sr.coding import Code

COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34"


@dataclass(frozen=True, eq=False)
class Item:
    """One content item with those below it."""

    data: Dataset

    @property
    def children(self) -> list[Item]:
        """Items below this one."""
        return [Item(each) for each in self.data.get("ContentSequence") or ()]

    @property
    def name(self) -> Concept | None:
        """Concept name."""
        return _first_code(self.data, "ConceptNameCodeSequence")

    @property
    def value_type(self) -> str:
        """Value Type (0040,A040)."""
        return str(self.data.get("ValueType", ""))

    @property
    def code(self) -> Concept | None:
        """Value of a CODE item."""
        return _first_code(self.data, "ConceptCodeSequence")

    @property
    def value(self) -> float | None:
        """Value of a NUM item: the double where there is one, else the decimal string."""
        measured = self.data.get("MeasuredValueSequence")
        if not measured:
            return None
        exact = measured[0].get("FloatingPointValue")
        return float(measured[0].NumericValue if exact is None else exact)

    @property
    def unit(self) -> str | None:
        """Unit of a NUM item."""
        measured = self.data.get("MeasuredValueSequence")
        code = _first_code(measured[0], "MeasurementUnitsCodeSequence") if measured else None
        return None if code is None else code.value

    @property
    def points_ras_mm(self) -> list[list[float]] | None:
        """Points of the coordinates below this item; the text with all digits counts where there is one."""
        exact = self.text("place")
        if exact is not None:
            return triples(exact)
        found = [each.data.GraphicData for each in self.children if each.value_type == "SCOORD3D"]
        return ras_of(found[0]) if found else None

    def below(self, name: Concept | Code) -> list[Item]:
        """Return the items of this concept name directly below."""
        return [each for each in self.children if each.name is not None and _same(each.name, name)]

    def text(self, key: str) -> str | None:
        """Return the text of an item of the table of items; None when there is none."""
        return self.text_of(concept(Group.ITEM, key))

    def text_of(self, name: Concept | Code) -> str | None:
        """Return the text of the item of this concept name; None when there is none."""
        found = self.below(name)
        return text_of(str(found[0].data.get("TextValue", ""))) if found else None

    def word(self, key: str, group: Group) -> str | None:
        """Return the word that a coded item stands for; None when there is no such item.

        Raises
        ------
        InputError
            When the code is none of the group: the report was written by other rules.
        """
        found = self.below(concept(Group.ITEM, key))
        return found[0].word_in(group) if found else None

    def word_in(self, group: Group) -> str:
        """Return the word of a group that the value of this CODE item stands for."""
        answer = word(group, self.code)
        if answer is None:
            shown = "no code" if self.code is None else f"{self.code.value} ({self.code.scheme})"
            raise InputError(f"the report answers {group} with {shown}; expected a code of that group")
        return answer

    def number(self, key: str) -> float | None:
        """Return the value of a NUM item of the table of items; None when there is none."""
        found = self.below(concept(Group.ITEM, key))
        return found[0].value if found else None


def root_of(path: str | PathLike[str]) -> Item:
    """Read a structured report.

    Raises
    ------
    InputError
        When the file is missing, no DICOM, or no structured report of the kind that this program writes.
    """
    import pydicom

    if not is_dicom(path):
        raise InputError(f"{path}: no DICOM file there; expected a structured report")
    try:
        data = pydicom.dcmread(path)
        kind = str(data.get("SOPClassUID", ""))
    except (pydicom.errors.InvalidDicomError, AttributeError, EOFError, TypeError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as DICOM; export or copy the file again") from error
    if kind != COMPREHENSIVE_3D_SR:
        modality = data.get("Modality") or "no modality"
        raise InputError(f"{path}: found {modality}; expected a structured report (Comprehensive 3D SR)")
    return Item(data)


def triples(text: str) -> list[list[float]]:
    """Return the points that a text holds, number by number."""
    try:
        numbers = [float(part) for part in text.split()]
    except ValueError as error:
        raise InputError(f"the report holds coordinates that are no numbers: {text[:40]!r}") from error
    return [numbers[start : start + 3] for start in range(0, len(numbers), 3)]


def _first_code(data: Dataset, keyword: str) -> Concept | None:
    items = data.get(keyword)
    if not items:
        return None
    first = items[0]
    value = first.get("CodeValue") or first.get("LongCodeValue") or first.get("URNCodeValue") or ""
    return Concept(
        str(first.get("CodingSchemeDesignator", PRIVATE_SCHEME)), str(value), str(first.get("CodeMeaning", ""))
    )


def _same(found: Concept, name: Concept | Code) -> bool:
    scheme = name.scheme if isinstance(name, Concept) else name.scheme_designator
    return (found.scheme, found.value) == (scheme, name.value)

"""The unit of a series and the factor to it: real world value mapping, rescale type, then free text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.hounsfield import why_not_hounsfield

from iENEGraderLib.spectral.recognition.series import (
    UNIT_WORDS,
    About,
    Confidence,
    Decision,
    Question,
    SeriesKind,
    ValueUnit,
)
from iENEGraderLib.spectral.recognition.units import stated_unit
from iENEGraderLib.spectral.recognition.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.spectral.recognition.header import SeriesHeader
    from iENEGraderLib.spectral.recognition.words import Words

RESCALE_TYPE = "Rescale Type (0028,1054)"
MAPPING = "Real World Value Mapping (0040,9096)"
EXPECTED = {
    SeriesKind.MONOCHROMATIC: ValueUnit.HU,
    SeriesKind.VIRTUAL_NON_CONTRAST: ValueUnit.HU,
    SeriesKind.CONVENTIONAL: ValueUnit.HU,
    SeriesKind.ENERGY_BIN: ValueUnit.HU,
    SeriesKind.IODINE_MAP: ValueUnit.MG_PER_ML,
}
"""Unit that maps can be made from."""


@dataclass(frozen=True)
class UnitFinding:
    """The unit, the conversion to it, where it stands, and what is wrong with it."""

    unit: ValueUnit = ValueUnit.UNKNOWN
    scale: float = 1.0
    offset: float = 0.0
    decision: Decision | None = None
    question: Question | None = None
    warnings: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where the unit stands."""
        return self.decision.source if self.decision else ""

    @property
    def said(self) -> str:
        """What stands there."""
        return self.decision.said if self.decision else ""


def unit_mismatch(kind: SeriesKind, unit: ValueUnit) -> Question | None:
    """Ask for the unit when a series of this kind cannot be used in this one."""
    expected = EXPECTED.get(kind)
    if expected is None or unit is expected:
        return None
    text = f"a series of the kind {kind.replace('_', ' ')} in {_in_words(unit)}, expected {_in_words(expected)}"
    if kind is SeriesKind.IODINE_MAP and unit is ValueUnit.HU:
        text += ": enhancement in HU is no concentration; export the iodine density in mg/mL"
    return Question(About.UNIT, text)


def find_unit(header: SeriesHeader, kind: SeriesKind, texts: Sequence[str]) -> UnitFinding:
    """Find the unit of a series of this kind; ``question`` says why it cannot be used."""
    if len(header.rescale_types) > 1:
        return _open(f"its images differ in {RESCALE_TYPE}: {', '.join(header.rescale_types)}")
    found = _by_mapping(header) or _by_rescale_type(header) or _by_text(texts) or _by_silence(header)
    return _checked(found, kind, texts)


def unit_of_volume(words: Words, image: Image) -> UnitFinding:
    """Find the unit of a volume without header: by its name, or HU when its values look like those of a CT."""
    kind = words.kind[0] if words.kind else SeriesKind.UNKNOWN
    found = _by_text([words.unit] if words.unit else [])
    if found is None and (kind is SeriesKind.UNKNOWN or EXPECTED.get(kind) is ValueUnit.HU):
        reason = why_not_hounsfield(image)
        if reason:
            return _open(f"its values do not look like HU: {reason}; add :unit=HU if they are")
        found = UnitFinding(ValueUnit.HU, decision=_decision(ValueUnit.HU, "its values", "", Confidence.DESCRIBED))
    if found is None:
        found = _open("the unit of its values is not known; add :unit=mg/mL or :unit=100ug/cm3")
    return _checked(found, kind, [])


def _by_mapping(header: SeriesHeader) -> UnitFinding | None:
    mapping = header.mapping
    unit = stated_unit(mapping.unit) if mapping else None
    if mapping is None or unit is None:
        return None
    slope, intercept = header.rescales[0]
    if len(header.rescales) > 1 and (mapping.slope, mapping.intercept) != (slope, intercept):
        return _open(f"its images differ in rescale slope beside one {MAPPING}")
    # The pixels come rescaled: value = (rescaled - intercept) / slope * mapping slope + mapping intercept.
    scale = mapping.slope / slope * unit.factor
    offset = mapping.intercept * unit.factor - intercept * scale
    return UnitFinding(unit.unit, scale, offset, _decision(unit.unit, MAPPING, mapping.unit, Confidence.STATED))


def _by_rescale_type(header: SeriesHeader) -> UnitFinding | None:
    written = header.rescale_types[0] if header.rescale_types else ""
    unit = stated_unit(written)
    if unit is None:
        return None
    decision = _decision(unit.unit, RESCALE_TYPE, written, Confidence.STATED)
    return UnitFinding(unit.unit, unit.factor, 0.0, decision, _doubt(written) if unit.doubtful else None)


def _by_text(texts: Sequence[str]) -> UnitFinding | None:
    for text in texts:
        written = words_of(text).unit
        unit = stated_unit(written)
        if written and unit:
            decision = _decision(unit.unit, "a description", written, Confidence.DESCRIBED)
            return UnitFinding(unit.unit, unit.factor, 0.0, decision, _doubt(written) if unit.doubtful else None)
    return None


def _by_silence(header: SeriesHeader) -> UnitFinding:
    """Without a rescale type the values of a CT are HU, says the standard (PS3.3 C.8.2.1)."""
    if header.modality == "CT" and not header.rescale_types and not header.image_type[3:]:
        return UnitFinding(ValueUnit.HU, decision=_decision(ValueUnit.HU, RESCALE_TYPE, "absent", Confidence.DESCRIBED))
    written = header.rescale_types[0] if header.rescale_types else "nothing"
    return _open(
        f"the unit of its values is not known, {RESCALE_TYPE} says {written}; add it behind the path, as in "
        ":unit=HU or :unit=mg/mL"
    )


def _checked(found: UnitFinding, kind: SeriesKind, texts: Sequence[str]) -> UnitFinding:
    """Compare the unit with what such a series must have, and with what descriptions say."""
    expected = EXPECTED.get(kind)
    if found.question or expected is None:
        return found
    mismatch = unit_mismatch(kind, found.unit)
    if mismatch:
        return replace(found, question=mismatch)
    described = [unit for text in texts if (unit := stated_unit(words_of(text).unit))]
    if any(each.doubtful for each in described) and found.scale == 1.0:
        return replace(found, question=_doubt("100 ug/cm3, in a description"))
    return found


def _decision(unit: ValueUnit, source: str, said: str, confidence: Confidence) -> Decision:
    return Decision("unit", _in_words(unit), source, said, confidence)


def _in_words(unit: ValueUnit) -> str:
    return UNIT_WORDS.get(unit, unit.value)


def _open(text: str) -> UnitFinding:
    return UnitFinding(question=Question(About.UNIT, text))


def _doubt(written: str) -> Question:
    text = (
        f"the unit is {written}, which is 0.1 mg/mL: exporters differ on whether the values are steps of it or mg/mL "
        "already; add :unit=100ug/cm3 behind the path to have them multiplied by 0.1, or :unit=mg/mL to take them as "
        "they are"
    )
    return Question(About.FACTOR, text)

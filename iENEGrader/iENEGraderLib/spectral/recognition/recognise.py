"""Tell what a series is from what its headers say: standard attributes first, free text last, and no guess.

The order is that of what can be relied on: Monoenergetic Energy Equivalent, Image Type value 4 (both Supplement 188),
units of the values, series description, private label. What none of them says, the user must.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.spectral.recognition.contrast_role import contrast_contradiction, contrast_decisions
from iENEGraderLib.spectral.recognition.series import (
    NO_ENERGY,
    About,
    Confidence,
    ContrastRole,
    Decision,
    Question,
    RecognisedSeries,
    SeriesKind,
    ValueUnit,
)
from iENEGraderLib.spectral.recognition.unit_decision import UnitFinding, find_unit, unit_of_volume
from iENEGraderLib.spectral.recognition.words import words_of

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.spectral.recognition.header import SeriesHeader

ENERGY_EQUIVALENT = "Monoenergetic Energy Equivalent (0018,937C)"
IMAGE_TYPE = "Image Type (0008,0008) value 4"
DESCRIPTION = "Series Description (0008,103E)"
PRIVATE_LABEL = "private Image Label (00E1,1040)"
PRIVATE_ENERGY = "private attribute (01F7,10CB)"
VOLTAGE = "KVP (0018,0060)"
BIN = "Nominal Min and Max Energy (0018,9375), (0018,9374) of a photon counter"
MATERIALS = "Material Code Sequence (0018,937D)"
FILE_NAME = "file name"
IMAGE_TYPES = {
    "VMI": SeriesKind.MONOCHROMATIC,
    "MAT_REMOVED": SeriesKind.VIRTUAL_NON_CONTRAST,
    "MAT_MODIFIED": SeriesKind.OTHER,
    "MAT_FRACTIONAL": SeriesKind.OTHER,
    "MAT_VALUE_BASED": SeriesKind.OTHER,
    "EFF_ATOMIC_NUM": SeriesKind.EFFECTIVE_Z,
    "ELECTRON_DENSITY": SeriesKind.ELECTRON_DENSITY,
}
"""PS3.3 C.8.2.1.1.1; MAT_SPECIFIC is left out, since it needs the material as well."""
UNIT_KINDS = {
    ValueUnit.EFFECTIVE_Z: SeriesKind.EFFECTIVE_Z,
    ValueUnit.ELECTRON_DENSITY: SeriesKind.ELECTRON_DENSITY,
}
BASE_IMAGE = "SBI"
"""Image Type value 3 of Philips."""
ENCODED = (
    "a spectral base image, which only the software of its maker decodes; export monochromatic series or an iodine map "
    "from it"
)
WITH_ENERGY = (SeriesKind.MONOCHROMATIC, SeriesKind.VIRTUAL_NON_CONTRAST)
"""Kinds whose energy is told; it is a property of the image only for the first."""
NOISE_REDUCED = "noise-reduced, to be looked at: values of small structures differ; give the plain series to measure"
SAY_IT = "say what it is behind the path, as in :keV=50, :kind=iodine or :kind=conventional,kV=80"


@dataclass(frozen=True)
class FreeText:
    """A text of the header and where it stands."""

    source: str
    text: str


def recognise(header: SeriesHeader) -> RecognisedSeries:
    """Tell what a DICOM series is.

    Parameters
    ----------
    header : what its images say.
    """
    texts = [FreeText(DESCRIPTION, text) for text in header.descriptions]
    if header.private_label:
        texts.append(FreeText(PRIVATE_LABEL, header.private_label))
    kind = _kind(header, texts)
    energies = _energies(header, texts) if kind and kind.value in WITH_ENERGY else []
    unit = find_unit(header, SeriesKind(kind.value) if kind else SeriesKind.UNKNOWN, [text.text for text in texts])
    return _assembled(header, kind, energies, unit)


def recognise_volume(name: str, image: Image) -> RecognisedSeries:
    """Tell what a volume without a DICOM header is, as far as its file name and its values say it.

    Parameters
    ----------
    name : of the file.
    image : the volume.
    """
    words = words_of(name)
    unit = unit_of_volume(words, image)
    decisions = [unit.decision] if unit.decision else []
    role = words.contrast[0] if words.contrast else None
    if words.contrast:
        decisions.append(Decision("contrast", words.contrast[0], FILE_NAME, words.contrast[1], Confidence.DESCRIBED))
    if words.kind is None:
        question = Question(About.KIND, f"neither its format nor its name says what it is; {SAY_IT}")
        return RecognisedSeries(
            SeriesKind.UNKNOWN, unit.unit, contrast=role, decisions=tuple(decisions), questions=(question,)
        )
    kind, said = words.kind
    energies = [_energy(energy, FILE_NAME, said) for energy, said in words.energies_kev]
    shown = energies[:1] if kind in WITH_ENERGY else []
    open_energy = _energy_question(kind, energies)
    return RecognisedSeries(
        kind,
        unit.unit,
        energy_kev=None if open_energy else _first_energy(kind, energies),
        scale=unit.scale,
        contrast=role,
        decisions=(Decision("kind", kind, FILE_NAME, said, Confidence.DESCRIBED), *shown, *decisions),
        warnings=(NOISE_REDUCED,) if words.noise_reduced else (),
        questions=_asked(open_energy, unit.question),
    )


def _kind(header: SeriesHeader, texts: list[FreeText]) -> Decision | None:
    if BASE_IMAGE in header.image_type:
        return None
    return (
        _kind_by_supplement_188(header)
        or _kind_by_unit(header)
        or _kind_by_text(texts)
        or _kind_by_tube_voltage(header)
    )


def _kind_by_supplement_188(header: SeriesHeader) -> Decision | None:
    type_4 = header.image_type[3].upper() if len(header.image_type) > 3 else ""
    if header.energies_kev and type_4 not in IMAGE_TYPES:
        said = f"{header.energies_kev[0]:g}"
        return Decision("kind", SeriesKind.MONOCHROMATIC, ENERGY_EQUIVALENT, said, Confidence.STATED)
    if type_4 in IMAGE_TYPES:
        return Decision("kind", IMAGE_TYPES[type_4], IMAGE_TYPE, type_4, Confidence.STATED)
    if type_4 == "MAT_SPECIFIC" and (only := _only_material(header)):
        kind = SeriesKind.IODINE_MAP if only.lower() == "iodine" else SeriesKind.OTHER
        return Decision("kind", kind, f"{IMAGE_TYPE} and {MATERIALS}", f"{type_4}, {only}", Confidence.STATED)
    return None


def _kind_by_unit(header: SeriesHeader) -> Decision | None:
    found = find_unit(header, SeriesKind.UNKNOWN, [])
    if found.unit not in UNIT_KINDS:
        return None
    return Decision("kind", UNIT_KINDS[found.unit], found.source, found.said, Confidence.STATED)


def _kind_by_text(texts: list[FreeText]) -> Decision | None:
    for text in texts:
        if found := words_of(text.text).kind:
            return Decision("kind", found[0], text.source, found[1], Confidence.DESCRIBED)
    return None


def _kind_by_tube_voltage(header: SeriesHeader) -> Decision | None:
    """A CT in HU of one tube voltage, of which nothing says that it was computed."""
    is_plain = header.modality == "CT" and len(header.image_type) < 4 and len(header.tube_voltages_kv) == 1
    if not is_plain or find_unit(header, SeriesKind.UNKNOWN, []).unit is not ValueUnit.HU:
        return None
    if header.bin_kev is not None:
        said = f"{header.bin_kev[0]:g}-{header.bin_kev[1]:g}"
        return Decision("kind", SeriesKind.ENERGY_BIN, BIN, said, Confidence.STATED)
    return Decision("kind", SeriesKind.CONVENTIONAL, VOLTAGE, f"{header.tube_voltages_kv[0]:g}", Confidence.DESCRIBED)


def _only_material(header: SeriesHeader) -> str | None:
    """Return the material of a specific image; a basis pair does not tell which of the two is shown."""
    return header.materials[0] if len(header.materials) == 1 else None


def _energy(energy: float, source: str, said: str, confidence: Confidence = Confidence.DESCRIBED) -> Decision:
    return Decision("energy", f"{energy:g} keV", source, said, confidence)


def _energies(header: SeriesHeader, texts: list[FreeText]) -> list[Decision]:
    """Everything that the header says about the energy, the most reliable first."""
    found = [_energy(e, ENERGY_EQUIVALENT, f"{e:g}", Confidence.STATED) for e in header.energies_kev]
    for text in texts:
        found += [_energy(energy, text.source, said) for energy, said in words_of(text.text).energies_kev]
    if found and header.private_energy_kev is not None:
        found.append(_energy(header.private_energy_kev, PRIVATE_ENERGY, f"{header.private_energy_kev:g}"))
    return found


def _asked(*questions: Question | None) -> tuple[Question, ...]:
    return tuple(question for question in questions if question is not None)


def _energy_question(kind: SeriesKind, energies: list[Decision]) -> Question | None:
    """Say why the energy is not known; a standard attribute outweighs free text, free text must agree."""
    if kind is not SeriesKind.MONOCHROMATIC:
        return None
    if not energies:
        return Question(About.ENERGY, NO_ENERGY)
    best = [each for each in energies if each.confidence is energies[0].confidence]
    if len({each.value for each in best}) > 1:
        listed = " and ".join(f"{each.value} ({each.source})" for each in best)
        return Question(About.ENERGY, f"it says {listed}; add the right energy behind the path, as in :keV=50")
    return None


def _first_energy(kind: SeriesKind, energies: list[Decision]) -> float | None:
    return float(energies[0].value.split()[0]) if energies and kind is SeriesKind.MONOCHROMATIC else None


def _assembled(
    header: SeriesHeader, kind: Decision | None, energies: list[Decision], unit: UnitFinding
) -> RecognisedSeries:
    what = SeriesKind(kind.value) if kind else SeriesKind.UNKNOWN
    decisions = [kind] if kind else []
    decisions += energies[:1]
    if what in (SeriesKind.CONVENTIONAL, SeriesKind.ENERGY_BIN) and len(header.tube_voltages_kv) == 1:
        said = f"{header.tube_voltages_kv[0]:g}"
        decisions.append(Decision("tube voltage", f"{said} kV", VOLTAGE, said, Confidence.STATED))
    if unit.decision:
        decisions.append(unit.decision)
    contrast = contrast_decisions(header)
    contradiction = contrast_contradiction(contrast)
    if contrast and not contradiction:
        decisions.append(contrast[0])
    silence = ENCODED if BASE_IMAGE in header.image_type else f"no attribute says what it is; {SAY_IT}"
    open_kind = None if kind else Question(About.KIND, silence)
    open_energy = _energy_question(what, energies)
    voltages = header.tube_voltages_kv
    return RecognisedSeries(
        kind=what,
        unit=unit.unit,
        energy_kev=None if open_energy else _first_energy(what, energies),
        tube_voltage_kv=voltages[0] if len(voltages) == 1 else None,
        bin_kev=header.bin_kev,
        scale=unit.scale,
        offset=unit.offset,
        kernel=header.kernels[0] if len(header.kernels) == 1 else None,
        frame_of_reference=header.frames_of_reference[0] if len(header.frames_of_reference) == 1 else None,
        slice_thickness_mm=header.slice_thickness_mm,
        contrast=ContrastRole(contrast[0].value) if contrast and not contradiction else None,
        contrast_ingredients=header.contrast_ingredients,
        decisions=tuple(decisions),
        warnings=(
            *_contradictions(energies),
            *([contradiction] if contradiction else ()),
            *unit.warnings,
            *_smoothed(header),
        ),
        questions=_asked(open_kind, open_energy, unit.question),
    )


def _smoothed(header: SeriesHeader) -> list[str]:
    return [NOISE_REDUCED] if any(words_of(text).noise_reduced for text in header.descriptions) else []


def _contradictions(energies: list[Decision]) -> list[str]:
    return [
        f"{other.source} says {other.value}, {energies[0].source} says {energies[0].value}, which was taken"
        for other in energies[1:]
        if other.value != energies[0].value and other.confidence is not energies[0].confidence
    ]

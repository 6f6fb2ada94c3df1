"""What free text says: series descriptions and private labels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iENEGraderLib.spectral.recognition.series import ContrastRole, SeriesKind

ENERGY = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d+)?)[\s_-]?keV", re.IGNORECASE)
UNIT = re.compile(r"HU\b|mg\s*/\s*(?:ml|cc|cm3)|100\s*(?:ug|\u00b5g|\u03bcg|mcg)\s*/\s*(?:cm3|cc|ml)", re.IGNORECASE)
BEFORE = re.compile(
    r"\b(?:native?|unenhanced|non[\s_-]?enhanced|n[ce]ct|(?:pre|non|without|w/o|no)[\s_-]*(?:contrast|contr|cm|km|ce)|"
    r"pre[\s_-]?(?:iv|injection))\b",
    re.IGNORECASE,
)
AFTER = re.compile(
    r"\b(?:post[\s_-]*(?:contrast|contr|cm|km|iv|injection)|(?:with|w/)[\s_-]*(?:contrast|contr|cm|km)|enhanced|cect|"
    r"arterial|venous|portal|delayed)\b",
    re.IGNORECASE,
)
NOISE_REDUCED = re.compile(r"noise[\s_-]*(?:reduced|optimi[sz]ed)", re.IGNORECASE)
KINDS = (
    # Water(Iodine) is what is left beside iodine: density of water, no HU; Iodine(Water) is iodine.
    (SeriesKind.OTHER, re.compile(r"water\s*\(\s*iodine\s*\)|(?<![a-z])(?:fat|calcium|uric)(?![a-z])", re.IGNORECASE)),
    (SeriesKind.VIRTUAL_NON_CONTRAST, re.compile(r"\bvnc\b|virtual[\s_-]*non|\bvue\b", re.IGNORECASE)),
    (SeriesKind.IODINE_MAP, re.compile(r"iodine", re.IGNORECASE)),
    (SeriesKind.EFFECTIVE_Z, re.compile(r"\bz[\s_-]?eff|\beff(?:ective)?[\s_-]*(?:z\b|atomic)", re.IGNORECASE)),
    (SeriesKind.ELECTRON_DENSITY, re.compile(r"electron\s*density|\brho\b", re.IGNORECASE)),
    (SeriesKind.MONOCHROMATIC, re.compile(r"mono[a-z]*|\bvmi\b|\bvme\b", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Words:
    """What a text says; each part with the words that say it, or ``None``."""

    kind: tuple[SeriesKind, str] | None
    energies_kev: tuple[tuple[float, str], ...]
    unit: str | None
    contrast: tuple[ContrastRole, str] | None = None
    noise_reduced: bool = False


def words_of(text: str) -> Words:
    """Read kind, energies and unit from free text.

    A text with an energy in keV and no other kind describes a monochromatic image.
    """
    energies = tuple(dict.fromkeys((float(found[1]), found[0]) for found in ENERGY.finditer(text)))
    distinct = tuple({energy: (energy, said) for energy, said in reversed(energies)}.values())[::-1]
    kind = next(((kind, found[0]) for kind, pattern in KINDS if (found := pattern.search(text))), None)
    if kind is None and distinct:
        kind = (SeriesKind.MONOCHROMATIC, distinct[0][1])
    unit = UNIT.search(text)
    return Words(kind, distinct, unit[0] if unit else None, _contrast(text), bool(NOISE_REDUCED.search(text)))


def _contrast(text: str) -> tuple[ContrastRole, str] | None:
    """Return what a text says of the contrast agent; nothing when it says both, or speaks of a virtual image."""
    if re.search(r"virtual|\bvnc\b|\bvue\b", text, re.IGNORECASE):
        return None
    before = BEFORE.search(text)
    after = AFTER.search(BEFORE.sub("", text))
    if bool(before) == bool(after):
        return None
    return (ContrastRole.BEFORE, before[0]) if before else (ContrastRole.AFTER, after[0] if after else "")

"""Kinds of measured evidence, and the words that go with them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from iENEGraderLib.measure.fat_view import CT
from iENEGraderLib.reading import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iENEGraderLib.measure.preferences import Preference
    from iENEGraderLib.reading import Evidence


class Kind(StrEnum):
    """Kinds of evidence beyond size, side and height. Values stand in reading documents: never rename them."""

    LEVEL = "proposed_level"
    SPIKE_COUNT = "fat_spikes"
    SPIKE = "spike_length"
    STRANDING = "fat_stranding"
    CONTACT = "contact_angle"
    ENCASED_LENGTH = "encased_length"
    BIFURCATION = "bifurcation_contact"
    FAT_PLANE = "fat_plane_lost"
    VEIN = "vein_least_area"
    VEIN_TO_OTHER_SIDE = "vein_area_to_other_side"
    OBLITERATION = "jugular_obliteration"
    FILLING_DEFECT = "jugular_filling_defect"
    COALESCENCE = "coalescence"
    FAT_PLANE_BETWEEN = "fat_plane_lost_between_nodes"
    CONVEXITY = "contact_patch"
    NOTCH = "notch_angle"
    INFILTRATION = "infiltration_depth"
    SKIN = "skin_thickness_ratio"
    NERVE = "nerve_signs"


class PerfusionKind(StrEnum):
    """Kinds of evidence from perfusion MRI, which no rule reads and no measurement of the case replaces."""

    KTRANS = "perfusion_ktrans"
    KEP = "perfusion_kep"
    VE = "perfusion_ve"
    VP = "perfusion_vp"


PERFUSION_LABEL = "not recommended for N staging"
"""Stands with every result of perfusion (Romeo et al. 2022, statement 2)."""

MEASURED_IN = "measured in the {}"


def with_thresholds(
    words: str, preferences: Sequence[Preference], warnings: Iterable[str] = (), source: str = ""
) -> str:
    """Return a method with its warnings and with the thresholds that it used and that no publication gives.

    Parameters
    ----------
    source : image that the values were taken from; named unless it is the CT.
    """
    parts = [words, *warnings]
    if source not in ("", CT):
        parts.append(MEASURED_IN.format(source))
    if preferences:
        listed = ", ".join(f"{row.name} {row.value:g}" for row in preferences)
        parts.append(f"thresholds without a published basis: {listed}")
    return "; ".join(parts)


def is_measured_in(source: str, evidence: Evidence) -> bool:
    """Tell whether the method of evidence names an image other than the CT that its values were taken from."""
    return MEASURED_IN.format(source) in (evidence.method or "")


def evidence_place(ras_mm: Sequence[float] | None) -> Place | None:
    """Return a place to a tenth of a millimetre."""
    if ras_mm is None:
        return None
    right, anterior, superior = (round(float(x), 1) + 0.0 for x in ras_mm)
    return Place((right, anterior, superior))

"""Signs that a region holds what the recommendation asks to leave out: necrosis, cysts, vessels, hemorrhage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.preferences import read_preferences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.floating]

LIMITS = Path(__file__).with_name("cautions.toml")


class CautionKind(StrEnum):
    """What the region may hold."""

    NECROSIS_OR_CYST = "necrosis_or_cyst"
    VESSEL = "vessel"
    HEMORRHAGE = "hemorrhage"
    NO_VALUE = "no_value"

    @property
    def shown(self) -> str:
        """Words for users."""
        return self.value.replace("_", " ")

    @property
    def limit(self) -> str:
        """Name of the share from which it is suspected."""
        return {
            CautionKind.NECROSIS_OR_CYST: "unenhancing_share",
            CautionKind.VESSEL: "vessel_share",
            CautionKind.HEMORRHAGE: "short_t1_share",
            CautionKind.NO_VALUE: "failed_share",
        }[self]


class Finding(StrEnum):
    """Outcome of one check; a check whose maps are missing is never passed."""

    CLEAR = "clear"
    SUSPECTED = "suspected"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class RegionMaps:
    """Maps over the voxels of one region (n_voxels,), NaN without a value; None when a map is not at hand.

    Attributes
    ----------
    relative_enhancement : greatest enhancement as a share of the baseline.
    time_to_peak_s : from the arrival of the bolus.
    vp : plasma volume fraction.
    t1_s : T1 before contrast.
    has_value : whether the fit yielded values.
    """

    relative_enhancement: Values | None = None
    time_to_peak_s: Values | None = None
    vp: Values | None = None
    t1_s: Values | None = None
    has_value: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class RegionCaution:
    """One check: how many voxels speak for it and where, as a share of those that can be judged, and a sentence."""

    kind: CautionKind
    finding: Finding
    voxels: int
    share: float
    sentence: str
    where: NDArray[np.bool_] | None


def region_cautions(maps: RegionMaps) -> tuple[RegionCaution, ...]:
    """Check a region for unenhancing tissue, vessels, short T1 and voxels without a value.

    Raises
    ------
    InputError
        When the maps cover different numbers of voxels, or none.
    """
    sizes = {values.size for values in vars(maps).values() if values is not None}
    if len(sizes) > 1 or 0 in sizes:
        raise InputError(f"the region's maps cover {sorted(sizes)} voxels; expected the same number in each")
    return _necrosis(maps), _vessel(maps), _hemorrhage(maps), _no_value(maps)


def _necrosis(maps: RegionMaps) -> RegionCaution:
    kind, limits = CautionKind.NECROSIS_OR_CYST, read_preferences(LIMITS)
    if maps.relative_enhancement is None:
        return _unchecked(kind, "no map of enhancement")
    found = maps.relative_enhancement < limits.value("unenhancing_relative")
    if maps.t1_s is not None:
        found = found | (maps.t1_s > limits.value("fluid_t1_s"))
    text = "do not enhance or are fluid: necrosis or a cyst may lie in the region"
    return _checked(kind, found, np.isfinite(maps.relative_enhancement), text)


def _vessel(maps: RegionMaps) -> RegionCaution:
    kind, limits = CautionKind.VESSEL, read_preferences(LIMITS)
    signs, known = [], []
    if maps.vp is not None:
        signs.append(maps.vp > limits.value("vessel_vp"))
        known.append(np.isfinite(maps.vp))
    if maps.relative_enhancement is not None and maps.time_to_peak_s is not None:
        strong = maps.relative_enhancement > limits.value("vessel_relative")
        signs.append(strong & (maps.time_to_peak_s <= limits.value("vessel_early_s")))
        known.append(np.isfinite(maps.relative_enhancement))
    if not signs:
        return _unchecked(kind, "no map of vp, nor of enhancement and its time to peak")
    text = f"have vp above {limits.value('vessel_vp'):g} or enhance as early and strongly as a vessel"
    return _checked(kind, np.logical_or.reduce(signs), np.logical_or.reduce(known), text)


def _hemorrhage(maps: RegionMaps) -> RegionCaution:
    if maps.t1_s is None:
        return _unchecked(CautionKind.HEMORRHAGE, "no T1 map before contrast")
    short_s = read_preferences(LIMITS).value("short_t1_s")
    text = f"have T1 below {short_s:g} s before contrast: blood products or fat may lie in the region"
    return _checked(CautionKind.HEMORRHAGE, maps.t1_s < short_s, np.isfinite(maps.t1_s), text)


def _no_value(maps: RegionMaps) -> RegionCaution:
    if maps.has_value is None:
        return _unchecked(CautionKind.NO_VALUE, "the status of the fit is not at hand")
    every = np.ones_like(maps.has_value)
    return _checked(CautionKind.NO_VALUE, ~maps.has_value, every, "have no value; the summary speaks for the rest only")


def _unchecked(kind: CautionKind, why: str) -> RegionCaution:
    return RegionCaution(kind, Finding.NOT_CHECKED, 0, 0.0, f"{kind.shown}: not checked, {why}", None)


def _checked(kind: CautionKind, where: NDArray[np.bool_], known: NDArray[np.bool_], text: str) -> RegionCaution:
    """Judge the share among the voxels that can be judged; none of them is no pass."""
    judged = int(np.count_nonzero(known | where))
    if judged == 0:
        return _unchecked(kind, "no voxel of the region has a value to judge by")
    count = int(np.count_nonzero(where))
    share = count / judged
    if share > read_preferences(LIMITS).value(kind.limit):
        sentence = f"{kind.shown}: {count} of {judged} voxels ({share:.0%}) {text}"
        return RegionCaution(kind, Finding.SUSPECTED, count, share, sentence, where)
    sentence = f"{kind.shown}: no sign of it ({count} of {judged} voxels)"
    return RegionCaution(kind, Finding.CLEAR, count, share, sentence, where)

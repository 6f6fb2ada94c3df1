"""Change of a regional value between two visits, beside the change that the method alone may cause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.preferences import read_preferences
from PWIProtocolLib.roi.map_kinds import map_kind

if TYPE_CHECKING:
    from PWIProtocolLib.preferences import Preference

LIMITS = Path(__file__).with_name("repeatability.toml")


class ChangeVerdict(StrEnum):
    """What a change says."""

    BEYOND_REPEATABILITY = "beyond_repeatability"
    WITHIN_REPEATABILITY = "within_repeatability"
    NO_LIMIT_KNOWN = "no_limit_known"


@dataclass(frozen=True)
class Change:
    """Change of one map's regional value.

    Attributes
    ----------
    before, after, difference : in the unit of the map.
    relative : difference as a share of the first value; None when that is zero.
    limit : repeatability with its source; None when none is known for this map.
    verdict, sentence : the comparison, for users.
    """

    name: str
    before: float
    after: float
    difference: float
    relative: float | None
    limit: Preference | None
    verdict: ChangeVerdict
    sentence: str


def change_between_visits(name: str, before: float, after: float) -> Change:
    """Compare the regional value (median, say) of one map at two visits with the repeatability of the method.

    Parameters
    ----------
    name : kind of the map, such as ``ktrans_per_min``.
    before, after : values of the same statistic over the same region, in the unit of the map.

    Raises
    ------
    InputError
        When a value is not a finite number or there is no such map.
    """
    kind = map_kind(name)
    if not np.isfinite(before) or not np.isfinite(after):
        raise InputError(f"{kind.title}: values {before} and {after} at the two visits; expected two finite numbers")
    difference = after - before
    relative = difference / abs(before) if before else None
    limit = next((row for row in read_preferences(LIMITS).rows if row.name == name), None)
    verdict = _verdict(relative, limit)
    unit = "" if kind.unit == "1" else f" {kind.unit}"
    share = "" if relative is None else f" ({relative:+.0%})"
    sentence = f"{kind.title} changed from {before:.3g} to {after:.3g}{unit}{share}; {_comparison(verdict, limit)}"
    return Change(name, before, after, difference, relative, limit, verdict, sentence)


def _verdict(relative: float | None, limit: Preference | None) -> ChangeVerdict:
    if limit is None or relative is None:
        return ChangeVerdict.NO_LIMIT_KNOWN
    beyond = abs(relative) > limit.value
    return ChangeVerdict.BEYOND_REPEATABILITY if beyond else ChangeVerdict.WITHIN_REPEATABILITY


def _comparison(verdict: ChangeVerdict, limit: Preference | None) -> str:
    if limit is None or verdict is ChangeVerdict.NO_LIMIT_KNOWN:
        return "no repeatability limit applies, so it cannot be told from the scatter of the method"
    word = "more" if verdict is ChangeVerdict.BEYOND_REPEATABILITY else "no more"
    return f"{word} than the repeatability of {limit.value:.0%} ({limit.source})"

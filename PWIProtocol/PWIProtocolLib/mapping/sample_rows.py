"""The samples of an arterial curve as a table: what was measured, and what a reader made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.mapping.aif_edits import SAME_TIME_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.mapping.arterial_curve import Arterial


class SampleState(StrEnum):
    """What became of a sample."""

    MEASURED = "measured"
    CORRECTED = "corrected"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class SampleRow:
    """A sample of an arterial curve; concentrations in plasma.

    Attributes
    ----------
    time_s : when it was measured.
    measured_mM : as measured or given.
    corrected_mM : as the reader set it, before baseline and height; None when it was not.
    used_mM : as the curve passes through it; None when it is left out.
    """

    time_s: float
    measured_mM: float
    state: SampleState
    corrected_mM: float | None = None
    used_mM: float | None = None


def sample_rows(arterial: Arterial) -> tuple[SampleRow, ...]:
    """Return a row for each sample, by time; none for a population average."""
    if arterial.sampled_s is None or arterial.sampled_mM is None or arterial.used_mM is None:
        return ()
    edits, rows, at = arterial.edits, [], 0
    for time_s, measured in zip(arterial.sampled_s, arterial.sampled_mM, strict=True):
        own = [each.mM for each in edits.corrected if abs(each.time_s - time_s) <= SAME_TIME_S]
        is_out = _is_in(float(time_s), edits.removed_s)
        state = SampleState.CORRECTED if own else SampleState.MEASURED
        used = None if is_out else float(arterial.used_mM[at])
        at += not is_out
        rows.append(
            SampleRow(
                float(time_s), float(measured), SampleState.LEFT_OUT if is_out else state, own[0] if own else None, used
            )
        )
    return tuple(rows)


def _is_in(time_s: float, times_s: Sequence[float]) -> bool:
    return bool(times_s) and float(np.abs(np.asarray(times_s) - time_s).min()) <= SAME_TIME_S

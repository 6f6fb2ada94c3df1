"""Why a voxel has a value, a value at a limit, or none."""

from __future__ import annotations

from enum import IntEnum

FIRST_WITHOUT_VALUE = 20


class VoxelStatus(IntEnum):
    """Outcome for one voxel, stored as an unsigned byte beside the maps.

    From 1 to 19 a limit is active: the values are the best ones within the limits. From 20 on there is no value.
    """

    FITTED = 0
    VP_AT_ZERO = 1
    VP_AT_LIMIT = 2
    VE_AT_LIMIT = 3
    KTRANS_AT_ZERO = 4
    KEP_AT_LIMIT = 5
    DELAY_AT_LIMIT = 6
    T1_AT_LIMIT = 7
    PS_AT_ZERO = 8
    NOT_COMPUTED = FIRST_WITHOUT_VALUE
    NOT_FINITE = 21
    CONSTANT = 22
    NEGATIVE = 23
    SATURATED = 24
    ZERO_BASELINE = 25
    NO_T1 = 26

    @property
    def has_value(self) -> bool:
        """Whether the maps hold numbers there."""
        return self < FIRST_WITHOUT_VALUE

    @property
    def meaning(self) -> str:
        """A sentence for users."""
        return MEANINGS[self]


MEANINGS = {
    VoxelStatus.FITTED: "fitted, no limit active",
    VoxelStatus.VP_AT_ZERO: "the best fit has no plasma volume (vp = 0)",
    VoxelStatus.VP_AT_LIMIT: "the best fit has vp at its upper limit: a vessel, or an arterial curve that is too low",
    VoxelStatus.VE_AT_LIMIT: "the best fit has ve at its upper limit: washout is slower than the model allows",
    VoxelStatus.KTRANS_AT_ZERO: "the best fit has no transfer (Ktrans = 0), so kep and ve are not defined",
    VoxelStatus.KEP_AT_LIMIT: "kep lies at an end of its range: the curve does not tell it",
    VoxelStatus.DELAY_AT_LIMIT: "the delay lies at an end of its range",
    VoxelStatus.T1_AT_LIMIT: "T1 lies at an end of its range: the flip angles do not tell it",
    VoxelStatus.PS_AT_ZERO: "the best fit has a single compartment (PS = 0), so ve is not defined",
    VoxelStatus.NOT_COMPUTED: "not computed: left out or cancelled",
    VoxelStatus.NOT_FINITE: "the curve holds a value that is not a number",
    VoxelStatus.CONSTANT: "the curve is constant",
    VoxelStatus.NEGATIVE: "no enhancement: the best fit within the limits is zero",
    VoxelStatus.SATURATED: "the signal is higher than any concentration explains",
    VoxelStatus.ZERO_BASELINE: "no signal before contrast",
    VoxelStatus.NO_T1: "no usable T1 before contrast",
}

"""Reasons to refuse inputs before a map is made of them: grids, units, energies, values that were cut off."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy.ndimage import uniform_filter
from scipy.signal import find_peaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.spectral_input import Channel

    Values = NDArray[np.float32]

LEAST_SLOPE_DIFFERENCE = 5.0
"""Ours: with less HU per mg/mL between the inputs, noise and rounding exceed any iodine of a neck."""
LEAST_SLOPE_RATIO = 1.15
SAMPLE_SECTIONS = 24
"""Ours: as many sections are looked at, evenly spread."""
FAT_HU = (-170.0, -50.0)
BONE_HU = 200.0
LEAST_SHARE = 0.002
"""Ours: tissue that fills less than this share of the sections decides nothing."""
CLEAR_CHANGE_HU = 8.0
"""Ours: a change with energy smaller than this may be noise."""
CLEAR_RISE_HU = 40.0
"""Ours: vessels enhance by more, muscle by less."""
TOLERATED_FAT_HU = 15.0
IMPOSSIBLE_FAT_HU = 40.0
"""Ours: fat differs by up to 15 HU between patients, and by 40 only when energy or unit are wrong."""
PEAK_BIN_HU = 5.0
PROMINENCE = 0.25
"""Ours: a peak of fat stands out by this share of the highest count."""
METAL_HU = 1500.0
"""Ours: an upper limit above this cuts nothing but metal and dense bone."""
PILE_UP_SHARE = 0.0005
PILE_UP_TIMES = 20.0
PLATEAU_SHARE = 0.2
WINDOW_HU = 40
"""Ours: an image is cut off where its last value is 20 times as frequent as the 40 next to it."""
SPREAD_HU = 25.0
"""Ours: what is alike at one energy and differs by more at another is more than one tissue."""


def require_usable_images(channels: Sequence[Channel]) -> list[str]:
    """Check grids, units and cut-off values of the images; return warnings.

    Raises
    ------
    InputError
        with the first reason not to use them.
    """
    first = channels[0]
    for channel in channels[1:]:
        if not first.image.geometry.matches(channel.image.geometry):
            raise InputError(
                f"the images lie on different grids: {first.name} has {first.image.geometry.describe()}, "
                f"{channel.name} {channel.image.geometry.describe()}; give series of one reconstruction, or resample"
            )
    warnings = []
    for channel in channels:
        _require_unit(channel)
        warnings += _require_not_cut_off(channel)
    for first, second in permutations(channels, 2):
        _require_ends_that_change(first, second)
    return warnings


def require_different_slopes(channels: Sequence[Channel]) -> None:
    """Pass when iodine changes enough from each input to the next.

    Raises
    ------
    InputError
        when two inputs are of one energy, or too near to each other.
    """
    ordered = sorted(channels, key=lambda channel: -channel.response.iodine)
    for high, low in pairwise(ordered):
        if high.response.iodine == low.response.iodine:
            raise InputError(f"{high.name} is given twice; give images of different energies")
    most, least = ordered[0].response.iodine, ordered[-1].response.iodine
    if most - least < LEAST_SLOPE_DIFFERENCE or most < LEAST_SLOPE_RATIO * least:
        raise InputError(
            f"{ordered[0].name} and {ordered[-1].name} are too near to each other: one mg/mL of iodine changes by "
            f"{most - least:.1f} HU only; give a lower energy"
        )


def require_order_of_energies(channels: Sequence[Channel]) -> None:
    """Pass unless iodine and bone are darker, and fat brighter, where they must be the other way round.

    Raises
    ------
    InputError
        when the two outer inputs look swapped.
    """
    low = max(channels, key=lambda channel: channel.response.iodine)
    high = min(channels, key=lambda channel: channel.response.iodine)
    low_values, high_values = sampled(low.image), sampled(high.image)
    change, middle = low_values - high_values, (low_values + high_values) * np.float32(0.5)
    votes = _votes(change, middle, has_fat_vote=low.response.fat < high.response.fat - CLEAR_CHANGE_HU)
    if votes and max(votes) < 0:
        raise InputError(
            f"{low.name} and {high.name} look swapped: bone and contrast agent are darker, or fat is brighter, in the "
            f"first; check which image is which"
        )


def require_enhancement(before: Channel, after: Channel) -> None:
    """Pass unless more tissue is darker after the contrast agent than brighter; misfits make as much of both.

    Raises
    ------
    InputError
        when the two look swapped.
    """
    first, second = sampled(before.image), sampled(after.image)
    inside = (first + second) > 2 * FAT_HU[0]
    rise = uniform_filter(second - first, (0, 3, 3))[inside]
    brighter, darker = np.mean(rise > CLEAR_RISE_HU), np.mean(rise < -CLEAR_RISE_HU)
    if darker > LEAST_SHARE and darker > 2 * brighter:
        raise InputError(
            f"{before.name} and {after.name} look swapped: tissue is darker in the second; check which image is which"
        )


def _votes(change: Values, middle: Values, has_fat_vote: bool) -> list[int]:
    """Return +1 for each tissue that changes as it should, -1 for each that changes the other way."""
    dense = change[middle > BONE_HU]
    fat = change[(middle > FAT_HU[0]) & (middle < FAT_HU[1])]
    votes = []
    if dense.size > LEAST_SHARE * change.size and abs(np.median(dense)) > CLEAR_CHANGE_HU:
        votes.append(int(np.sign(np.median(dense))))
    if has_fat_vote and fat.size > LEAST_SHARE * change.size and abs(np.median(fat)) > CLEAR_CHANGE_HU:
        votes.append(-int(np.sign(np.median(fat))))
    return votes


def require_tissue_values(channels: Sequence[Channel]) -> list[str]:
    """Compare the commonest value of fat in each image with physics; return warnings.

    Raises
    ------
    InputError
        when fat lies where no patient has it: the energy or the unit is wrong.
    """
    warnings = []
    for channel in channels:
        fat = typical_fat(sampled(channel.image), channel.response.fat)
        if fat is None:
            continue
        away = fat - channel.response.fat
        text = f"fat lies at {fat:.0f} HU in {channel.name}, expected about {channel.response.fat:.0f}"
        if abs(away) > IMPOSSIBLE_FAT_HU:
            raise InputError(f"{text}: the energy of this image is not what was said, or its values are no HU")
        if abs(away) > TOLERATED_FAT_HU:
            warnings.append(f"{text}: check the energy, or calibrate with a region in fat")
    return warnings


def typical_fat(values: Values, expected: float) -> float | None:
    """Return the peak between air and soft tissue that lies nearest to the expected fat, None when none stands out."""
    smooth = uniform_filter(values, (0, 3, 3))
    inside = smooth[(smooth > expected - 110) & (smooth < -25)]
    if inside.size < LEAST_SHARE * values.size:
        return None
    counts, edges = np.histogram(inside, bins=np.arange(expected - 110, -25 + PEAK_BIN_HU, PEAK_BIN_HU))
    counts = uniform_filter(counts.astype(float), 3)
    # Voxels between air, fat and soft tissue spread evenly, and the noise of soft tissue rises to the end.
    peaks, _ = find_peaks(counts, prominence=PROMINENCE * counts.max())
    if not len(peaks):
        return None
    centres = edges[peaks] + PEAK_BIN_HU / 2
    nearest = centres[np.argmin(np.abs(centres - expected))]
    return float(np.median(inside[np.abs(inside - nearest) < 2 * PEAK_BIN_HU]))


def require_iodine_in_unit(base: Channel, iodine: Channel) -> None:
    """Pass when taking out the iodine of the map leaves tissue.

    Raises
    ------
    InputError
        when it leaves less than fat or takes next to nothing out: a wrong unit.
    """
    values, stored = sampled(base.image), sampled(iodine.image)
    removed = base.response.iodine * stored / iodine.response.iodine
    tissue = (values > -50) & (values < BONE_HU)
    if tissue.any() and np.mean((values - removed)[tissue] < -250) > LEAST_SHARE:
        raise InputError(
            f"{iodine.name}: without this much iodine the tissue of {base.name} would be lighter than fat; "
            "the map is probably stored in 100 ug/cm3: say so"
        )
    bright = (values > BONE_HU) & (values < METAL_HU) & (removed > 0)
    if bright.sum() > LEAST_SHARE * values.size and np.quantile((removed / values)[bright], 0.95) < 0.15:
        raise InputError(
            f"{iodine.name}: this little iodine does not explain a single bright voxel of {base.name}; "
            "the map is probably stored in mg/mL: say so"
        )


def sampled(image: Image) -> Values:
    """Return some sections of an image, every other row and column of large ones."""
    step = max(1, image.voxels.shape[0] // SAMPLE_SECTIONS)
    side = 2 if min(image.voxels.shape[1:]) > 256 else 1
    return image.voxels[step // 2 :: step, ::side, ::side].astype(np.float32)


def _require_unit(channel: Channel) -> None:
    header, source = channel.image.header, channel.image.source or channel.name
    rescale = header.rescale_type if header is not None else None
    if channel.response.level:
        if channel.image.modality not in ("CT", ""):
            raise InputError(f"{source}: the modality is {channel.image.modality}, expected CT in HU")
        if rescale not in (None, "", "HU"):
            raise InputError(f"{source}: the header says that its values are '{rescale}', expected 'HU'")
        if channel.image.voxels.min() >= 0:
            raise InputError(f"{source}: no value is negative, so these are no HU; give the original series")
    elif rescale == "MGML" and channel.response.iodine != 1.0:
        raise InputError(f"{source}: the header says mg/mL (MGML), but another unit was given; check the unit")


def _require_not_cut_off(channel: Channel) -> list[str]:
    """Refuse images whose values end within tissue, and warn of metal at the upper limit."""
    source = channel.image.source or channel.name
    if not channel.response.level:
        # Noise makes half of the voxels without iodine negative.
        text = f"{channel.name}: values below 0 are cut off, so regions with little iodine read too high"
        return [text] if channel.image.voxels.min() >= 0 else []
    rounded = np.rint(sampled(channel.image)).astype(np.int64).ravel()
    top, bottom = int(rounded.max()), int(rounded.min())
    share = _pile_up(rounded, top, -1)
    if share and top >= METAL_HU:
        return [f"{channel.name}: {100 * share:.2g} % of the voxels are at the upper limit of {top} HU (metal)"]
    if share:
        raise InputError(f"{source}: values are cut off at {top} ({100 * share:.1f} % of the voxels); {_EXPORT}")
    if bottom > -250 and _pile_up(rounded, bottom, 1):
        raise InputError(f"{source}: values are cut off at {bottom}, fat or air is lost; {_EXPORT}")
    return []


_EXPORT = "export the series with its full range of values, without a window"


def _pile_up(rounded: NDArray[Any], end: int, inward: int) -> float:
    """Return the share of voxels at the last value when it is far more frequent than its neighbours, else 0."""
    share = float(np.mean(rounded == end))
    near = np.sort([end + inward, end + inward * WINDOW_HU])
    neighbours = float(np.mean((rounded >= near[0]) & (rounded <= near[1]))) / WINDOW_HU
    if share < PILE_UP_SHARE or share < PILE_UP_TIMES * neighbours:
        return 0.0
    # Without noise every value piles up; other energies then tell, see `_require_ends_that_change`.
    return 0.0 if _is_noise_free(rounded, end) else share


def _is_noise_free(rounded: NDArray[Any], end: int) -> bool:
    tissue = rounded[(rounded > -500) & (rounded != end)]
    return bool(tissue.size and np.bincount(tissue + 500).max() > PLATEAU_SHARE * tissue.size)


def _require_ends_that_change(channel: Channel, other: Channel) -> None:
    """Pass unless an image without noise ends in one value where another energy shows several, or the same one.

    One tissue has one value at each energy, and bone, vessels and fat change with energy; what was cut off does not.
    Air has no other value anywhere. One tissue alone that was cut off looks like another tissue, and passes.
    """
    slopes = channel.response.iodine, other.response.iodine
    if not (channel.response.level and other.response.level and all(slopes)) or slopes[0] == slopes[1]:
        return
    values, other_values = (np.rint(sampled(each.image)).astype(np.int64) for each in (channel, other))
    for end, is_tissue in ((values.max(), values.max() < METAL_HU), (values.min(), values.min() > -250)):
        at_end = values == end
        if not is_tissue or np.mean(at_end) < PILE_UP_SHARE:
            continue
        if not all(_is_noise_free(each.ravel(), int(end)) for each in (values, other_values)):
            continue
        low, high = np.percentile(other_values[at_end], (5, 95))
        is_same, is_air = low == high == end, low < -500 < end
        if is_same or is_air or high - low > SPREAD_HU:
            source = channel.image.source or channel.name
            raise InputError(
                f"{source}: values are cut off at {end} ({100 * np.mean(at_end):.1f} % of the voxels); {_EXPORT}"
            )

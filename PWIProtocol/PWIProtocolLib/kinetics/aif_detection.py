"""Finding the carotid arteries in a dynamic study by their curves, and saying why, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

from PWIProtocolLib.kinetics.aif_candidates import (
    LIMITS,
    CandidateScores,
    CurveMeasures,
    frames_before_contrast,
    measured_curves,
    scored,
)
from PWIProtocolLib.kinetics.aif_curve import FEWEST_SAMPLES
from PWIProtocolLib.preferences import read_preferences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import ArrayLike, NDArray

    Mask = NDArray[np.bool_]

NEIGHBOURS = np.ones((3, 3, 3), dtype=bool)
SCORE_STEPS = (1.0, 1.6, 2.2, 2.8)
"""Factors on the least score, tried in turn until the candidates part into groups of a credible size."""
MM3_PER_ML = 1000.0
BEST_SHARE = 0.6
"""Voxels of a group that score less than this share of its best are left out of the curve."""


class InputKind(StrEnum):
    """What the frames hold."""

    SIGNAL = "signal"
    CONCENTRATION = "concentration"


@dataclass(frozen=True)
class RuleScore:
    """How well the chosen voxels keep one rule, from 0 to 1, and the sentence that says so."""

    rule: str
    score: float
    sentence: str


@dataclass(frozen=True)
class AifDetection:
    """Outcome of the search.

    Attributes
    ----------
    voxels : mask [k, j, i] of the chosen voxels; None when nothing was convincing.
    curve : their mean, in units of the input (n_times,); None likewise.
    scores : one for each rule; empty when nothing was found.
    reason : why these voxels, or why none.
    warnings : what the user should check.
    """

    voxels: Mask | None
    curve: NDArray[np.float64] | None
    scores: tuple[RuleScore, ...]
    reason: str
    warnings: tuple[str, ...]

    @property
    def found(self) -> bool:
        """Whether there is a curve."""
        return self.voxels is not None


@dataclass(frozen=True)
class _Search:
    measures: CurveMeasures
    scores: CandidateScores
    kind: InputKind


def detect_aif(
    frames: NDArray[np.generic],
    time_s: ArrayLike,
    geometry: ImageGeometry,
    kind: InputKind = InputKind.SIGNAL,
    allowed: Mask | None = None,
) -> AifDetection:
    """Look for voxels that enhance early, strongly and sharply, and that hang together as a vessel does.

    Parameters
    ----------
    frames : [t, k, j, i], signal, or blood concentration in mM (NaN where there is none).
    time_s : (n_times,).
    geometry : grid of one frame.
    kind : what the frames hold.
    allowed : mask [k, j, i] within which to look; everywhere when not given.

    Returns
    -------
    AifDetection
        Without voxels when nothing is convincing: `reason` then says what was missing.

    Raises
    ------
    InputError
        When frames, times and grid do not belong together.
    """
    time = _checked(frames, time_s, geometry, allowed)
    baseline = frames_before_contrast(frames)
    if baseline < 1:
        return _nothing("nothing enhances after the first frame: contrast arrived before the study, or not at all")
    measures = measured_curves(frames, time, baseline)
    scores = scored(measures, float(np.median(np.diff(time))))
    total = scores.total if allowed is None else np.where(allowed, scores.total, 0.0)
    usable = _without_edges(np.where(measures.cut_off, 0.0, total))
    for offered in (usable, total):
        group = _best_group(offered, geometry)
        if group is not None:
            return _judged(group, frames, _Search(measures, scores, kind))
    return _nothing(_what_was_missing(scores))


def _checked(
    frames: NDArray[np.generic], time_s: ArrayLike, geometry: ImageGeometry, allowed: Mask | None
) -> NDArray[np.float64]:
    time = np.asarray(time_s, dtype=float)
    if frames.ndim != 4 or frames.shape[1:] != geometry.array_shape:
        raise InputError(f"frames have the shape {frames.shape}; expected times and {geometry.array_shape} (k, j, i)")
    if time.shape != (frames.shape[0],) or np.any(~np.isfinite(time)) or np.any(np.diff(time) <= 0.0):
        raise InputError(f"{frames.shape[0]} frames, {time.size} times; expected one rising time in seconds for each")
    if time.size < FEWEST_SAMPLES:
        raise InputError(f"{time.size} frames; at least {FEWEST_SAMPLES} are needed to see a bolus")
    if allowed is not None and allowed.shape != geometry.array_shape:
        raise InputError(f"the region has the shape {allowed.shape}, frames {geometry.array_shape}")
    return time


def _nothing(reason: str) -> AifDetection:
    return AifDetection(None, None, (), f"No artery found: {reason}. Draw one, or use a population AIF.", ())


def _what_was_missing(scores: CandidateScores) -> str:
    if not scores.enhancing.any():
        return "no voxel enhances above noise"
    for name, score in (("strongly", scores.strong), ("early", scores.early), ("sharply enough", scores.sharp)):
        if not np.any(score > 0.0):
            return f"no voxel enhances {name}"
    return "no connected group of a vessel's size enhances early, strongly and sharply at once"


def _without_edges(total: NDArray[np.float32]) -> NDArray[np.float32]:
    margin = round(read_preferences(LIMITS).value("edge_share") * total.shape[0])
    kept = np.zeros_like(total)
    kept[margin : total.shape[0] - margin] = total[margin : total.shape[0] - margin]
    return kept


def _best_group(total: NDArray[np.float32], geometry: ImageGeometry) -> Mask | None:
    """Best voxels of the highest-scoring group, at the first step that yields groups of a vessel's size."""
    limits = read_preferences(LIMITS)
    fewest = int(limits.value("fewest_voxels"))
    most = limits.value("most_volume_mL") * MM3_PER_ML / geometry.voxel_volume_mm3
    chosen_most = max(int(limits.value("most_chosen_mL") * MM3_PER_ML / geometry.voxel_volume_mm3), fewest)
    for step in SCORE_STEPS:
        labels, count = ndimage.label(total >= step * limits.value("least_score"), NEIGHBOURS)
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        groups = [n for n in range(1, count + 1) if fewest <= sizes[n] <= most]
        if groups:
            best = max(groups, key=lambda n: np.sort(total[labels == n])[-chosen_most:].sum())
            return _best_voxels(labels == best, total, chosen_most)
    return None


def _best_voxels(group: Mask, total: NDArray[np.float32], most: int) -> Mask:
    values = total[group]
    least = max(float(np.sort(values)[-min(most, values.size)]), BEST_SHARE * float(values.max()))
    return group & (total >= least)


def _judged(chosen: Mask, frames: NDArray[np.generic], search: _Search) -> AifDetection:
    measures, scores = search.measures, search.scores
    limits = read_preferences(LIMITS)
    curves = frames[:, chosen].astype(float)
    curve = curves.mean(axis=1)
    agreement = float(np.mean([np.corrcoef(one, curve)[0, 1] for one in curves.T]))
    if np.count_nonzero(chosen) < limits.value("fewest_voxels") or agreement < limits.value("agreement_r"):
        return _nothing(f"the best {np.count_nonzero(chosen)} voxels do not agree with each other (r {agreement:.2f})")
    rise = float(np.median(measures.rise_s[chosen]))
    fallen = float(np.median(measures.fallen_share[chosen]))
    group = int(np.count_nonzero(chosen))
    rules = (
        _rule(
            "early", scores.early, chosen, f"rises {max(rise - scores.earliest_s, 0.0):.1f} s after the first vessel"
        ),
        _rule("strong", scores.strong, chosen, "enhances by {:.0%} of the strongest hundredth"),
        _rule("sharp", scores.sharp, chosen, f"falls to {fallen:.0%} of its peak within seconds"),
        RuleScore("connected", agreement, f"{group} connected voxels agree with their mean (r {agreement:.2f})"),
    )
    reason = "Artery found: " + "; ".join(rule.sentence for rule in rules) + "."
    warnings = tuple(_warnings(chosen, search))
    return AifDetection(chosen, curve, rules, reason, warnings)


def _rule(name: str, score: NDArray[np.float32], chosen: Mask, sentence: str) -> RuleScore:
    mean = float(np.mean(score[chosen]))
    return RuleScore(name, mean, sentence.format(mean))


def _warnings(chosen: Mask, search: _Search) -> Iterator[str]:
    measures, scores = search.measures, search.scores
    if measures.cut_off[chosen].any():
        yield "AIF: the top of the curve is flat in some voxels; the signal may be clipped there"
    least = read_preferences(LIMITS).value("least_score")
    passed_over = int(np.count_nonzero(measures.cut_off & ~chosen & (scores.total >= least)))
    if passed_over:
        yield f"AIF: {passed_over} likely voxels were passed over for a flat top; see that no vein was taken instead"
    if np.any(chosen & (_without_edges(scores.total) == 0.0)):
        yield "AIF: voxels lie in the outermost slices, where blood flows in unsaturated and looks brighter"
    tissue = scores.enhancing & ~chosen
    if search.kind is InputKind.SIGNAL and tissue.any():
        ratio = float(np.median(measures.base[chosen]) / max(float(np.median(measures.base[tissue])), 1e-9))
        if ratio > read_preferences(LIMITS).value("inflow_ratio"):
            yield (
                f"AIF: before contrast the vessel is {ratio:.1f} times as bright as enhancing tissue; inflow of "
                "unsaturated blood is likely, and the peak will come out too low"
            )
    lost = int(np.count_nonzero(np.isnan(measures.peak)))
    if lost:
        yield f"AIF: {lost} voxels have no value at some time (saturated?) and were not considered"

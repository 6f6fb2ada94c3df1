"""Which level of the neck a node lies in, told by the landmarks that are segmented; never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.position.border_readings import BorderReading, read_borders
from iENEGraderLib.measure.position.neck_borders import Confidence, neck_borders
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.reading.vocabulary import NeckLevel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.position.neck_landmarks import NeckLandmarks
    from iENEGraderLib.measure.preferences import Preference, Preferences

MOST_PLACES = 4000
"""Ours: so many voxels of a node tell its shares of two levels."""
ORDER = tuple(NeckLevel)
CONFIDENCES = tuple(Confidence)


@dataclass(frozen=True)
class LevelProposal:
    """A proposed level; the reader decides.

    Attributes
    ----------
    level : None when the landmarks leave several open, or none fits.
    reason : why, in words.
    alternatives : other levels: those that missing landmarks leave open, those across a border that is close, and
        those that a good share of the node lies in; the likeliest first.
    is_borderline : a border lies within one section of the centroid, so the section decides rather than the node.
    confidence : of the least founded border that the level rests on; None without a level.
    missing : structures that would close what is open; "mid-sagittal plane" when the sides are not known.
    readings : where the centroid lies to every border that could be read or names the level.
    warnings : what else a reader should know.
    preferences : thresholds used.
    """

    level: NeckLevel | None
    reason: str
    alternatives: tuple[NeckLevel, ...] = ()
    is_borderline: bool = False
    confidence: Confidence | None = None
    missing: tuple[str, ...] = ()
    readings: tuple[BorderReading, ...] = ()
    warnings: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()


def propose_level(
    node: NDArray[Any] | Segment, landmarks: NeckLandmarks, preferences: Preferences | None = None
) -> LevelProposal:
    """Propose the level of a node.

    Each border of ``neck_levels.toml`` that can be read at the centroid rules out the levels on its other side. What
    is left is proposed when it is one; when it is several, they are the alternatives, and the structures that would
    tell them apart are named.

    Parameters
    ----------
    node : mask [k, j, i] or segment, on the grid of the landmarks.
    landmarks : from :func:`~iENEGraderLib.measure.position.neck_landmarks.neck_landmarks`.

    Raises
    ------
    InputError
        When the node is on another grid.

    Notes
    -----
    Levels on axial images: Som, Curtin, Mancuso 1999, doi:10.1001/archotol.125.4.388. A node that crosses a border has
    the level of its centroid. Whether it *reaches* below the cricoid is another question, answered by its lowest point
    (:func:`~iENEGraderLib.measure.position.cricoid.below_cricoid`).
    """
    chosen = preferences or default_preferences()
    part = label_part(node, landmarks.geometry.array_shape, "the node")
    used = chosen.of("level")
    if part.is_empty:
        return LevelProposal(None, "the node's mask is empty: draw the node first", preferences=used)
    voxels = np.argwhere(part.mask) + part.start_kji
    few = voxels[np.linspace(0, len(voxels) - 1, min(len(voxels), MOST_PLACES)).astype(int)]
    places = landmarks.frame.places(landmarks.geometry.ras_from_kji(np.vstack([voxels.mean(axis=0), few])))
    readings = read_borders(places, landmarks, chosen)
    return _proposal(readings, chosen, _warnings(landmarks, chosen))


def _proposal(readings: Sequence[BorderReading], chosen: Preferences, warnings: tuple[str, ...]) -> LevelProposal:
    used = chosen.of("level")
    if not any(each.is_read for each in readings):
        reason = "no landmark of the neck could be read: segment those named as missing"
        return LevelProposal(None, reason, missing=_names(readings), warnings=warnings, preferences=used)
    left, shares = _left_at_centroid(readings), _shares(readings)
    level = next(iter(left)) if len(left) == 1 else None
    across = _left_at_centroid([each for each in readings if not each.is_close]) - left
    crossed = {each for each, share in shares.items() if share >= chosen.value("level.crossing_share")} - left
    about = [each for each in readings if level is not None and level in each.border.first | each.border.second]
    parting = [each for each in readings if each.border.first & left and each.border.second & left]
    why = _why_open(left, parting, readings) if level is None else _why(level, about)
    confidences = [each.border.confidence for each in about if each.is_read]
    return LevelProposal(
        level=level,
        reason="; ".join(why + _crossing(crossed, shares)),
        alternatives=_by_share((left | crossed | across) - {level}, shares),
        is_borderline=bool(across),
        confidence=max(confidences, key=CONFIDENCES.index) if confidences else None,
        missing=_names(parting if level is None else about),
        readings=tuple(each for each in readings if each.is_read or each in about),
        warnings=warnings,
        preferences=used,
    )


def _left_at_centroid(readings: Iterable[BorderReading]) -> set[NeckLevel]:
    """Return the levels that no border rules out at the centroid."""
    left = _all_levels()
    for each in readings:
        left -= each.ruled_out
    return left


def _shares(readings: Iterable[BorderReading]) -> dict[NeckLevel, float]:
    """Return the share of the node's voxels for which each level is not ruled out."""
    allowed: dict[NeckLevel, NDArray[np.bool_] | bool] = dict.fromkeys(_all_levels(), True)
    for each in readings:
        if each.distances_mm is None:
            continue
        for level in each.border.first:
            allowed[level] = allowed[level] & ~(each.distances_mm < 0)
        for level in each.border.second:
            allowed[level] = allowed[level] & ~(each.distances_mm >= 0)
    return {level: float(np.mean(where)) for level, where in allowed.items()}


def _all_levels() -> set[NeckLevel]:
    return {level for border in neck_borders() for level in border.first | border.second}


def _by_share(levels: set[NeckLevel], shares: Mapping[NeckLevel, float]) -> tuple[NeckLevel, ...]:
    return tuple(sorted(levels, key=lambda each: (-shares[each], ORDER.index(each))))


def _names(readings: Iterable[BorderReading]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in readings for name in each.missing))


def _why(level: NeckLevel, about: Sequence[BorderReading]) -> list[str]:
    read = [each for each in about if each.is_read]
    parts = [f"level {level}: the centroid lies " + ", ".join(str(each) for each in read)]
    close = [each.border.boundary for each in read if each.is_close]
    if close:
        parts.append(f"borderline, within one section of: {', '.join(close)}")
    parts += [f"not checked: {each.border.boundary}, {each.why_unread}" for each in about if not each.is_read]
    return parts + [each.border.remark for each in read if each.border.remark and level in each.border.second]


def _why_open(left: set[NeckLevel], parting: Sequence[BorderReading], readings: Sequence[BorderReading]) -> list[str]:
    if not left:
        outside = ", ".join(str(each) for each in readings if each.is_read)
        return [
            f"none of the levels fits: the centroid lies {outside}",
            "facial, occipital and other nodes are for the reader to name",
        ]
    why = "; ".join(f"{each.border.boundary}: {each.why_unread}" for each in parting)
    return [f"open between {', '.join(each for each in ORDER if each in left)}: {why or 'no border parts them'}"]


def _crossing(crossed: set[NeckLevel], shares: Mapping[NeckLevel, float]) -> list[str]:
    others = [f"{100 * shares[each]:.0f} % in {each}" for each in _by_share(crossed, shares)]
    return [f"the node crosses a border, {', '.join(others)}"] if others else []


def _warnings(landmarks: NeckLandmarks, chosen: Preferences) -> tuple[str, ...]:
    tilt = landmarks.frame.tilt_deg
    if tilt <= chosen.value("level.most_tilt_deg"):
        return ()
    return (f"the neck leans {tilt:.0f} degrees to the side; the levels follow it, sections on the screen do not",)

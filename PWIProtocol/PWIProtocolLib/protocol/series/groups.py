"""Which series of a study belong together: dynamics spread over series, and sets of flip angles."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.geometry import SeriesGeometry, series_geometry
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.series import Dynamic, DynamicLayout, FlipAngleSet, Plane, Series, SeriesKind
from PWIProtocolLib.protocol.series.kinds import (
    FEWEST_DYNAMIC_FRAMES,
    KindFound,
    SeriesFacts,
    plain_kind,
    repeated_kind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAME_SHARE = 0.01
"""Share by which repetition and echo times of one protocol may differ."""
SAME_ANGLE_DEG = 0.1
"""Flip angles closer than this are one angle, written with more or fewer digits."""


@dataclass(frozen=True)
class SortedSeries:
    """All series with their kinds, and those that belong together."""

    series: tuple[Series, ...]
    dynamics: tuple[Dynamic, ...]
    flip_angle_sets: tuple[FlipAngleSet, ...]


@dataclass(frozen=True)
class _Scan:
    """One series that may be part of a dynamic or of a set of flip angles. None: not soundly stated."""

    facts: SeriesFacts
    geometry: SeriesGeometry
    timing: tuple[float | None, ...]
    flip_angle_deg: float | None
    acquisition: tuple[str | None, ...]
    reference: str | None
    names: tuple[str, ...]

    def same_pulses(self, other: _Scan) -> bool:
        """Tell whether both state the same repetition time, echo time and kind of acquisition."""
        return self.acquisition == other.acquisition and all(
            mine is not None and its is not None and abs(mine - its) <= SAME_SHARE * mine
            for mine, its in zip(self.timing, other.timing, strict=True)
        )

    def same_volume(self, other: _Scan) -> bool:
        """Tell whether both are the same volume under the same protocol, at two times."""
        return (
            self.same_pulses(other)
            and self.flip_angle_deg is not None
            and self.flip_angle_deg == other.flip_angle_deg
            and self.reference is not None
            and (self.reference, self.names) == (other.reference, other.names)
            and not self.geometry.differences(other.geometry)
        )


def sort_series(series: Sequence[Series]) -> SortedSeries:
    """Return what each series of one study is, and which belong together."""
    kinds: dict[Series, KindFound] = {}
    scans: list[_Scan] = []
    for one in series:
        facts = SeriesFacts(one)
        found = plain_kind(facts) or repeated_kind(facts)
        if found is not None:
            kinds[one] = found
        if found is None or found.kind is SeriesKind.DCE_DYNAMIC:
            scans.append(_scan_of(facts))
    groups = [_without_angle_series(group, scans, kinds) for group in _together(scans, _Scan.same_volume)]
    phases = [group for group in groups if _is_dynamic(group, kinds)]
    for group in phases:
        _name_phases(group, kinds)
    rest = [scan for scan in scans if scan.facts.series not in kinds and not scan.facts.spin_echo]
    angle_groups = [group for group in _together(rest, _Scan.same_pulses) if len(_angles(group)) > 1]
    for group in angle_groups:
        for scan in group:
            text = f"one of {len(_angles(group))} flip angles under the same repetition and echo time"
            kinds[scan.facts.series] = scan.facts.found(SeriesKind.FLIP_ANGLES, text, Tag.FlipAngle)
    named = {one: _with_kind(one, kinds.get(one)) for one in series}
    own_sets = [named[one] for one, found in kinds.items() if found.kind is SeriesKind.FLIP_ANGLES]
    joined = {named[scan.facts.series] for group in angle_groups for scan in group}
    sets = [_angle_set([named[scan.facts.series] for scan in group]) for group in angle_groups]
    sets += [_angle_set([one]) for one in own_sets if one not in joined]
    dynamics = [_dynamic([named[scan.facts.series] for scan in group]) for group in phases]
    dynamics.sort(key=lambda dynamic: -len(dynamic.planes))
    return SortedSeries(tuple(named.values()), tuple(dynamics), tuple(sets))


def _scan_of(facts: SeriesFacts) -> _Scan:
    header = facts.header
    echo = header.number(Tag.EffectiveEchoTime if header.enhanced else Tag.EchoTime)
    acquisition = (Tag.ScanningSequence, Tag.EchoPulseSequence, Tag.MRAcquisitionType)
    names = (header.text(tag).value or "" for tag in (Tag.ProtocolName, Tag.SeriesDescription))
    return _Scan(
        facts=facts,
        geometry=series_geometry(facts.planes),
        timing=(header.number(Tag.RepetitionTime).value, echo.value),
        flip_angle_deg=header.number(Tag.FlipAngle).value,
        acquisition=tuple(header.text(tag).value for tag in acquisition),
        reference=header.text(Tag.FrameOfReferenceUID).value,
        names=tuple(re.sub(r"\d+", "", name).strip().lower() for name in names),
    )


def _together(scans: Sequence[_Scan], alike: Callable[[_Scan, _Scan], bool]) -> list[list[_Scan]]:
    groups: list[list[_Scan]] = []
    for scan in scans:
        for group in groups:
            if alike(group[0], scan):
                group.append(scan)
                break
        else:
            groups.append([scan])
    return groups


def _is_dynamic(group: Sequence[_Scan], kinds: dict[Series, KindFound]) -> bool:
    if len(group) == 1:
        return group[0].facts.series in kinds
    return not group[0].facts.spin_echo and sum(scan.facts.repeats for scan in group) >= FEWEST_DYNAMIC_FRAMES


def _without_angle_series(group: list[_Scan], scans: Sequence[_Scan], kinds: dict[Series, KindFound]) -> list[_Scan]:
    """Leave out single volumes beside a dynamic that have a sister at another flip angle: they map T1."""
    if not any(scan.facts.series in kinds for scan in group):
        return group
    single = [scan for scan in scans if scan.facts.series not in kinds]
    mapping = [one for one in single if any(one.same_pulses(its) and len(_angles([one, its])) > 1 for its in single)]
    return [scan for scan in group if scan not in mapping]


def _name_phases(group: Sequence[_Scan], kinds: dict[Series, KindFound]) -> None:
    if len(group) == 1:
        return
    for scan in group:
        text = f"one of {len(group)} series of the same volume under the same protocol"
        kinds[scan.facts.series] = scan.facts.found(SeriesKind.DCE_DYNAMIC, text, Tag.SeriesInstanceUID)


def _angles(group: Sequence[_Scan]) -> set[float]:
    stated = sorted({scan.flip_angle_deg for scan in group if scan.flip_angle_deg is not None})
    return {each for n, each in enumerate(stated) if n == 0 or each - stated[n - 1] >= SAME_ANGLE_DEG}


def _with_kind(one: Series, found: KindFound | None) -> Series:
    if found is None:
        text = "MR images that nothing marks as part of a dynamic, a set of flip angles or another perfusion method"
        return replace(
            one, kind=SeriesKind.ANATOMICAL, reason=text, evidence=one.first.evidence(Tag.ImagePositionPatient)
        )
    return replace(one, kind=found.kind, reason=found.reason, evidence=found.evidence)


def _dynamic(series: Sequence[Series]) -> Dynamic:
    if len(series) > 1:
        return Dynamic(tuple(series), DynamicLayout.SERIES_PER_PHASE)
    one = series[0]
    by_file = one.first.enhanced and len(one.headers) > 1
    return Dynamic((one,), DynamicLayout.FILE_PER_TIME_POINT if by_file else DynamicLayout.ONE_SERIES)


def _angle_set(series: Sequence[Series]) -> FlipAngleSet:
    groups: defaultdict[float, list[Plane]] = defaultdict(list)
    for one in series:
        for plane in one.planes:
            angle = plane.header.number(Tag.FlipAngle, plane.frame).value
            if angle is not None:
                known = (each for each in groups if abs(each - angle) < SAME_ANGLE_DEG)
                groups[next(known, angle)].append(plane)
    return FlipAngleSet(tuple(series), tuple((angle, tuple(planes)) for angle, planes in sorted(groups.items())))

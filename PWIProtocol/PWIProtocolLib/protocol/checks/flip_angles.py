"""T1 mapping with several flip angles: how many, which, where, and when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.answers import AnswerField
from PWIProtocolLib.protocol.checks.contrast_headers import injection_offset_s
from PWIProtocolLib.protocol.checks.reading import stated_text
from PWIProtocolLib.protocol.checks.supplied import contradiction, entry
from PWIProtocolLib.protocol.checks.view import spread
from PWIProtocolLib.protocol.geometry import series_geometry
from PWIProtocolLib.protocol.headers.tags import Tag
from PWIProtocolLib.protocol.headers.value import Presence
from PWIProtocolLib.protocol.verdict import Evidence, Finding, Verdict, cannot_tell, met, not_met, optimal, supplied

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checks.view import DynamicView, StudyView
    from PWIProtocolLib.protocol.geometry import SeriesGeometry
    from PWIProtocolLib.protocol.recommendations import Recommendation
    from PWIProtocolLib.protocol.series import FlipAngleSet, Plane

NO_SET = "no series with several flip angles is among the files; it may not have been exported"
UNPLACED = "T1 mapping cannot be told from a dynamic series: images without a place, or many at one place"
MANY = 3  # images of one angle at one place: those of a dynamic series
CLOSE = "the angles lie close together: T1 hardly shows in their signals"
AGENT_STATED = "the headers of T1 mapping name a contrast agent; some scanners write it for the whole examination"
UID = re.compile(r"[012](\.\d+)+", re.ASCII)
NARROW = 2.0  # largest over smallest angle: T1 hardly shows below


def flip_angle_count(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the number of flip angles."""
    if view.flip_angles is None:
        return cannot_tell(NO_SET)
    doubt = _doubt(view.flip_angles)
    if doubt:
        return cannot_tell(doubt, _evidence(view.flip_angles, Tag.ImagePositionPatient))
    angles, least = view.flip_angles.flip_angles_deg, int(rule.limit("minimum"))
    evidence = _evidence(view.flip_angles)
    told = f"T1 mapping with {len(angles)} flip angles: {_listed(angles)}"
    if len(angles) < least:
        return not_met(f"{told}; at least {least}", len(angles), "angles", evidence)
    return met(told, len(angles), "angles", evidence)


def flip_angle_range(view: StudyView, rule: Recommendation) -> Finding:
    """Judge the range: ideally all angles within it, at least three."""
    if view.flip_angles is None:
        return cannot_tell(NO_SET)
    doubt = _doubt(view.flip_angles)
    if doubt:
        return cannot_tell(doubt, _evidence(view.flip_angles, Tag.ImagePositionPatient))
    angles, evidence = view.flip_angles.flip_angles_deg, _evidence(view.flip_angles)
    low, high, slack = rule.limit("lowest"), rule.limit("highest"), rule.limit("tolerance")
    inside = [each for each in angles if low - slack <= each <= high + slack]
    notes = (CLOSE,) if angles[-1] < NARROW * angles[0] else ()
    told = f"{len(inside)} of {len(angles)} flip angles lie from {low:g} to {high:g} degrees: {_listed(angles)}"
    if len(inside) == len(angles):
        return optimal(told, _listed(angles), "", evidence, *notes)
    if len(inside) >= rule.limit("minimum"):
        return met(told, _listed(angles), "", evidence, *notes)
    return not_met(told, _listed(angles), "", evidence, *notes)


def flip_angle_geometry(view: StudyView, rule: Recommendation) -> Finding:  # noqa: ARG001 (has no limit)
    """Judge whether every flip angle has the geometry and the frame of reference of the dynamic series."""
    if view.flip_angles is None:
        return cannot_tell(NO_SET)
    assert view.dynamic is not None
    evidence = _evidence(view.flip_angles, Tag.ImagePositionPatient, Tag.ImageOrientationPatient, Tag.PixelSpacing)
    target = view.dynamic.geometry
    wanted = stated_text(view.dynamic.sample, Tag.FrameOfReferenceUID)
    if not _complete(target) or wanted.value is None or not UID.fullmatch(wanted.value):
        return cannot_tell("the geometry of the dynamic series is not fully stated", evidence)
    found = [_one_angle(angle, planes, target, wanted.value, evidence) for angle, planes in view.flip_angles.groups]
    problems = [each for each in found if each is not None]
    if problems:
        return min(problems, key=lambda problem: problem.verdict is not Verdict.NOT_MET)
    return met("all flip angles have the geometry of the dynamic series", "same", "", evidence)


def _one_angle(
    angle: float, planes: tuple[Plane, ...], target: SeriesGeometry, frame_of_reference: str, evidence: Evidence
) -> Finding | None:
    """What keeps the images of one flip angle from having the geometry of the dynamic series."""
    own, frame = series_geometry(planes), stated_text(spread(planes), Tag.FrameOfReferenceUID)
    if not _complete(own):
        return cannot_tell(f"the geometry of the images at {angle:g} degrees is not fully stated", evidence)
    different = own.differences(target)
    if different:
        reason = f"at {angle:g} degrees {', '.join(different)} differ from the dynamic series"
        return not_met(reason, ", ".join(different), "", evidence)
    if frame.value is None:
        return cannot_tell(f"at {angle:g} degrees {frame.problem}", frame.evidence)
    if frame.value != frame_of_reference:
        reason = f"at {angle:g} degrees the frame of reference is another one: the patient was placed anew"
        return not_met(reason, "frame of reference", "", frame.evidence)
    return None


def flip_angles_before_contrast(view: StudyView, rule: Recommendation) -> Finding:  # noqa: ARG001 (has no limit)
    """Judge whether T1 mapping came before the agent: before its injection, or before it arrives in the signal."""
    answer = view.answers.get(AnswerField.FLIP_ANGLES_BEFORE_CONTRAST)
    found = _before_contrast(view)
    if found.satisfied is None:
        if answer is None:
            return found
        reason = f"{answer.words}; {found.reason}"
        return supplied(answer.value == "yes", reason, str(answer.value), "", entry(answer), *found.warnings)
    notes = contradiction(answer, agrees=answer is None or (answer.value == "yes") is found.satisfied)
    return replace(found, warnings=(*found.warnings, *notes))


def _before_contrast(view: StudyView) -> Finding:
    if view.flip_angles is None:
        return cannot_tell(NO_SET)
    assert view.dynamic is not None
    start, last, evidence = _moments(view.dynamic, view.flip_angles)
    if start is None or last is None:
        return cannot_tell("the times of T1 mapping or of the dynamic series are missing or malformed", evidence)
    if (start.tzinfo is None) is not (last.tzinfo is None):
        return cannot_tell("the times of T1 mapping and of the dynamic series are not of one clock", evidence)
    notes = _agent_stated(view.flip_angles)
    minutes = [(each - last).total_seconds() / 60 for each in _contrast_moments(view.dynamic, start)]
    if not minutes:
        order = "after" if last > start else "before"
        reason = f"T1 mapping is {order} the start of the dynamic series, but nothing tells when contrast came"
        return cannot_tell(reason, evidence, *notes)
    if min(minutes) <= 0 < max(minutes):
        reason = (
            "T1 mapping is before contrast by the signal, after it by the injection time of the headers, or reversed"
        )
        return cannot_tell(reason, evidence, *notes)
    before = min(minutes)
    told = f"the last flip angle starts {abs(before):.1f} min {'before' if before > 0 else 'after'} the contrast agent"
    make = met if before > 0 else not_met
    return make(told, round(before, 2), "min", evidence)


def _contrast_moments(dynamic: DynamicView, start: datetime) -> tuple[datetime, ...]:
    """When the agent came: its injection by the headers, its arrival in the signal; none when these contradict."""
    offset, arrival = injection_offset_s(dynamic).value, dynamic.bolus.arrival
    if arrival is None and dynamic.bolus.looked:
        return ()
    seen = None if arrival is None else arrival.time_s
    return tuple(start + timedelta(seconds=each) for each in (offset, seen) if each is not None)


def _moments(dynamic: DynamicView, angles: FlipAngleSet) -> tuple[datetime | None, datetime | None, Evidence]:
    found = [_moment(plane) for _, planes in angles.groups for plane in spread(planes)]
    known = [each for each in found if each is not None]
    mixed = len({each.tzinfo is None for each in known}) > 1
    last = None if mixed or not known or len(known) < len(found) else max(known)
    tag = Tag.FrameAcquisitionDateTime if angles.groups[0][1][0].header.enhanced else Tag.AcquisitionTime
    return dynamic.times.start, last, _evidence(angles, tag)


def _moment(plane: Plane) -> datetime | None:
    header, frame = plane
    for tag in (Tag.FrameAcquisitionDateTime, Tag.AcquisitionDateTime):
        value = header.moment(tag, frame)
        if value.presence is Presence.MALFORMED:
            return None
        if value.value is not None:
            return value.value
    day, clock = header.date(Tag.AcquisitionDate, frame).value, header.clock_s(Tag.AcquisitionTime, frame).value
    if day is None or clock is None:
        return None
    return datetime(day.year, day.month, day.day) + timedelta(seconds=clock)


def _agent_stated(angles: FlipAngleSet) -> tuple[str, ...]:
    stated = any(planes[0].header.text(Tag.ContrastBolusAgent, planes[0].frame).value for _, planes in angles.groups)
    return (AGENT_STATED,) if stated else ()


def _doubt(angles: FlipAngleSet) -> str:
    """Why the angles cannot be counted: images without a place, like a dynamic series, or of a part of the volume."""
    places = [len(series_geometry(planes).depths_mm) for _, planes in angles.groups]
    if any(len(planes) >= MANY * depths for (_, planes), depths in zip(angles.groups, places, strict=True)):
        return UNPLACED
    fewest, most = min(places), max(places)
    if 2 * fewest <= most:
        return f"at {angles.flip_angles_deg[places.index(fewest)]:g} degrees {fewest} of {most} places are imaged"
    return ""


def _complete(geometry: SeriesGeometry) -> bool:
    values = (geometry.thickness_mm, geometry.pixel_spacing_mm, geometry.rows, geometry.columns)
    return geometry.orientation is not None and bool(geometry.depths_mm) and all(each.known for each in values)


def _evidence(angles: FlipAngleSet, *tags: Tag) -> Evidence:
    return angles.groups[0][1][0].header.evidence(*(tags or (Tag.FlipAngle,)))


def _listed(angles: tuple[float, ...]) -> str:
    return ", ".join(f"{each:g}" for each in angles) + " deg"

"""The protocol check: one study against the recommendations, criterion by criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.answers import Answers
from PWIProtocolLib.protocol.checks.analysis_settings import analysis_aif, analysis_model, analysis_roi
from PWIProtocolLib.protocol.checks.attribute import added_attribute
from PWIProtocolLib.protocol.checks.contrast import contrast_dose, injection_rate_and_flush
from PWIProtocolLib.protocol.checks.contrast_headers import injection_offset_s
from PWIProtocolLib.protocol.checks.fat_suppression import fat_suppression
from PWIProtocolLib.protocol.checks.flip_angles import (
    flip_angle_count,
    flip_angle_geometry,
    flip_angle_range,
    flip_angles_before_contrast,
)
from PWIProtocolLib.protocol.checks.geometry import axial, in_plane_resolution, no_gap, slice_thickness
from PWIProtocolLib.protocol.checks.hardware import coil, field_strength
from PWIProtocolLib.protocol.checks.precontrast import precontrast_acquisitions
from PWIProtocolLib.protocol.checks.technique import dce_technique, sequence_3d_spgr_t1
from PWIProtocolLib.protocol.checks.timing import temporal_resolution, total_time
from PWIProtocolLib.protocol.checks.view import DynamicView, StudyView
from PWIProtocolLib.protocol.frames import frame_times
from PWIProtocolLib.protocol.geometry import series_geometry
from PWIProtocolLib.protocol.limit_words import limit_in_words
from PWIProtocolLib.protocol.recommendations import AnalysisId, CriterionId, panel_recommendations
from PWIProtocolLib.protocol.signal.pixel_curve import BolusReading, bolus_of
from PWIProtocolLib.protocol.verdict import CriterionResult, Finding, Verdict, cannot_tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.protocol.analysis import AnalysisSettings
    from PWIProtocolLib.protocol.frames import FrameTimes
    from PWIProtocolLib.protocol.recommendations import Advice, Indication, Recommendation, Recommendations
    from PWIProtocolLib.protocol.series import Dynamic, FlipAngleSet
    from PWIProtocolLib.protocol.study import Study

    Check = Callable[[StudyView, Recommendation], Finding]
    Progress = Callable[[int, int], bool]

CHECKS: dict[str, Check] = {
    CriterionId.DCE_TECHNIQUE: dce_technique,
    CriterionId.SEQUENCE_3D_SPGR_T1: sequence_3d_spgr_t1,
    CriterionId.AXIAL: axial,
    CriterionId.FIELD_STRENGTH: field_strength,
    CriterionId.COIL: coil,
    CriterionId.SLICE_THICKNESS: slice_thickness,
    CriterionId.NO_GAP: no_gap,
    CriterionId.IN_PLANE_RESOLUTION: in_plane_resolution,
    CriterionId.FAT_SUPPRESSION: fat_suppression,
    CriterionId.FLIP_ANGLE_COUNT: flip_angle_count,
    CriterionId.FLIP_ANGLE_RANGE: flip_angle_range,
    CriterionId.FLIP_ANGLE_GEOMETRY: flip_angle_geometry,
    CriterionId.FLIP_ANGLES_BEFORE_CONTRAST: flip_angles_before_contrast,
    CriterionId.TEMPORAL_RESOLUTION: temporal_resolution,
    CriterionId.PRECONTRAST_ACQUISITIONS: precontrast_acquisitions,
    CriterionId.TOTAL_TIME: total_time,
    CriterionId.CONTRAST_DOSE: contrast_dose,
    CriterionId.INJECTION_RATE_AND_FLUSH: injection_rate_and_flush,
}
# Criteria that say something of a study without a dynamic series; all others cannot be told then.
WITHOUT_DYNAMIC = {
    CriterionId.DCE_TECHNIQUE,
    CriterionId.FLIP_ANGLE_COUNT,
    CriterionId.FLIP_ANGLE_RANGE,
    CriterionId.CONTRAST_DOSE,
    CriterionId.INJECTION_RATE_AND_FLUSH,
}
ANALYSIS_CHECKS: dict[str, Callable[[AnalysisSettings | None, Recommendation], Finding]] = {
    AnalysisId.MODEL: analysis_model,
    AnalysisId.AIF: analysis_aif,
    AnalysisId.ROI: analysis_roi,
}


@dataclass(frozen=True)
class SeriesSummary:
    """One series and what it was taken for, with the reason; no free text of the scanner."""

    label: str
    number: int | None
    kind: str
    reason: str
    files: int
    images: int


@dataclass(frozen=True, eq=False)
class ProtocolCheck:
    """The result of a check.

    Attributes
    ----------
    label : name of the study's folder.
    dynamic : the series that was checked; empty when there is none.
    criteria, analysis : results in the order of the recommendations.
    advice : what the source advises without a criterion; shown, never judged.
    indication : the clinical scenario that was chosen; None when none was.
    indications : all scenarios.
    times, bolus : frame times and bolus of the dynamic, for a plot; None without a dynamic.
    injection_s : start of the injection by the headers, from the start of the first frame; None when they do not tell.
    answers : what was entered.
    """

    label: str
    edition: str
    series: tuple[SeriesSummary, ...]
    dynamic: str
    criteria: tuple[CriterionResult, ...]
    analysis: tuple[CriterionResult, ...]
    advice: tuple[Advice, ...]
    indication: Indication | None
    indications: tuple[Indication, ...]
    warnings: tuple[str, ...]
    times: FrameTimes | None
    bolus: BolusReading | None
    injection_s: float | None
    answers: Answers

    def count(self, verdict: Verdict) -> int:
        """Return how many criteria have this verdict; those of the analysis are not counted."""
        return sum(each.verdict is verdict for each in self.criteria)

    def result(self, criterion_id: str) -> CriterionResult:
        """Return the result of one criterion."""
        return next(each for each in (*self.criteria, *self.analysis) if each.criterion_id == criterion_id)


def check_study(
    study: Study,
    answers: Answers | None = None,
    recommendations: Recommendations | None = None,
    analysis: AnalysisSettings | None = None,
    progress: Progress | None = None,
    *,
    read_signal: bool = True,
) -> ProtocolCheck:
    """Compare a study with the recommendations.

    Parameters
    ----------
    study : headers of all its files.
    answers : what a user entered for what DICOM lacks, and the clinical scenario.
    recommendations : those of the expert panel when None.
    analysis : what was done with the study; None when nothing is known.
    progress : called while pixels are read, with frames done and in all; returns False to cancel.
    read_signal : whether to look for the bolus in the pixels; without it that evidence is missing, not assumed.

    Raises
    ------
    InputError
        When the chosen clinical scenario does not exist.
    ReadingCancelledError
        When `progress` returned False.

    References
    ----------
    Romeo et al., Insights Imaging 2022;13:198, Tables 1 and 2.
    """
    rules = recommendations or panel_recommendations()
    entered = answers or Answers()
    indication = rules.indication(entered.indication) if entered.indication else None
    chosen = study.dynamics[0] if study.dynamics else None
    dynamic = None if chosen is None else _dynamic_view(chosen, progress, read_signal=read_signal)
    view = StudyView(study, dynamic, _flip_angles(study), entered)
    return ProtocolCheck(
        label=study.label,
        edition=rules.edition,
        series=_summaries(study),
        dynamic="" if chosen is None else chosen.label,
        criteria=tuple(_result(rule, _finding(view, rule)) for rule in rules.criteria),
        analysis=tuple(_result(rule, _analysed(analysis, rule)) for rule in rules.analysis),
        advice=rules.advice,
        indication=indication,
        indications=rules.indications,
        warnings=_warnings(study, rules),
        times=None if dynamic is None else dynamic.times,
        bolus=None if dynamic is None else dynamic.bolus,
        injection_s=None if dynamic is None else injection_offset_s(dynamic).value,
        answers=entered,
    )


def _dynamic_view(dynamic: Dynamic, progress: Progress | None, *, read_signal: bool) -> DynamicView:
    times = frame_times(dynamic)
    geometry = series_geometry(times.frames[0] if times.frames else dynamic.planes)
    bolus = bolus_of(times, progress) if read_signal else BolusReading(None, "the pixels were not looked at")
    return DynamicView(dynamic, times, geometry, bolus)


def _flip_angles(study: Study) -> FlipAngleSet | None:
    """The set with the most angles."""
    return max(study.flip_angle_sets, key=lambda each: len(each.flip_angles_deg), default=None)


def _finding(view: StudyView, rule: Recommendation) -> Finding:
    if rule.switched_off:
        return cannot_tell(f"switched off by a site rule: {rule.switched_off}")
    if view.dynamic is None and rule.criterion_id not in WITHOUT_DYNAMIC:
        return cannot_tell("the study holds no dynamic series that could be checked")
    return CHECKS.get(rule.criterion_id, added_attribute)(view, rule)


def _analysed(settings: AnalysisSettings | None, rule: Recommendation) -> Finding:
    if rule.switched_off:
        return cannot_tell(f"switched off by a site rule: {rule.switched_off}")
    return ANALYSIS_CHECKS[rule.criterion_id](settings, rule)


def _result(rule: Recommendation, finding: Finding) -> CriterionResult:
    return CriterionResult(
        criterion_id=str(rule.criterion_id),
        title=rule.title,
        verdict=finding.verdict,
        reason=finding.reason,
        value=finding.value,
        unit=finding.unit,
        limit=limit_in_words(rule),
        evidence=finding.evidence,
        satisfied=finding.satisfied,
        warnings=finding.warnings,
        statement=rule.statement,
        agreement=rule.agreement,
        why=rule.why,
        source=rule.source,
        confidence=rule.confidence.value,
        site_rule=rule.site_rule,
    )


def _summaries(study: Study) -> tuple[SeriesSummary, ...]:
    return tuple(
        SeriesSummary(each.label, each.number, each.kind.value, each.reason, len(each.headers), len(each.planes))
        for each in study.series
    )


def _warnings(study: Study, rules: Recommendations) -> tuple[str, ...]:
    notes = []
    if len(study.dynamics) > 1:
        others = "; ".join(each.label for each in study.dynamics[1:])
        notes.append(f"{len(study.dynamics)} dynamic series: the largest was checked, not {others}")
    if len(study.flip_angle_sets) > 1:
        notes.append(f"{len(study.flip_angle_sets)} sets of flip angles: the one with the most angles was checked")
    if study.other_files:
        one = study.other_files[0]
        count = len(study.other_files)
        told = "1 file was" if count == 1 else f"{count} files were"
        notes.append(f"{told} left out, for example {one.name}: {one.reason}")
    changed = [each.criterion_id for each in (*rules.criteria, *rules.analysis) if each.site_rule]
    if changed:
        notes.append(f"site rules apply to: {', '.join(changed)}")
    return tuple(notes)

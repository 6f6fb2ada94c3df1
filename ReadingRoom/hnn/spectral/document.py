"""The JSON document of a spectral job: what was recognised and why, and how each map was made.

It names neither the patient nor any file that was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.spectral.noise_reduced import how_reduced

from hnn.spectral.files import OUTSIDE, REGISTERED_NAME, RIM, RIMS_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral import BasisTest, Blend, Registration, Response, RoiSample
    from iENEGraderLib.spectral.recognition import FoundSeries, SpectralSeries, TissueReport

    from hnn.spectral.calibration import Calibration
    from hnn.spectral.job import PlannedMap, SpectralJob

    Json = dict[str, object]

FORMAT = "hnn-spectral/1"
DIGITS = 8


def recognition_json(found: Sequence[FoundSeries], groups: Sequence[Sequence[SpectralSeries]]) -> Json:
    """Return what was recognised, for ``--inspect``."""
    numbers = {id(one.series): number for number, one in enumerate(found, 1)}
    return {
        "format": FORMAT,
        "series": [_found(number, one) for number, one in enumerate(found, 1)],
        "groups": [[numbers[id(one)] for one in group] for group in groups],
    }


def _found(number: int, one: FoundSeries) -> Json:
    known = _series(number, one.series) if one.series else {"series": number, "problem": one.problem}
    return known | {"series_number": one.number, "images": one.images, "plausibility": _tissues(one.tissues)}


def _tissues(report: TissueReport | None) -> Json | None:
    if report is None:
        return None
    checks = [
        {
            "tissue": each.tissue,
            "found_hu": None if each.found_hu is None else round(each.found_hu, 1),
            "expected_hu": [round(each.lowest_hu, 1), round(each.highest_hu, 1)],
            "verdict": each.verdict.value,
        }
        for each in report.checks
    ]
    return {"checks": checks, "not_judged": report.not_judged or None}


def job_json(job: SpectralJob, software: str) -> Json:
    """Return everything about a job."""
    numbers = {id(one): number for number, one in enumerate(job.series, 1)}
    used = [numbers[id(one)] for one in job.used]
    return {
        "format": FORMAT,
        "software": software,
        "input": job.data.kind.value,
        "basis": str(job.data.basis),
        "series": [_series(number, one) for number, one in enumerate(job.series, 1)],
        "basis_test": _test(job.test),
        "registration": _registration(job.registration),
        "calibration": _calibration(job.calibration, used),
        "maps": [_map(job, planned, used) for planned in job.maps],
        "warnings": [*job.warnings, *job.data.warnings],
    }


def _series(number: int, one: SpectralSeries) -> Json:
    known = one.recognised
    return {
        "series": number,
        "kind": known.kind.value,
        "energy_kev": known.energy_kev,
        "tube_voltage_kv": known.tube_voltage_kv,
        "bin_kev": known.bin_kev,
        "contrast": known.contrast.value if known.contrast else None,
        "unit": known.unit.value,
        "scale": known.scale,
        "offset": known.offset,
        "confidence": known.confidence.value,
        "decisions": [
            {
                "about": each.about,
                "value": each.value,
                "source": each.source,
                "said": each.said,
                "confidence": each.confidence.value,
            }
            for each in known.decisions
        ],
        "problem": known.problem,
        "warnings": list(known.warnings),
    }


def _test(test: BasisTest | None) -> Json | None:
    if test is None:
        return None
    return {
        "left_out": test.left_out,
        "accepts_water_and_iodine": test.accepts_water_iodine,
        "mixing": _round(test.mixing),
        "held_out_error_hu": _round(test.held_out_error_hu),
        "error_at_40_kev_hu": _round(test.error_at_40_hu),
        "basis": str(test.basis),
    }


def _registration(found: Registration | None) -> Json | None:
    if found is None:
        return None
    quality = found.quality
    return {
        "summary": found.summary(),
        "motion": quality.motion.value if quality.motion else None,
        "found_motion": quality.found_motion,
        "overlap": _round(quality.overlap),
        "mismatch_mm": _round(quality.mismatch_mm),
        "mismatch_before_mm": _round(quality.mismatch_before_mm),
        "mean_displacement_mm": _round(quality.mean_displacement_mm),
        "most_displacement_mm": _round(quality.most_displacement_mm),
        "rotation_deg": _round(quality.rotation_deg),
        "before_on_the_grid_of_after": REGISTERED_NAME,
        "mask": {
            "file": RIMS_NAME,
            str(RIM): "may be false iodine of a misfit",
            str(OUTSIDE): "outside the first scan",
        },
        "warnings": list(found.warnings),
    }


def _calibration(found: Calibration | None, used: Sequence[int]) -> Json | None:
    if found is None:
        return None
    channels = []
    pairs = zip(used, found.before.channels, found.after.channels, strict=True)
    for n, (number, before, after) in enumerate(pairs):
        channels.append(
            {
                "series": number,
                "name": after.name,
                "before": _response(before.response, "attenuation table"),
                "after": _response(after.response, "regions of this patient"),
                "fat_sd": _round(float(found.fat.covariance[n, n]) ** 0.5),
                "muscle_sd": _round(float(found.muscle.covariance[n, n]) ** 0.5),
            }
        )
    return {"fat": _region(found.fat), "muscle": _region(found.muscle), "channels": channels}


def _region(sample: RoiSample) -> Json:
    return {"voxels": sample.voxels, "independent_voxels": round(sample.independent, 1)}


def _response(response: Response, tissues_from: str) -> Json:
    return {
        "iodine_per_mg_ml": _round(response.iodine),
        "iodine_source": response.source.value,
        "fat": _round(response.fat),
        "soft_tissue": _round(response.soft),
        "tissues_source": tissues_from,
    }


def _map(job: SpectralJob, planned: PlannedMap, used: Sequence[int]) -> Json:
    blend: Blend = planned.blend
    return {
        "file": f"{planned.file_stem}.nrrd",
        "kind": blend.kind.value,
        "name": blend.name,
        "unit": blend.unit,
        "kev": blend.kev,
        **_computed(job, blend, used),
        "warnings": list(blend.warnings),
    }


def _computed(job: SpectralJob, blend: Blend, used: Sequence[int]) -> Json:
    """Weights of the series; a noise-reduced image is no weighted sum."""
    if blend.noise_reduced and blend.kev is not None:
        return {"noise_reduced": True, "method": how_reduced(job.data, blend.kev)}
    pairs = zip(used, blend.affine.weights, strict=True)
    return {
        "noise_reduced": False,
        "weights": [{"series": number, "weight": _round(weight)} for number, weight in pairs],
        "offset": _round(blend.affine.offset),
    }


def _round(value: float) -> float:
    return round(value, DIGITS)

"""The JSON document of a spectral job: what was recognised and why, and how each map was made.

It names neither the patient nor any file that was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.spectral import BasisTest, Blend
    from iENEGraderLib.spectral.recognition import SpectralSeries

    from hnn.spectral_job import PlannedMap, SpectralJob

    Json = dict[str, object]

FORMAT = "hnn-spectral/1"
DIGITS = 8


def recognition_json(series: Sequence[SpectralSeries], groups: Sequence[Sequence[SpectralSeries]]) -> Json:
    """Return what was recognised, for ``--inspect``."""
    numbers = {id(one): number for number, one in enumerate(series, 1)}
    return {
        "format": FORMAT,
        "series": [_series(number, one) for number, one in enumerate(series, 1)],
        "groups": [[numbers[id(one)] for one in group] for group in groups],
    }


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
        "maps": [_map(planned, used) for planned in job.maps],
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


def _map(planned: PlannedMap, used: Sequence[int]) -> Json:
    blend: Blend = planned.blend
    return {
        "file": f"{planned.file_stem}.nrrd",
        "kind": blend.kind.value,
        "name": blend.name,
        "unit": blend.unit,
        "kev": blend.kev,
        "weights": [
            {"series": number, "weight": _round(weight)}
            for number, weight in zip(used, blend.affine.weights, strict=True)
        ],
        "offset": _round(blend.affine.offset),
        "warnings": list(blend.warnings),
    }


def _round(value: float) -> float:
    return round(value, DIGITS)

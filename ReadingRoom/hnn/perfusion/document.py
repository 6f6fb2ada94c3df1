"""The JSON document of a fit: settings as they were used, arterial curve, maps, quality, regions.

It names neither the patient nor any file that was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.notice import NOTICE
from PWIProtocolLib.protocol.check_json import to_json
from PWIProtocolLib.roi import map_kind

from hnn.perfusion.files import CURVE_TYPE, STATUS
from hnn.perfusion.map_codes import map_code
from hnn.perfusion.quality import fit_quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.roi import MapStatistics, RegionCaution

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

    Json = dict[str, object]

SCHEMA = "hnn-pwi-fit/1"
N_STAGING = "Perfusion (DCE) results are not recommended for N staging."


def fit_json(
    study: FittedStudy, regions: Sequence[Region], software: str, *, dicom: bool, notes: Sequence[str]
) -> Json:
    """Return everything about a fit.

    Parameters
    ----------
    dicom : whether parametric maps were written.
    notes : what else a user should know of this run.
    """
    check = study.inputs.check
    return {
        "schema": SCHEMA,
        "software": software,
        "notice": NOTICE,
        "n_staging": N_STAGING,
        "study": _study(study),
        "settings": _settings(study),
        "aif": _aif(study),
        "maps": [_map(name, dicom=dicom) for name in study.named()] + _code_maps(),
        "quality": _quality(study),
        "regions": [_region(study, one) for one in regions],
        "protocol": None if check is None else {key: to_json(check)[key] for key in ("edition", "summary")},
        "cautions": list(dict.fromkeys((*study.cautions, *notes))),
    }


def _study(study: FittedStudy) -> Json:
    dynamic = study.inputs.dynamic
    return {
        "frames": len(dynamic.time_s),
        "time_s": [_rounded(value) for value in dynamic.time_s],
        "times_from": dynamic.time_reason,
        "size_ijk": list(dynamic.geometry.size_ijk),
        "spacing_mm": list(dynamic.geometry.spacing_mm),
    }


def _settings(study: FittedStudy) -> Json:
    settings, inputs = study.settings, study.inputs
    return {
        "model": str(settings.model),
        "delay": settings.delay,
        "baseline_frames": study.baseline,
        "baseline_given": settings.baseline is not None,
        "repetition_time_s": inputs.repetition_time_s,
        "flip_angle_deg": inputs.flip_angle_deg,
        "t1_from": str(inputs.precontrast.source),
        "t1_s": None if inputs.precontrast.is_map else float(inputs.precontrast.t1_s),
        "blood_t1_s": settings.blood_t1_s,
        "relaxivity_per_mM_s": settings.used_relaxivity,
        "relaxivity_given": settings.relaxivity_per_mM_s is not None,
        "hematocrit": settings.used_hematocrit,
        "hematocrit_given": settings.hematocrit is not None,
    }


def _aif(study: FittedStudy) -> Json:
    found = study.arterial
    quality = {key: _rounded(value) for key, value in vars(found.quality).items() if key != "warnings"}
    return {
        "source": str(found.source),
        "how": found.words,
        "arrival_s": _rounded(found.arrival_s),
        "voxels": None if found.voxels is None else int(np.count_nonzero(found.voxels)),
        "quality": quality,
        "cautions": list(found.cautions),
    }


def _map(name: str, *, dicom: bool) -> Json:
    kind, stem = map_kind(name), map_code(name).stem
    files = {"nrrd": f"{stem}.nrrd", "dicom": f"{stem}.dcm" if dicom else None}
    return {"name": name, "title": kind.title, "unit": kind.unit, **files}


def _code_maps() -> list[Json]:
    titles = {STATUS: "outcome of each voxel", CURVE_TYPE: "0 not told, 1 persistent, 2 plateau, 3 washout"}
    return [
        {"name": stem.replace("-", "_"), "title": title, "unit": "1", "nrrd": f"{stem}.nrrd", "dicom": None}
        for stem, title in titles.items()
    ]


def _quality(study: FittedStudy) -> Json:
    found = fit_quality(study)
    return {
        "voxels": found.voxels,
        "status": [
            {"code": int(each.status), "name": each.status.name.lower(), "meaning": each.status.meaning,
             "voxels": each.voxels, "share": _rounded(each.share)}
            for each in found.rows
        ],
        "enhancing_voxels": found.enhancing,
        "r2_median_of_enhancing": _rounded(found.r2_median),
        "r2_below_0.8_share_of_enhancing": _rounded(found.poor_share),
    }  # fmt: skip


def _region(study: FittedStudy, region: Region) -> Json:
    mean = region.mean
    names = study.kinetic.named()
    return {
        "segment_id": region.segment.segment_id,
        "segment": region.segment.name,
        "voxels": len(region.index),
        "maps": [_statistics(one) for one in region.statistics],
        "mean_curve": None
        if mean is None
        else {
            "voxels": mean.voxels,
            "left_out": mean.left_out,
            "mean_mM": [_rounded(value) for value in mean.mean_mM],
            "fit_mM": [_rounded(value) for value in mean.fit.curve_mM],
            "parameters": {
                name: {"value": _rounded(mean.fit.value(name)), "half_width_95": _rounded(mean.fit.half_width(name))}
                for name in names
            },
        },
        "cautions": [_caution(one) for one in region.cautions],
    }


def _statistics(one: MapStatistics) -> Json:
    plain = ("voxels", "valued", "mean", "sd", "median", "minimum", "maximum", "skewness", "kurtosis", "entropy_bits")
    percentiles = {f"{each.percent:g}": _rounded(each.value) for each in one.percentiles}
    numbers = {name: _rounded(getattr(one, name)) for name in plain}
    histogram = {
        "from": one.kind.bins_from,
        "to": one.kind.bins_to,
        "counts": list(one.histogram),
        "beyond": one.beyond_bins,
    }
    return {"name": one.kind.name, "unit": one.kind.unit, **numbers, "percentiles": percentiles, "histogram": histogram}


def _caution(one: RegionCaution) -> Json:
    return {"kind": str(one.kind), "finding": str(one.finding), "share": _rounded(one.share), "sentence": one.sentence}


def _rounded(value: float | None) -> float | int | None:
    """Return a number with six digits; None for what is no number."""
    if value is None or not np.isfinite(value):
        return None
    return value if isinstance(value, int) else float(f"{float(value):.6g}")

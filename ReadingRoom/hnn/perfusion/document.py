"""The JSON document of a fit: settings as they were used, arterial curve, maps, quality, regions.

It names neither the patient nor any file that was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.notice import NOTICE
from PWIProtocolLib.mapping import SignalInputs
from PWIProtocolLib.mapping.model_comparison import MEANING
from PWIProtocolLib.protocol.check_json import to_json
from PWIProtocolLib.roi import map_kind

from hnn.perfusion.best_model import BEST_MODEL
from hnn.perfusion.files import CURVE_TYPE, STATUS, half_width_file, half_width_name
from hnn.perfusion.map_codes import map_code
from hnn.perfusion.quality import fit_quality
from hnn.perfusion.region_json import region_json, resampling_json, rounded, shares_json

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    check = study.files.check
    return {
        "schema": SCHEMA,
        "software": software,
        "notice": NOTICE,
        "n_staging": N_STAGING,
        "study": _study(study),
        "settings": _settings(study),
        "aif": _aif(study),
        "maps": [_map(name, dicom=dicom) for name in study.named()] + _half_width_maps(study) + _code_maps(),
        "quality": _quality(study),
        "best_models": _best_models(study),
        "resampling": resampling_json(study.files.regions),
        "regions": [region_json(study, one) for one in regions],
        "protocol": None if check is None else {key: to_json(check)[key] for key in ("edition", "summary")},
        "cautions": list(dict.fromkeys((*study.cautions, *notes))),
    }


def _study(study: FittedStudy) -> Json:
    dynamic = study.inputs.dynamic
    return {
        "frames": len(dynamic.time_s),
        "time_s": [rounded(value) for value in dynamic.time_s],
        "times_from": dynamic.time_reason,
        "size_ijk": list(dynamic.geometry.size_ijk),
        "spacing_mm": list(dynamic.geometry.spacing_mm),
    }


def _settings(study: FittedStudy) -> Json:
    settings = study.settings
    return {
        "dynamic_is": str(study.inputs.kind),
        "model": str(settings.model),
        "delay": settings.delay,
        "baseline_frames": study.baseline,
        "baseline_given": settings.baseline is not None,
        **_signal_settings(study),
        "hematocrit": settings.used_hematocrit,
        "hematocrit_given": settings.hematocrit is not None,
    }


def _signal_settings(study: FittedStudy) -> Json:
    """Return what turns signal into concentration; nothing of it for concentrations."""
    settings, inputs = study.settings, study.inputs
    signal = inputs if isinstance(inputs, SignalInputs) else None
    t1 = inputs.precontrast
    return {
        "repetition_time_s": None if signal is None else signal.repetition_time_s,
        "flip_angle_deg": None if signal is None else signal.flip_angle_deg,
        "t1_from": str(t1.source),
        "t1_s": None if t1.is_map else rounded(float(t1.t1_s)),
        "blood_t1_s": settings.blood_t1_s,
        "b1_from": None if signal is None or signal.b1 is None else signal.b1.words,
        "relaxivity_per_mM_s": None if signal is None else settings.used_relaxivity,
        "relaxivity_given": settings.relaxivity_per_mM_s is not None,
    }


def _aif(study: FittedStudy) -> Json:
    found = study.arterial
    quality = {key: rounded(value) for key, value in vars(found.quality).items() if key != "warnings"}
    return {
        "source": str(found.source),
        "how": found.words,
        "arrival_s": rounded(found.arrival_s),
        "voxels": None if found.voxels is None else int(np.count_nonzero(found.voxels)),
        "quality": quality,
        "cautions": list(found.cautions),
    }


def _map(name: str, *, dicom: bool) -> Json:
    kind, stem = map_kind(name), map_code(name).stem
    files = {"nrrd": f"{stem}.nrrd", "dicom": f"{stem}.dcm" if dicom else None}
    return {"name": name, "title": kind.title, "unit": kind.unit, **files}


def _half_width_maps(study: FittedStudy) -> list[Json]:
    names = () if study.intervals is None else tuple(study.intervals.half_widths)
    return [
        {
            "name": half_width_name(name),
            "title": f"{map_kind(name).title}, half width of the 95 % interval",
            "unit": map_kind(name).unit,
            "nrrd": half_width_file(map_code(name).stem),
            "dicom": None,
        }
        for name in names
    ]


def _best_models(study: FittedStudy) -> Json | None:
    best = study.best_models
    if best is None:
        return None
    return {"meaning": MEANING, "nrrd": BEST_MODEL, "compared": best.compared(), "models": shares_json(best, None)}


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
             "voxels": each.voxels, "share": rounded(each.share)}
            for each in found.rows
        ],
        "enhancing_voxels": found.enhancing,
        "r2_median_of_enhancing": rounded(found.r2_median),
        "r2_below_0.8_share_of_enhancing": rounded(found.poor_share),
    }  # fmt: skip

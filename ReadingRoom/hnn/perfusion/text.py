"""A fit in a few lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PWIProtocolLib.mapping import MODEL_TITLES

from hnn.perfusion.document import N_STAGING
from hnn.perfusion.files import DOCUMENT, REPORT
from hnn.perfusion.map_codes import map_code
from hnn.perfusion.quality import fit_quality
from hnn.perfusion.regions import regions_of
from hnn.perfusion.report.values import with_unit

if TYPE_CHECKING:
    from pathlib import Path

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

TOLD = ("ktrans_per_min", "kep_per_min", "ve", "vp", "fp_ml_100ml_min", "ps_ml_100ml_min")


def summary(study: FittedStudy, folder: Path) -> str:
    """Return what was fitted and how well, the medians of the segments, cautions, and where the results are."""
    found, aif, regions = fit_quality(study), study.arterial, regions_of(study)
    r2 = "" if found.r2_median is None else f"; R² {found.r2_median:.3f} in the median"
    lines = [
        f"{MODEL_TITLES[study.settings.model]}, {study.baseline} frames before contrast",
        f"arterial curve: {aif.source}, arrival {aif.arrival_s:.1f} s, peak {aif.quality.peak_mM:.2f} mM",
        f"{found.enhancing} of {found.voxels} voxels enhance and have a value{r2}",
        *(_line(study, region) for region in regions),
        *_best(study),
        *(f"caution: {text}" for text in study.cautions),
        N_STAGING,
        f"{folder / REPORT}, {folder / DOCUMENT}",
    ]
    return "\n".join(lines) + "\n"


def _line(study: FittedStudy, region: Region) -> str:
    told = []
    for name in TOLD:
        one = region.of(name)
        if one is not None and one.median is not None:
            width = None if study.intervals is None else study.intervals.median(name, region.index)
            told.append(f"{map_code(name).symbol} {with_unit(one.median, one.kind.unit, width)}")
    widths = "" if study.intervals is None else ", ± half width of a voxel's 95 % interval"
    return f"{region.segment.name}: {', '.join(told) or 'no value'} (medians of {len(region.index)} voxels{widths})"


def _best(study: FittedStudy) -> list[str]:
    best = study.best_models
    if best is None:
        return []
    shares = ", ".join(f"{MODEL_TITLES[each.model]} {each.share:.0%}" for each in best.shares())
    return [f"best model (AICc) of {best.compared()} voxels: {shares}"]

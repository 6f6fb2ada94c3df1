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
    found, aif = fit_quality(study), study.arterial
    r2 = "" if found.r2_median is None else f"; R² {found.r2_median:.3f} in the median"
    lines = [
        f"{MODEL_TITLES[study.settings.model]}, {study.baseline} frames before contrast",
        f"arterial curve: {aif.source}, arrival {aif.arrival_s:.1f} s, peak {aif.quality.peak_mM:.2f} mM",
        f"{found.enhancing} of {found.voxels} voxels enhance and have a value{r2}",
        *(_line(region) for region in regions_of(study)),
        *(f"caution: {text}" for text in study.cautions),
        N_STAGING,
        f"{folder / REPORT}, {folder / DOCUMENT}",
    ]
    return "\n".join(lines) + "\n"


def _line(region: Region) -> str:
    told = [
        f"{map_code(name).symbol} {with_unit(one.median, one.kind.unit)}"
        for name in TOLD
        if (one := region.of(name)) is not None and one.median is not None
    ]
    return f"{region.segment.name}: {', '.join(told) or 'no value'} (medians of {len(region.index)} voxels)"

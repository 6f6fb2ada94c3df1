"""Words and numbers of results as the panel shows them. No Qt, no Slicer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.mapping import MODEL_TITLES
from PWIProtocolLib.roi import map_kind

if TYPE_CHECKING:
    from PWIProtocolLib.kinetics import KineticMaps
    from PWIProtocolLib.mapping import BestModels, MappedStudy, Region
    from PWIProtocolLib.roi import MapStatistics
    from PWIProtocolLib.scene.maps.map_volumes import MapExtras

SHOWN = ("ktrans_per_min", "kep_per_min", "ve", "vp", "fp_ml_100ml_min", "ps_ml_100ml_min", "delay_s", "r2")
COLUMNS = ("ktrans_per_min", "fp_ml_100ml_min", "ps_ml_100ml_min", "kep_per_min", "ve", "vp")
MOST_COLUMNS = 4
UNIT_WORDS = {"1": "", "mL/min/dL": "mL/min/100 mL"}
SHORT = {"ktrans_per_min": "Ktrans", "kep_per_min": "kep", "ve": "ve", "vp": "vp",
         "fp_ml_100ml_min": "Fp", "ps_ml_100ml_min": "PS", "r2": "R²", "delay_s": "delay"}  # fmt: skip
MOST_STATUSES = 3


def capital(sentence: str) -> str:
    """Return a sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def number_words(value: float | None, digits: int = 3) -> str:
    """Return a number with as many digits as mean something."""
    return "–" if value is None or not np.isfinite(value) else f"{value:.{digits}g}"


def parameter_words(maps: KineticMaps) -> str:
    """Return the parameters of the first voxel of maps in a line."""
    named = maps.named()
    parts = []
    for name in SHOWN:
        if name in named:
            unit = map_kind(name).unit
            parts.append(f"{SHORT[name]} {number_words(float(named[name][0]))} {UNIT_WORDS.get(unit, unit)}".rstrip())
    return ", ".join(parts)


def status_words(study: MappedStudy) -> tuple[str, ...]:
    """Return how the fit of the voxels came out, the commonest outcomes first."""
    counts = sorted(study.kinetic.counts().items(), key=lambda each: -each[1])
    total = study.kinetic.status.size
    listed = tuple(f"{share_words(count / total)} {status.meaning}" for status, count in counts[:MOST_STATUSES])
    rest = sum(count for _, count in counts[MOST_STATUSES:])
    return (*listed, f"{share_words(rest / total)} other, see the status map") if rest else listed


def share_words(share: float) -> str:
    """Return a share in percent; some is never rounded to none, nor most to all."""
    percent = round(100 * share)
    if percent == 0 and share > 0:
        return "<1%"
    return ">99%" if percent == 100 and share < 1 else f"{percent}%"


def columns_of(study: MappedStudy) -> tuple[str, ...]:
    """Return the maps that the table of regions has, by name."""
    named = study.kinetic.named()
    return tuple(name for name in COLUMNS if name in named)[:MOST_COLUMNS]


def median_words(median: float | None, quartiles: tuple[float | None, float | None], digits: int = 2) -> str:
    """Return a median, and the quartiles on a line of their own."""
    if median is None:
        return "–"
    low, high = (number_words(each, digits) for each in quartiles)
    return f"{number_words(median, digits)}\n{low}–{high}"


def quartiles_of(one: MapStatistics) -> tuple[float | None, float | None]:
    """Return the lower and the upper quartile of a map in a region."""
    low, high = (next((each.value for each in one.percentiles if each.percent == at), None) for at in (25.0, 75.0))
    return low, high


def region_note(region: Region, extras: MapExtras) -> str:
    """Return all that is known of a region: its maps, the fit of its mean curve, the best models, its cautions."""
    lines = [f"{region.name}: {len(region.index)} voxels"]
    lines += [_map_line(region, each, extras) for each in region.statistics if each.median is not None]
    if region.mean is not None:
        lines.append(f"fit of the mean curve: {parameter_words(region.mean.fit.maps)}")
    if extras.intervals is not None:
        lines.append("±: median half width of the voxels' 95 % intervals")
    if extras.best is not None:
        lines.append(_best_line(region, extras.best))
    return "\n".join([*lines, *(each.sentence for each in region.cautions)])


def _map_line(region: Region, one: MapStatistics, extras: MapExtras) -> str:
    width = None if extras.intervals is None else extras.intervals.median(one.kind.name, region.index)
    shown = median_words(one.median, quartiles_of(one), 3).replace("\n", " (")
    return f"{one.kind.title}: {shown})" + ("" if width is None else f" ± {number_words(width, 2)}")


def _best_line(region: Region, best: BestModels) -> str:
    shares = sorted(best.shares(region.index), key=lambda each: -each.voxels)
    listed = ", ".join(f"{MODEL_TITLES[each.model]} {share_words(each.share)}" for each in shares if each.voxels)
    return f"best model of {best.compared(region.index)} voxels: {listed or 'not told'}"

"""Tables of the report: segments, quality, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, bullets, tag
from PWIProtocolLib.mapping import MODEL_TITLES, SignalInputs
from PWIProtocolLib.report.plain_table import plain_table
from PWIProtocolLib.roi import Finding, map_kind

from hnn.perfusion.map_codes import map_code
from hnn.perfusion.quality import POOR_R2, fit_quality
from hnn.perfusion.report.pictures import SHOWN_UNITS
from hnn.perfusion.report.values import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

SHOWN = ("ktrans_per_min", "kep_per_min", "ve", "vp", "fp_ml_100ml_min", "ps_ml_100ml_min", "delay_s", "r2")
NOT_CHECKED = Finding.NOT_CHECKED
GIVEN = {True: "as given", False: "assumed"}
QUARTILES = (25.0, 75.0)


def regions_section(study: FittedStudy, regions: Sequence[Region]) -> Markup:
    """Return medians and quartiles of the segments with their cautions; nothing without segments."""
    if not regions:
        return Markup("")
    names = [name for name in SHOWN if name in study.kinetic.named()]
    headings = ["segment", "voxels", *map(map_heading, names)]
    rows = [_row(region, names) for region in regions]
    suspected = [f"{region.segment.name}: {each.sentence}" for region in regions for each in region.suspected]
    unchecked = {each.sentence for region in regions for each in region.cautions if each.finding is NOT_CHECKED}
    return tag(
        "section",
        tag("h2", "Segments", id="segments"),
        tag("p", "Median of the voxels with a value, and the middle half of them (quartiles).", class_="aside"),
        tag("div", plain_table(headings, rows, [False] * len(rows)), class_="regions wide"),
        tag("h3", "What may not belong in the segments"),
        bullets([*suspected, *sorted(unchecked)])
        or tag("p", "No sign of necrosis, cysts, vessels, short T1 or voxels without a value."),
        aria_labelledby="segments",
    )


def map_heading(name: str) -> str:
    """Return the heading of the column of a map, with its unit."""
    unit = map_kind(name).unit
    shown = SHOWN_UNITS.get(unit, unit)
    return f"{map_code(name).symbol}{f' ({shown})' if shown else ''}"


def _row(region: Region, names: Sequence[str]) -> list[str]:
    return [region.segment.name, str(len(region.index)), *(_cell(region, name) for name in names)]


def _cell(region: Region, name: str) -> str:
    one = region.of(name)
    if one is None or one.median is None:
        return "no value"
    low, high = (next(each.value for each in one.percentiles if each.percent == p) for p in QUARTILES)
    return tag("span", f"{short(one.median)} ", tag("span", f"{short(low)} to {short(high)}", class_="spread"))


def quality_section(study: FittedStudy) -> Markup:
    """Return how many voxels ended how, and how well the curves are explained."""
    found = fit_quality(study)
    rows = [(each.status.meaning, str(each.voxels), f"{each.share:.1%}") for each in found.rows]
    if found.r2_median is None or found.poor_share is None:
        told = "No voxel enhances above noise."
    else:
        told = (
            f"{found.enhancing} of {found.voxels} voxels enhance above noise and have a value. Of their variance the "
            f"model explains {found.r2_median:.1%} in the median (R²); {found.poor_share:.1%} of them stay below "
            f"{POOR_R2:.0%}."
        )
    return tag(
        "section",
        tag("h2", "Quality of the fit", id="quality"),
        tag("p", told),
        tag("div", plain_table(("outcome", "voxels", "share"), rows, [False] * len(rows)), class_="status"),
        aria_labelledby="quality",
    )


def settings_section(study: FittedStudy) -> Markup:
    """Return the settings as they were used, and where each comes from."""
    settings, inputs = study.settings, study.inputs
    delay = settings.delay if isinstance(settings.delay, str) else f"{settings.delay:g} s for all voxels"
    frames_from = "found in the images" if settings.baseline is None else "as given"
    rows = [
        ("model", MODEL_TITLES[settings.model], "exact least squares within the limits of its parameters"),
        ("delay of the tissue", delay, "searched for each voxel" if delay == "search" else "as chosen"),
        ("frame times", f"{len(inputs.dynamic.time_s)} frames", inputs.dynamic.time_reason),
        ("frames before contrast", str(study.baseline), frames_from),
        *_signal_rows(study),
        ("hematocrit", f"{settings.used_hematocrit:g}", GIVEN[settings.hematocrit is not None]),
    ]
    return tag(
        "section",
        tag("h2", "Settings", id="settings"),
        plain_table(("setting", "used", "from"), rows, [False] * len(rows)),
        aria_labelledby="settings",
    )


def _signal_rows(study: FittedStudy) -> list[tuple[str, str, str]]:
    """Return what turned signal into concentration."""
    settings, inputs = study.settings, study.inputs
    if not isinstance(inputs, SignalInputs):
        return [("frames", "concentration in mM", "as given; no T1, repetition time or relaxivity enters")]
    b1 = [] if inputs.b1 is None else [("B1", "map", inputs.b1.words)]
    return [
        ("T1 before contrast", inputs.precontrast.source.replace("_", " "), inputs.precontrast.words),
        *b1,
        ("repetition time", f"{1000 * inputs.repetition_time_s:g} ms", _origin(settings.repetition_time_s)),
        ("flip angle", f"{inputs.flip_angle_deg:g}°", _origin(settings.flip_angle_deg)),
        ("relaxivity", f"{settings.used_relaxivity:g} /(mM s)", GIVEN[settings.relaxivity_per_mM_s is not None]),
    ]


def _origin(given: float | None) -> str:
    return "stated by the file" if given is None else "as given"

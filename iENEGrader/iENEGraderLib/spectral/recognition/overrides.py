"""What the user says about a series, which outweighs every header."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.recognition.series import (
    NO_ENERGY,
    UNIT_WORDS,
    About,
    Confidence,
    ContrastRole,
    Decision,
    Question,
    RecognisedSeries,
    SeriesKind,
    ValueUnit,
)
from iENEGraderLib.spectral.recognition.unit_decision import unit_mismatch
from iENEGraderLib.spectral.recognition.units import stated_unit

USER = "the user"
BEHIND_PATH = re.compile(r"(?P<path>.+?):(?P<settings>\w+=[^,=]+(?:,\w+=[^,=]+)*)")
KINDS = {
    "mono": SeriesKind.MONOCHROMATIC,
    "monochromatic": SeriesKind.MONOCHROMATIC,
    "iodine": SeriesKind.IODINE_MAP,
    "vnc": SeriesKind.VIRTUAL_NON_CONTRAST,
    "conventional": SeriesKind.CONVENTIONAL,
    "bin": SeriesKind.ENERGY_BIN,
}
ROLES = {"pre": ContrastRole.BEFORE, "post": ContrastRole.AFTER}
NUMBERS = {"kev": "energy_kev", "kv": "tube_voltage_kv", "tin": "tin_mm", "slope": "iodine_slope"}


@dataclass(frozen=True)
class Overrides:
    """What was said; ``None`` where nothing was.

    Attributes
    ----------
    series_number : which series of a folder that holds several.
    energy_kev, tube_voltage_kv, bin_kev, tin_mm, iodine_slope, kind, contrast, unit, kernel : see `RecognisedSeries`.
    unit_factor : turns the values of the file into `unit`.
    """

    series_number: int | None = None
    energy_kev: float | None = None
    tube_voltage_kv: float | None = None
    bin_kev: tuple[float, float] | None = None
    tin_mm: float | None = None
    iodine_slope: float | None = None
    kind: SeriesKind | None = None
    contrast: ContrastRole | None = None
    unit: ValueUnit | None = None
    unit_factor: float = 1.0
    kernel: str | None = None


def split_overrides(text: str) -> tuple[str, Overrides]:
    """Split ``path:keV=50,unit=HU`` into the path and what is said behind it.

    Raises
    ------
    InputError
        when a setting or its value is not known.
    """
    found = BEHIND_PATH.fullmatch(text)
    if found is None:
        return text, Overrides()
    overrides = Overrides()
    for setting in found["settings"].split(","):
        name, _, value = setting.partition("=")
        overrides = _with(overrides, name, value.strip(), text)
    return found["path"], overrides


def overridden(series: RecognisedSeries, overrides: Overrides) -> RecognisedSeries:
    """Return the series as the user says it is; what the user left out stays as it was recognised.

    A question that the user has answered is gone; one that remains stays.
    """
    kind = overrides.kind or _implied_kind(series, overrides)
    decided = _decided(replace(overrides, kind=kind))
    changes: dict[str, Any] = {
        name: value
        for name in ("energy_kev", "tube_voltage_kv", "bin_kev", "tin_mm", "iodine_slope", "kernel", "contrast")
        if (value := getattr(overrides, name)) is not None
    }
    if kind is not None and kind is not SeriesKind.MONOCHROMATIC:
        decisions = tuple(each for each in series.decisions if each.about != About.ENERGY)
        series = replace(series, energy_kev=None, decisions=decisions)
    series = replace(series, kind=kind or series.kind, **changes)
    if overrides.unit is not None:
        series = replace(series, unit=overrides.unit, scale=overrides.unit_factor, offset=0.0)
    about = {each.about for each in decided}
    kept = tuple(each for each in series.decisions if each.about not in about)
    return replace(series, decisions=(*kept, *decided), questions=_still_open(series, overrides, kind))


def _implied_kind(series: RecognisedSeries, overrides: Overrides) -> SeriesKind | None:
    """An energy makes a monochromatic image; a scan before or after contrast agent is a plain one unless known."""
    if overrides.energy_kev is not None:
        return SeriesKind.MONOCHROMATIC
    is_scan = overrides.contrast is not None and series.kind is SeriesKind.UNKNOWN
    return SeriesKind.CONVENTIONAL if is_scan else None


def _decided(overrides: Overrides) -> list[Decision]:
    """Everything that was said, in words."""
    said: list[tuple[str, str | None]] = [
        ("kind", overrides.kind),
        ("contrast", overrides.contrast),
        ("energy", _with_unit(overrides.energy_kev, "keV")),
        ("tube voltage", _with_unit(overrides.tube_voltage_kv, "kV")),
        ("energy bin", overrides.bin_kev and f"{overrides.bin_kev[0]:g}-{overrides.bin_kev[1]:g} keV"),
        ("tin filter", _with_unit(overrides.tin_mm, "mm")),
        ("iodine slope", _with_unit(overrides.iodine_slope, "HU per mg/mL")),
        ("unit", overrides.unit and UNIT_WORDS.get(overrides.unit, overrides.unit.value)),
        ("kernel", overrides.kernel),
    ]
    return [Decision(about, value, USER, "", Confidence.STATED) for about, value in said if value is not None]


def _with_unit(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value:g} {unit}"


def _still_open(series: RecognisedSeries, overrides: Overrides, kind: SeriesKind | None) -> tuple[Question, ...]:
    """Ask again what the user has left open, and what a new kind brings up."""
    answered = set()
    if kind is not None:
        answered |= {About.KIND, About.ENERGY, About.UNIT}
    if overrides.unit is not None:
        answered |= {About.UNIT, About.FACTOR}
    asked = [question for question in series.questions if question.about not in answered]
    if kind is SeriesKind.MONOCHROMATIC and series.energy_kev is None:
        asked.append(Question(About.ENERGY, NO_ENERGY))
    mismatch = unit_mismatch(series.kind, series.unit)
    if mismatch and not any(question.about is About.UNIT for question in asked):
        asked.append(mismatch)
    return tuple(asked)


def _with(overrides: Overrides, name: str, value: str, text: str) -> Overrides:
    setting = name.lower()
    if setting == "kind" and value.lower() in {**KINDS, **ROLES}:
        role = ROLES.get(value.lower())
        return replace(overrides, contrast=role) if role else replace(overrides, kind=KINDS[value.lower()])
    if setting == "kernel":
        return replace(overrides, kernel=value)
    if setting == "unit" and (unit := stated_unit(value)):
        return replace(overrides, unit=unit.unit, unit_factor=unit.factor)
    try:
        if setting in NUMBERS:
            changes: dict[str, Any] = {NUMBERS[setting]: _positive(value)}
            return replace(overrides, **changes)
        if setting == "series":
            return replace(overrides, series_number=int(value))
        if setting == "bin":
            low, high = (_positive(end) for end in value.split("-"))
            return replace(overrides, bin_kev=(low, high), kind=SeriesKind.ENERGY_BIN)
    except ValueError:
        pass
    raise InputError(
        f"{text}: '{name}={value}' is not understood; behind the path stand keV=50, kV=80, tin=0.4, bin=20-65, "
        f"slope=55.4, kind={'|'.join([*KINDS, *ROLES])}, unit=HU|mg/mL|100ug/cm3, kernel=NAME or "
        "series=NUMBER, with commas between them"
    )


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1000:
        raise ValueError(text)
    return value

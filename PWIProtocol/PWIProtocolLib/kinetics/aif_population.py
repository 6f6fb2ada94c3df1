"""Population arterial input functions: published averages, evaluated exactly at any time and delay."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

from PWIProtocolLib.kinetics.aif_forms import BiexponentialForm, CosineBolusForm, GeorgiouForm, ParkerForm
from PWIProtocolLib.preferences import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from PWIProtocolLib.kinetics.aif_forms import AifForm

TABLE = Path(__file__).with_name("aif_population.toml")
SECONDS_PER_MINUTE = 60.0
DEFAULT_HEMATOCRIT = 0.42
"""Of large vessels; what Parker 2006 and most later works assume."""
MOST_HEMATOCRIT = 0.7
MOST_DELAY_S = 600.0


class PopulationAif(StrEnum):
    """The curves on offer, by first author."""

    PARKER = "parker"
    GEORGIOU = "georgiou"
    WEINMANN = "weinmann"
    WONG = "wong"


FORMS: Mapping[PopulationAif, type[ParkerForm | GeorgiouForm | BiexponentialForm | CosineBolusForm]] = {
    PopulationAif.PARKER: ParkerForm,
    PopulationAif.GEORGIOU: GeorgiouForm,
    PopulationAif.WEINMANN: BiexponentialForm,
    PopulationAif.WONG: CosineBolusForm,
}


class MeasuredIn(StrEnum):
    """What the published concentration is a concentration in."""

    BLOOD = "blood"
    PLASMA = "plasma"


@dataclass(frozen=True)
class AifParameter:
    """One number of a published curve, with its UCUM unit and where it stands."""

    name: str
    value: float
    unit: str
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class PopulationAifInfo:
    """What a user should know of a curve before using it."""

    name: PopulationAif
    title: str
    measured_in: MeasuredIn
    source: str
    confidence: Confidence
    remark: str
    parameters: tuple[AifParameter, ...]

    @property
    def form(self) -> AifForm:
        """The curve itself, in the fluid it was published for."""
        return FORMS[self.name](**{row.name: row.value for row in self.parameters})


def population_aif(
    name: str, time_s: ArrayLike, hematocrit: float = DEFAULT_HEMATOCRIT, delay_s: float = 0.0
) -> NDArray[np.float64]:
    """Plasma concentration of a population average.

    Parameters
    ----------
    name : one of `PopulationAif`.
    time_s : any times in seconds; they need not be even.
    hematocrit : share of red cells in large vessels. Curves published for blood are divided by ``1 - hematocrit``;
        the Weinmann curve is of plasma and does not change with it.
    delay_s : time at which the bolus arrives. The closed form is evaluated at ``time_s - delay_s``: no interpolation.

    Returns
    -------
    concentration in mM, of the shape of `time_s`; zero before arrival.

    Raises
    ------
    InputError
        When the name is not known, a time is not finite, or hematocrit or delay cannot be right.
    """
    info = population_aif_info(name)
    share = checked_hematocrit(hematocrit)
    time = np.asarray(time_s, dtype=float)
    if not np.all(np.isfinite(time)):
        raise InputError("population AIF: a time is not a finite number; give times in seconds")
    if not np.isfinite(delay_s) or abs(delay_s) > MOST_DELAY_S:
        raise InputError(f"population AIF: delay {delay_s!r} s; expected at most {MOST_DELAY_S:g} s: give seconds")
    curve = info.form.concentration_mM((time - delay_s) / SECONDS_PER_MINUTE)
    return curve / (1.0 - share) if info.measured_in is MeasuredIn.BLOOD else curve


def checked_hematocrit(hematocrit: float) -> float:
    """Return the hematocrit as a share; InputError when it is no share (a percentage, say)."""
    if not np.isfinite(hematocrit) or not 0.0 <= hematocrit <= MOST_HEMATOCRIT:
        raise InputError(f"hematocrit is {hematocrit!r}; expected a share from 0 to {MOST_HEMATOCRIT}, such as 0.42")
    return float(hematocrit)


def population_aif_info(name: str) -> PopulationAifInfo:
    """Return title, source, remarks and parameters of one curve; InputError when there is none of that name."""
    for info in population_aifs():
        if info.name == name:
            return info
    raise InputError(f"there is no population AIF {name!r}; there are {', '.join(PopulationAif)}")


@cache
def population_aifs() -> tuple[PopulationAifInfo, ...]:
    """Return all curves in the order of the shipped table."""
    return tuple(read_population_aifs(TABLE))


def read_population_aifs(path: Path) -> Iterable[PopulationAifInfo]:
    """Read a table of curves.

    Raises
    ------
    InputError
        When a row is not complete or says something unknown: the row is named.
    """
    document = read_toml(path)
    rows = document.get("parameter", [])
    for entry in document.get("aif", []):
        place = f"{path.name}: AIF {entry.get('name', '?')!r}"
        own = [row for row in rows if row.get("aif") == entry.get("name")]
        yield _info(place, entry, tuple(_parameter(place, row) for row in own))


def _info(place: str, entry: Mapping[str, Any], parameters: tuple[AifParameter, ...]) -> PopulationAifInfo:
    try:
        name = PopulationAif(entry["name"])
        measured_in, confidence = MeasuredIn(entry["measured_in"]), Confidence(entry["confidence"])
        texts = [str(entry[key]) for key in ("title", "source", "remark")]
    except (KeyError, ValueError) as error:
        raise InputError(f"{place}: missing or unknown {error}") from error
    needed, found = [field.name for field in fields(FORMS[name])], [row.name for row in parameters]
    if sorted(needed) != sorted(found):
        raise InputError(f"{place}: has the parameters {', '.join(found)}; its form needs {', '.join(needed)}")
    return PopulationAifInfo(name, texts[0], measured_in, texts[1], confidence, texts[2], parameters)


def _parameter(place: str, row: Mapping[str, Any]) -> AifParameter:
    try:
        value = float(row["value"])
        parameter = AifParameter(row["name"], value, row["unit"], row["source"], Confidence(row["confidence"]))
    except (KeyError, ValueError) as error:
        raise InputError(f"{place}, parameter {row.get('name', '?')!r}: missing or unknown {error}") from error
    if not np.isfinite(value) or value <= 0.0:
        raise InputError(f"{place}, parameter {parameter.name!r}: {value} is not above zero")
    return parameter

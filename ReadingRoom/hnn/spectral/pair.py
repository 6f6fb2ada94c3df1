"""A pair of scans before and after contrast agent: which is which, and how the two are brought together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import Scan, register_before_to_after, subtraction_input, tube_response
from iENEGraderLib.spectral.contrast_agent import require_iodine
from iENEGraderLib.spectral.recognition import ContrastRole, SeriesKind, converted_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.spectral import ContrastAgent, Registration, SpectralInput
    from iENEGraderLib.spectral.recognition import SpectralSeries

SAY_ROLE = "add :kind=pre or :kind=post behind the path"


@dataclass(frozen=True, eq=False)
class Pair:
    """The two series of a subtraction."""

    before: SpectralSeries
    after: SpectralSeries


def pair_of(series: Sequence[SpectralSeries]) -> Pair | None:
    """Return the pair when the series are one; ``None`` for other inputs.

    Raises
    ------
    InputError
        when scans before and after contrast agent are mixed with others, or it is not known which is which.
    """
    roles = {one.recognised.contrast: one for one in series}
    if ContrastRole.BEFORE in roles and ContrastRole.AFTER in roles:
        if len(series) > 2:
            raise InputError(
                f"{len(series)} series, of which some are before and some after contrast agent; give one pair of one "
                "tube voltage or energy, or several energies of one scan"
            )
        return Pair(roles[ContrastRole.BEFORE], roles[ContrastRole.AFTER])
    if len(series) == 2 and _is_one_energy(*series):
        raise InputError(_which_is_which(*series))
    return None


def possible_pairs(series: Sequence[SpectralSeries]) -> list[Pair]:
    """Return every two series of one energy of which one is before and the other after contrast agent."""
    before, after = (
        [one for one in series if one.recognised.contrast is role] for role in (ContrastRole.BEFORE, ContrastRole.AFTER)
    )
    return [Pair(one, other) for one in before for other in after if _is_one_energy(one, other)]


def registered(
    pair: Pair, agent: ContrastAgent, progress: Callable[[float, str], None] | None = None
) -> tuple[Registration, SpectralInput]:
    """Bring the two together and return what maps are computed from.

    Parameters
    ----------
    pair : converted to HU by what was recognised.
    agent : contrast agent.
    progress : is told the share done and what is being done.

    Raises
    ------
    InputError
        when the agent is not iodine, they are not of one tube voltage or energy and kernel, or do not match after
        registration.
    """
    require_iodine(agent)
    registration = register_before_to_after(_scan(pair.before), _scan(pair.after), progress=progress)
    known = pair.after.recognised
    response = None
    if known.iodine_slope is not None and known.tube_voltage_kv is not None and known.energy_kev is None:
        response = tube_response(known.tube_voltage_kv, known.tin_mm).with_slope(known.iodine_slope)
    return registration, subtraction_input(registration, response=response, agent=agent)


def _scan(one: SpectralSeries) -> Scan:
    known = one.recognised
    if known.kind not in (SeriesKind.MONOCHROMATIC, SeriesKind.CONVENTIONAL):
        raise InputError(
            f"{one.path}: {known.describe()}; a pair before and after contrast agent is of one tube voltage or one "
            "monochromatic energy"
        )
    is_mono = known.kind is SeriesKind.MONOCHROMATIC
    return Scan(
        image=converted_image(one),
        kvp=None if is_mono else known.tube_voltage_kv,
        kev=known.energy_kev if is_mono else None,
        tin_mm=known.tin_mm,
        kernel=known.kernel,
        frame_of_reference=known.frame_of_reference,
    )


def _is_one_energy(first: SpectralSeries, second: SpectralSeries) -> bool:
    one, other = first.recognised, second.recognised
    if one.kind is not other.kind:
        return False
    if one.kind is SeriesKind.MONOCHROMATIC:
        return one.energy_kev is not None and one.energy_kev == other.energy_kev
    is_plain = one.kind is SeriesKind.CONVENTIONAL
    return is_plain and (one.tube_voltage_kv, one.tin_mm) == (other.tube_voltage_kv, other.tin_mm)


def _which_is_which(first: SpectralSeries, second: SpectralSeries) -> str:
    known = [one for one in (first, second) if one.recognised.contrast]
    if len(known) == 1:
        other = second if known[0] is first else first
        return (
            f"{other.path}: nothing says whether it was scanned before or after the contrast agent ({known[0].path}: "
            f"{known[0].recognised.contrast}); {SAY_ROLE}"
        )
    return (
        f"{first.path} and {second.path}: {first.recognised.describe()} is given twice; give different energies, or "
        f"for images before and after contrast agent {SAY_ROLE} of each"
    )

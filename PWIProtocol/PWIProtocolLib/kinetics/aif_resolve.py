"""A measured arterial input function, resolved finer than its samples.

A bolus lasts some ten seconds; a volume is taken every five. Straight lines between samples cut its top off, and
Ktrans takes up the difference. Published forms of the bolus are fitted to the samples instead, each parameter drawn
towards its published value unless the samples say otherwise; the form that explains them best fills the gaps.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import least_squares

from PWIProtocolLib.kinetics.aif_curve import AifCurve, checked_aif
from PWIProtocolLib.kinetics.aif_population import SECONDS_PER_MINUTE, PopulationAif, population_aif_info

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from PWIProtocolLib.kinetics.aif_forms import CosineBolusForm, GeorgiouForm, ParkerForm

FINE_STEP_S = 0.25
RESOLVED_STEP_S = 1.25
"""Samples at most this far apart resolve the bolus by themselves."""
COARSE_STEP_S = 8.0
"""Samples further apart than the first pass is wide at half its height: the bolus is the form's then, not theirs."""
BOLUS_FORMS = (PopulationAif.PARKER, PopulationAif.GEORGIOU, PopulationAif.WONG)
PARAMETER_SPREAD = 0.3
"""Spread of each parameter between people, as the standard deviation of its logarithm: a choice, not a measurement."""
LEAST_PULL = 0.03
MOST_FACTOR = 2.0
NOISE_FACTOR = 1.5
WORST_RESIDUAL = 0.10
FEWEST_AFTER_ARRIVAL = 8
STARTS_MIN = (-0.08, 0.0)
STRETCHES = (0.8, 1.0, 1.3)
"""Starts of the fit: arrival before the first risen sample, and bolus shorter or longer than published."""
START_ROOM_MIN = 0.2
SCALE_ROOM = 4.0


@dataclass(frozen=True)
class FineAif:
    """An AIF on fine times, which contain every sample time exactly. Unpacks into ``time_s, aif_mM``.

    Attributes
    ----------
    time_s, aif_mM : fine curve (n_fine,).
    sample_index : positions of the measured times in `time_s`.
    arrival_s : when the bolus arrives: :attr:`AifCurve.arrival_s` of the fine curve.
    method : how the gaps were filled, in words.
    residual_share : root mean square of form minus samples, as a share of the peak; None without a form.
    warnings : what the user should know.
    """

    time_s: NDArray[np.float64]
    aif_mM: NDArray[np.float64]
    sample_index: NDArray[np.intp]
    arrival_s: float
    method: str
    residual_share: float | None
    warnings: tuple[str, ...]

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        """Offer times and concentrations."""
        return iter((self.time_s, self.aif_mM))


@dataclass(frozen=True)
class FittedForm:
    """A published form moved, scaled and reshaped to the samples; times in minutes."""

    name: PopulationAif
    form: ParkerForm | GeorgiouForm | CosineBolusForm
    onset_min: float
    scale: float
    cost: float

    def at_s(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Concentration in mM at times in seconds."""
        return self.scale * self.form.concentration_mM(time_s / SECONDS_PER_MINUTE - self.onset_min)


def resolve_finer(time_s: ArrayLike, aif_mM: ArrayLike) -> FineAif:
    """Fill the gaps between the samples of a measured AIF.

    Parameters
    ----------
    time_s : sample times in seconds (n,), rising; they need not be even.
    aif_mM : plasma concentration (n,).

    Returns
    -------
    FineAif
        Steps of at most 0.25 s. The curve passes through every sample, unless form and samples differ by no more than
        the noise before arrival: then the form stands alone, which takes that noise away.

    Raises
    ------
    InputError
        When times or concentrations cannot be those of an AIF.

    Notes
    -----
    Forms: Parker 2006, Georgiou 2019 and the cosine bolus of Orton 2008 with the numbers of Wong 2017. Deterministic:
    six fixed starts for each form, bounded trust-region least squares. When no form comes within a tenth of the peak
    the samples are joined by a shape-preserving cubic (Fritsch and Carlson 1980) and a warning says so.
    """
    curve = checked_aif(time_s, aif_mM)
    fine_s, index = _fine_times(curve.time_s)
    joined = PchipInterpolator(curve.time_s, curve.aif_mM)(fine_s)
    if np.median(np.diff(curve.time_s)) <= RESOLVED_STEP_S:
        method = "samples joined by a shape-preserving cubic; they resolve the bolus by themselves"
        return FineAif(fine_s, joined, index, AifCurve(fine_s, joined).arrival_s, method, None, ())
    best = _best_form(curve)
    if best is None:
        return _joined_only(curve, fine_s, joined, index, None)
    residual = curve.aif_mM - best.at_s(curve.time_s)
    rms = float(np.sqrt(np.mean(residual**2)))
    share = rms / float(curve.aif_mM.max())
    if share > WORST_RESIDUAL:
        return _joined_only(curve, fine_s, joined, index, share)
    fine, method = best.at_s(fine_s), f"bolus form of {population_aif_info(best.name).title} fitted to the samples"
    if rms <= NOISE_FACTOR * (curve.baseline_sd_mM or 0.0):
        method += "; what differs is noise and was left out"
    else:
        fine = fine + PchipInterpolator(curve.time_s, residual)(fine_s)
        method += ", drawn through each of them"
    return FineAif(fine_s, fine, index, AifCurve(fine_s, fine).arrival_s, method, share, _warnings(curve))


def _warnings(curve: AifCurve) -> tuple[str, ...]:
    step_s = float(np.median(np.diff(curve.time_s)))
    if step_s <= COARSE_STEP_S:
        return ()
    return (f"AIF: samples every {step_s:.3g} s do not show the bolus; its shape between them is an assumption",)


def _fine_times(time_s: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    parts = np.ceil(np.diff(time_s) / FINE_STEP_S - 1e-9).astype(np.intp)
    pieces = [
        np.linspace(start, end, count, endpoint=False)
        for start, end, count in zip(time_s[:-1], time_s[1:], parts, strict=True)
    ]
    return np.concatenate([*pieces, time_s[-1:]]), np.concatenate([[0], np.cumsum(parts)]).astype(np.intp)


def _joined_only(
    curve: AifCurve,
    fine_s: NDArray[np.float64],
    joined: NDArray[np.float64],
    index: NDArray[np.intp],
    share: float | None,
) -> FineAif:
    why = (
        f"no published bolus form comes nearer than {share:.0%} of its peak"
        if share is not None
        else "too little of the bolus or of what follows was sampled to fit a bolus form"
    )
    step_s = float(np.median(np.diff(curve.time_s)))
    warning = f"AIF: {why}; its {step_s:.3g} s samples were only joined smoothly, and part of the bolus may be lost"
    method = "samples joined by a shape-preserving cubic"
    return FineAif(fine_s, joined, index, AifCurve(fine_s, joined).arrival_s, method, share, (warning,))


def _best_form(curve: AifCurve) -> FittedForm | None:
    after = curve.time_s.size - curve.first_risen
    if curve.first_risen == 0 or after < FEWEST_AFTER_ARRIVAL:
        return None
    noise_share = (curve.baseline_sd_mM or 0.0) / float(curve.aif_mM.max())
    pull = max(LEAST_PULL, noise_share / PARAMETER_SPREAD)
    fits = [
        _fitted(name, curve, curve.time_s[curve.first_risen] / SECONDS_PER_MINUTE + start, stretch, pull)
        for name in BOLUS_FORMS
        for start in STARTS_MIN
        for stretch in STRETCHES
    ]
    return min(fits, key=lambda fit: fit.cost)


def _fitted(name: PopulationAif, curve: AifCurve, onset_min: float, stretch: float, pull: float) -> FittedForm:
    published = cast("ParkerForm | GeorgiouForm | CosineBolusForm", population_aif_info(name).form)
    base, peak = np.array(astuple(published)), float(curve.aif_mM.max())
    time_min = curve.time_s / SECONDS_PER_MINUTE

    def shaped(x: NDArray[np.float64]) -> ParkerForm | GeorgiouForm | CosineBolusForm:
        return type(published)(*(base * np.exp(x[2:])).tolist())

    def misfit(x: NDArray[np.float64]) -> NDArray[np.float64]:
        modelled = np.exp(x[1]) * shaped(x).concentration_mM(time_min - x[0])
        return np.concatenate([(modelled - curve.aif_mM) / peak, pull * x[2:]])

    first = published.stretched(stretch)
    unscaled = float(first.concentration_mM(time_min - onset_min).max())
    start_scale = float(np.clip(np.log(peak / max(unscaled, 1e-12)), -SCALE_ROOM, SCALE_ROOM))
    start = np.concatenate([[onset_min, start_scale], np.log(np.array(astuple(first)) / base)])
    room = np.concatenate([[START_ROOM_MIN, 1.5 * SCALE_ROOM], np.full(base.size, np.log(MOST_FACTOR))])
    centre = np.concatenate([[onset_min, 0.0], np.zeros(base.size)])
    found = least_squares(misfit, start, bounds=(centre - room, centre + room), max_nfev=100)
    return FittedForm(name, shaped(found.x), float(found.x[0]), float(np.exp(found.x[1])), float(found.cost))

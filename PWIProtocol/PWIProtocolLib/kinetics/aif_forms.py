"""Published functional forms of the arterial input function, as closed expressions of time.

Each form is a frozen set of parameters in the units of its paper (minutes, mM) and gives zero before the bolus arrives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class AifForm(Protocol):
    """A curve of concentration over the time since the bolus arrived."""

    def concentration_mM(self, time_min: ArrayLike) -> NDArray[np.float64]:
        """Concentration at times in minutes after arrival."""


@dataclass(frozen=True)
class ParkerForm:
    """Two Gaussians (first pass and recirculation) and an exponential switched on by a sigmoid (Parker 2006, eq. 1)."""

    a1_mM_min: float
    t1_min: float
    sigma1_min: float
    a2_mM_min: float
    t2_min: float
    sigma2_min: float
    alpha_mM: float
    beta_per_min: float
    s_per_min: float
    tau_min: float

    def stretched(self, factor: float) -> ParkerForm:
        """The same with first pass and recirculation slower by a factor."""
        return replace(
            self,
            t1_min=self.t1_min * factor,
            sigma1_min=self.sigma1_min * factor,
            t2_min=self.t2_min * factor,
            sigma2_min=self.sigma2_min * factor,
            s_per_min=self.s_per_min / factor,
            tau_min=self.tau_min * factor,
        )

    def concentration_mM(self, time_min: ArrayLike) -> NDArray[np.float64]:
        """Concentration at times in minutes after arrival."""
        time = np.asarray(time_min, dtype=float)
        first = _gaussian(time, self.a1_mM_min, self.t1_min, self.sigma1_min)
        second = _gaussian(time, self.a2_mM_min, self.t2_min, self.sigma2_min)
        after = np.maximum(time, 0.0)
        switch = 1.0 / (1.0 + np.exp(-self.s_per_min * (after - self.tau_min)))
        tail = self.alpha_mM * np.exp(-self.beta_per_min * after) * switch
        return np.where(time >= 0.0, first + second + tail, 0.0)


def _gaussian(time: NDArray[np.float64], area: float, centre: float, width: float) -> NDArray[np.float64]:
    curve: NDArray[np.float64] = area / (width * np.sqrt(2.0 * np.pi)) * np.exp(-0.5 * ((time - centre) / width) ** 2)
    return curve


@dataclass(frozen=True)
class GeorgiouForm:
    """Three exponentials times a train of gamma variates, one for each circulation (Horsfield 2009, Georgiou 2019)."""

    a1_mM: float
    m1_per_min: float
    a2_mM: float
    m2_per_min: float
    a3_mM: float
    m3_per_min: float
    alpha: float
    beta_min: float
    tau_min: float

    def stretched(self, factor: float) -> GeorgiouForm:
        """The same with every circulation slower by a factor."""
        slower = replace(self, beta_min=self.beta_min * factor, tau_min=self.tau_min * factor)
        return replace(slower, m3_per_min=self.m3_per_min / factor)

    def concentration_mM(self, time_min: ArrayLike) -> NDArray[np.float64]:
        """Concentration at times in minutes after arrival."""
        time = np.maximum(np.asarray(time_min, dtype=float), 0.0)
        loss = (
            self.a1_mM * np.exp(-self.m1_per_min * time)
            + self.a2_mM * np.exp(-self.m2_per_min * time)
            + self.a3_mM * np.exp(-self.m3_per_min * time)
        )
        # A round trip takes about tau + (1 + alpha) beta, so no circulation beyond time / tau has begun.
        trips = np.arange(int(np.max(time, initial=0.0) / self.tau_min) + 1)
        since = time[..., None] - trips * self.tau_min
        started = since > 0.0
        safe = np.where(started, since, 1.0)
        power = (trips + 1) * self.alpha + trips
        log_density = power * np.log(safe / self.beta_min) - safe / self.beta_min - gammaln(power + 1.0)
        density = np.where(started, np.exp(log_density), 0.0) / self.beta_min
        curve: NDArray[np.float64] = loss * density.sum(axis=-1)
        return curve


@dataclass(frozen=True)
class CosineBolusForm:
    """A raised cosine as the bolus, and its convolution with an exponential as the body (Orton 2008, third model)."""

    ab_mM: float
    mb_per_min: float
    ae_per_min: float
    me_per_min: float

    def stretched(self, factor: float) -> CosineBolusForm:
        """The same with a bolus longer by a factor."""
        return replace(self, mb_per_min=self.mb_per_min / factor)

    def concentration_mM(self, time_min: ArrayLike) -> NDArray[np.float64]:
        """Concentration at times in minutes after arrival."""
        time = np.maximum(np.asarray(time_min, dtype=float), 0.0)
        inside = np.minimum(time, 2.0 * np.pi / self.mb_per_min)
        angle = self.mb_per_min * inside
        bolus = 1.0 - np.cos(angle)
        m, k = self.mb_per_min, self.me_per_min
        decayed = np.exp(-k * inside)
        oscillating = (k * np.cos(angle) + m * np.sin(angle) - k * decayed) / (k * k + m * m)
        body = ((1.0 - decayed) / k - oscillating) * np.exp(-k * (time - inside))
        curve: NDArray[np.float64] = self.ab_mM * (bolus + self.ae_per_min * body)
        return curve


@dataclass(frozen=True)
class BiexponentialForm:
    """Two exponentials that begin at once: no bolus (Weinmann 1984 as fitted by Tofts and Kermode 1991)."""

    dose_mmol_per_kg: float
    a1_kg_per_l: float
    m1_per_min: float
    a2_kg_per_l: float
    m2_per_min: float

    def concentration_mM(self, time_min: ArrayLike) -> NDArray[np.float64]:
        """Concentration at times in minutes after arrival."""
        time = np.asarray(time_min, dtype=float)
        after = np.maximum(time, 0.0)
        curve = self.a1_kg_per_l * np.exp(-self.m1_per_min * after) + self.a2_kg_per_l * np.exp(
            -self.m2_per_min * after
        )
        return np.where(time >= 0.0, self.dose_mmol_per_kg * curve, 0.0)

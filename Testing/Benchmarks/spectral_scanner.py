"""A scanner of a neck, from tube to image: polychromatic beams, counted photons, and images of known materials.

Parallel beams through discs, analytic path lengths, Poisson noise, filtered back projection. Basis images come from the
projections of two spectra, as scanners make them. Scatter, pile-up and charge sharing are left out.
Needs SpekPy and xraylib, whose physics is here independent of the table of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from make_attenuation_table import IODINE, MATERIALS, WATER, Beam

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PIXEL_MM, PIXELS = 0.5, 352
DETECTOR_MM, DETECTORS, VIEWS = 0.4, 480, 720
PADDED = 2048
SECTIONS = 3
PHOTONS = 4e5
LOWEST_WEIGHT = 1e-5
BIN_KEV = 3
NEWTON_STEPS = 6
CORE = 0.7
BY_NAME = {material.name: material for material in MATERIALS}


@dataclass(frozen=True)
class Insert:
    """A disc: centre and radius in mm, shares of tissues, iodine in mg/mL."""

    x_mm: float
    y_mm: float
    radius_mm: float
    tissues: tuple[tuple[str, float], ...]
    iodine_mg_ml: float = 0.0

    def share(self, tissue: str) -> float:
        """Return the share of a tissue."""
        return dict(self.tissues).get(tissue, 0.0)


@dataclass(frozen=True, eq=False)
class Phantom:
    """A cylinder of soft tissue with inserts."""

    radius_mm: float
    inserts: tuple[Insert, ...]

    @property
    def discs(self) -> tuple[Insert, ...]:
        """The cylinder and its inserts."""
        return (Insert(0, 0, self.radius_mm, (("soft_tissue", 1.0),)), *self.inserts)

    @cached_property
    def paths(self) -> dict[str, Floats]:
        """Path lengths through each tissue in cm, and iodine in g/cm2, shape (views, detectors)."""
        angle = np.arange(VIEWS)[:, None] * np.pi / VIEWS
        ray = (np.arange(DETECTORS) - (DETECTORS - 1) / 2) * DETECTOR_MM
        paths: dict[str, Floats] = {}

        def add(disc: Insert, name: str, factor: float) -> None:
            miss = disc.x_mm * np.cos(angle) + disc.y_mm * np.sin(angle) - ray
            chord = 0.2 * np.sqrt(np.maximum(disc.radius_mm**2 - miss**2, 0))
            paths[name] = paths.get(name, 0.0) + factor * chord

        for number, disc in enumerate(self.discs):
            if number:
                add(disc, "soft_tissue", -1.0)
            for tissue, share in disc.tissues:
                add(disc, tissue, share)
            if disc.iodine_mg_ml:
                add(disc, "iodine", 1e-3 * disc.iodine_mg_ml)
        return paths

    def core(self, insert: Insert) -> NDArray[np.bool_]:
        """Return the mask of the inner part of an insert."""
        x, y = _grid()
        return np.hypot(x - insert.x_mm, y - insert.y_mm) <= CORE * insert.radius_mm

    def hu(self, insert: Insert, kev: float) -> float:
        """Return what an insert shows at one energy."""
        energy = np.array([kev])
        value = sum(share * BY_NAME[tissue].per_cm(energy)[0] for tissue, share in insert.tissues)
        value += 1e-3 * insert.iodine_mg_ml * IODINE.per_gram(energy)[0]
        return float(1000 * (value / WATER.per_cm(energy)[0] - 1))


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Energies in coarse steps and how the detector weighs them, their sum 1."""

    kev: Floats
    weight: Floats

    @staticmethod
    def of(beam: Beam) -> Spectrum:
        """Return the spectrum of a beam."""
        kev, weight = beam.weights()
        use = weight > LOWEST_WEIGHT * weight.max()
        count = use.sum() // BIN_KEV * BIN_KEV
        kev, weight = (values[use][:count].reshape(-1, BIN_KEV) for values in (kev, weight))
        total = weight.sum(axis=1)
        return Spectrum((kev * weight).sum(axis=1) / total, total / total.sum())

    def seen(self, paths: dict[str, Floats]) -> Floats:
        """Return the share of the signal that is left behind the phantom."""
        names = list(paths)
        table = np.array([IODINE.per_gram(self.kev) if n == "iodine" else BY_NAME[n].per_cm(self.kev) for n in names])
        left = np.zeros_like(paths[names[0]])
        for energy, weight in enumerate(self.weight):
            exponent = sum(table[row, energy] * paths[name] for row, name in enumerate(names))
            left += weight * np.exp(-exponent)
        return left

    def behind(self, water: Floats, iodine: Floats) -> tuple[Floats, Floats, Floats]:
        """Return minus the logarithm of the signal behind water (cm) and iodine (g/cm2), and its two derivatives."""
        left, by_water, by_iodine = (np.zeros_like(water) for _ in range(3))
        tables = zip(self.weight, WATER.per_cm(self.kev), IODINE.per_gram(self.kev), strict=True)
        for weight, of_water, of_iodine in tables:
            part = weight * np.exp(-of_water * water - of_iodine * iodine)
            left += part
            by_water += of_water * part
            by_iodine += of_iodine * part
        return -np.log(left), by_water / left, by_iodine / left


@dataclass(frozen=True, eq=False)
class Scan:
    """Images [k, j, i] of one scan: basis images for any energy, and one image in HU of each spectrum."""

    water: Floats
    iodine_mg_ml: Floats
    spectra_hu: tuple[Floats, Floats]

    def exported(self, kev: float) -> NDArray[np.int16]:
        """Return the virtual monochromatic image that a scanner would export."""
        return np.rint(self.monochromatic(kev)).astype(np.int16)

    def monochromatic(self, kev: float) -> Floats:
        """Return it before rounding."""
        energy = np.array([kev])
        slope = IODINE.per_gram(energy)[0] / WATER.per_gram(energy)[0]
        return 1000 * (self.water - 1) + slope * self.iodine_mg_ml


def scan(phantom: Phantom, beams: tuple[Beam, Beam], rng: np.random.Generator) -> Scan:
    """Scan a phantom with two beams, in some sections of one content and noise of their own."""
    spectra = [Spectrum.of(beam) for beam in beams]
    signals = [PHOTONS * spectrum.seen(phantom.paths) for spectrum in spectra]
    sections = [_section(signals, spectra, rng) for _ in range(SECTIONS)]
    water, iodine, low, high = (np.stack(images) for images in zip(*sections, strict=True))
    return Scan(water, iodine, (low, high))


def _section(signals: list[Floats], spectra: list[Spectrum], rng: np.random.Generator) -> list[Floats]:
    """Return the images of water, of iodine in mg/mL, and of both spectra in HU."""
    logs = [-np.log(np.maximum(rng.poisson(signal), 1) / PHOTONS) for signal in signals]
    water, iodine = _basis(logs, spectra)
    depth = np.linspace(0, 25, 600)
    nothing = np.zeros_like(depth)
    corrected = [np.interp(log, s.behind(depth, nothing)[0], depth) for log, s in zip(logs, spectra, strict=True)]
    spectra_hu = [1000 * (_reconstructed(image) - 1) for image in corrected]
    return [_reconstructed(water), 1000 * _reconstructed(iodine), *spectra_hu]


def _basis(logs: list[Floats], spectra: list[Spectrum]) -> tuple[Floats, Floats]:
    """Return path lengths of water and iodine by Newton's method."""
    water, iodine = logs[1] / WATER.per_cm(np.array([70.0]))[0], np.zeros_like(logs[0])
    for _ in range(NEWTON_STEPS):
        (a, aw, ai), (b, bw, bi) = (spectrum.behind(water, iodine) for spectrum in spectra)
        first, second, det = logs[0] - a, logs[1] - b, aw * bi - ai * bw
        water, iodine = water + (bi * first - ai * second) / det, iodine + (aw * second - bw * first) / det
    return water, iodine


def _reconstructed(projections: Floats) -> Floats:
    """Return the image by filtered back projection with a Hann window; units of the projections per cm."""
    step = 0.1 * DETECTOR_MM
    kernel = np.zeros(PADDED)
    odd = np.arange(1, PADDED // 2 + 1, 2)
    kernel[0] = 1 / (4 * step * step)
    kernel[odd] = kernel[-odd] = -1 / (np.pi * odd * step) ** 2
    ramp = np.real(np.fft.rfft(kernel)) * step * (0.5 + 0.5 * np.cos(2 * np.pi * np.fft.rfftfreq(PADDED)))
    filtered = np.fft.irfft(np.fft.rfft(projections, PADDED, axis=1) * ramp, PADDED, axis=1)[:, :DETECTORS]
    x, y = _grid()
    image = np.zeros_like(x)
    for view, values in enumerate(filtered):
        angle = view * np.pi / VIEWS
        place = (x * np.cos(angle) + y * np.sin(angle)) / DETECTOR_MM + (DETECTORS - 1) / 2
        image += np.interp(place.ravel(), np.arange(DETECTORS), values).reshape(x.shape)
    return image * np.pi / VIEWS


def _grid() -> tuple[Floats, Floats]:
    """Return x and y in mm of each pixel."""
    along = (np.arange(PIXELS) - (PIXELS - 1) / 2) * PIXEL_MM
    x, y = np.meshgrid(along, along)
    return x, y

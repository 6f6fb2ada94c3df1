"""Write the two tables of the spectral maps: attenuation of materials, and how tube voltages answer to iodine.

``python scripts/make_attenuation_table.py`` needs xraylib and SpekPy, which nothing else in the package needs: the
tables are data files. Sources: Schoonjans et al., Spectrochim. Acta B 66 (2011) 776 (xraylib); Poludniowski et
al., Med. Phys. 48 (2021) 3630 (SpekPy); ICRU Report 44 (compositions, as in table 2 of NISTIR 5632).
With ``--check`` nothing is written and the exit code tells whether the tables are up to date.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

try:
    import spekpy
    import xraylib
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is not installed: pip install xraylib spekpy (only for making and checking the tables)")

FOLDER = Path(__file__).resolve().parents[1] / "iENEGrader" / "iENEGraderLib" / "spectral"
KEV = np.arange(40, 191)
WATER_CM = (12.0, 16.0, 20.0)
FILTER_MM = 6.0
ANODE_DEG = 8.0


@dataclass(frozen=True)
class Composition:
    """Density and mass fractions of a material."""

    name: str
    density_g_cm3: float
    fractions: dict[str, float]

    def per_gram(self, kev: np.ndarray) -> np.ndarray:
        """Return the mass attenuation in cm2/g."""
        total = sum(self.fractions.values())
        parts = [
            share / total * np.array([xraylib.CS_Total(xraylib.SymbolToAtomicNumber(symbol), float(e)) for e in kev])
            for symbol, share in self.fractions.items()
        ]
        return np.sum(parts, axis=0)

    def per_cm(self, kev: np.ndarray) -> np.ndarray:
        """Return the linear attenuation in 1/cm."""
        return self.density_g_cm3 * self.per_gram(kev)


def _material(name: str, density: float, **fractions: float) -> Composition:
    return Composition(name, density, fractions)


WATER = _material("water", 1.0, H=0.111898, O=0.888102)
ADIPOSE = _material("adipose", 0.95, H=0.114, C=0.598, N=0.007, O=0.278, Na=0.001, S=0.001, Cl=0.001)
SOFT = _material("soft_tissue", 1.06, H=0.102, C=0.143, N=0.034, O=0.708, Na=0.002, P=0.003, S=0.003, Cl=0.002, K=0.003)
IODINE = _material("iodine", 4.93, I=1.0)
MATERIALS = (
    WATER,
    ADIPOSE,
    SOFT,
    _material("muscle", 1.05, H=0.102, C=0.143, N=0.034, O=0.710, Na=0.001, P=0.002, S=0.003, Cl=0.001, K=0.004),
    _material(
        "blood", 1.06, H=0.102, C=0.110, N=0.033, O=0.745, Na=0.001, P=0.001, S=0.002, Cl=0.003, K=0.002, Fe=0.001
    ),
    _material("lymph", 1.03, H=0.108, C=0.041, N=0.011, O=0.832, Na=0.003, S=0.001, Cl=0.004),
    _material("bone", 1.92, H=0.034, C=0.155, N=0.042, O=0.435, Na=0.001, Mg=0.002, P=0.103, S=0.003, Ca=0.225),
    IODINE,
    _material("calcium", 1.55, Ca=1.0),
)


@dataclass(frozen=True)
class Beam:
    """What a detector weighs: a tube voltage with its tin filter, or one energy bin of a photon counter."""

    kvp: float
    tin_mm: float = 0.0
    bin_kev: tuple[float, float] | None = None

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Return energies and their weight in an ideal detector: energy for integrating ones, one for counters."""
        spectrum = spekpy.Spek(kvp=self.kvp, th=ANODE_DEG, dk=1.0)
        spectrum.multi_filter([("Al", FILTER_MM), ("Sn", self.tin_mm)])
        kev, fluence = (np.asarray(values) for values in spectrum.get_spectrum())
        if self.bin_kev is None:
            return kev, fluence * kev
        inside = (kev >= self.bin_kev[0]) & (kev < self.bin_kev[1])
        return kev[inside], fluence[inside]

    def row(self) -> str:
        """Return the responses behind the depths of water: iodine in HU per mg/mL, adipose and soft tissue in HU."""
        kev, weight = self.weights()
        water = WATER.per_cm(kev)
        columns: dict[str, list[float]] = {"iodine": [], "adipose": [], "soft_tissue": []}
        for depth in WATER_CM:
            seen = weight * np.exp(-water * depth)
            mean_water = (seen * water).sum()
            columns["iodine"].append((seen * IODINE.per_gram(kev)).sum() / mean_water)
            for tissue in (ADIPOSE, SOFT):
                columns[tissue.name].append(1000 * ((seen * tissue.per_cm(kev)).sum() / mean_water - 1))
        head = [f"kvp = {self.kvp:g}", f"tin_mm = {self.tin_mm:g}"]
        head += [f"bin_kev = [{self.bin_kev[0]:g}, {self.bin_kev[1]:g}]"] if self.bin_kev else []
        body = [f"{name} = [{', '.join(f'{value:.2f}' for value in values)}]" for name, values in columns.items()]
        return "\n".join(["[[beam]]", *head, *body])


BEAMS = (
    *(Beam(kvp) for kvp in (70, 80, 90, 100, 110, 120, 130, 135, 140)),
    Beam(140, 0.4),
    Beam(150, 0.6),
    *(Beam(120, bin_kev=pair) for pair in ((20, 65), (65, 120))),
    *(Beam(140, bin_kev=pair) for pair in ((20, 65), (65, 140))),
)


def attenuation_text() -> str:
    """Return the table of the materials."""
    lines = [
        "# Mass attenuation with coherent scattering, cm2/g, at whole keV from first_kev on.",
        "# Written by scripts/make_attenuation_table.py; do not edit by hand.",
        f'source = "xraylib {xraylib.__version__} (Schoonjans 2011); compositions of ICRU Report 44"',
        f"first_kev = {KEV[0]}",
    ]
    for material in MATERIALS:
        values = [f"{value:.6g}" for value in material.per_gram(KEV)]
        rows = [f"  {', '.join(values[n : n + 12])}," for n in range(0, len(values), 12)]
        lines += ["", f"[{material.name}]", f"density_g_cm3 = {material.density_g_cm3}", "cm2_per_g = [", *rows, "]"]
    return "\n".join(lines) + "\n"


def beams_text() -> str:
    """Return the table of the tube voltages and bins."""
    head = [
        "# Responses behind water_mm of water, ideal detector, beam hardening of water corrected:",
        "# iodine in HU per mg/mL, adipose and soft tissue in HU. bin_kev: photon counter, ideal thresholds.",
        "# Written by scripts/make_attenuation_table.py; do not edit by hand.",
        f'source = "SpekPy {spekpy.__version__} (Poludniowski 2021), tungsten {ANODE_DEG:g} deg, {FILTER_MM:g} mm Al"',
        f"water_mm = [{', '.join(f'{10 * depth:g}' for depth in WATER_CM)}]",
    ]
    return "\n\n".join(["\n".join(head), *(beam.row() for beam in BEAMS)]) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the tables."""
    stale = []
    for name, text in (("attenuation.toml", attenuation_text()), ("beams.toml", beams_text())):
        path = FOLDER / name
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        print(f"not up to date: {', '.join(stale)}; run python scripts/make_attenuation_table.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Other programs that fit the extended Tofts model, run on the same curves.

``curve_fit`` runs here. dcmri and osipy run in the Python that the variable KINETICS_PEERS names, where they are
installed: ``python -m venv peers && peers/bin/pip install dcmri osipy`` (osipy needs Python 3.12), then
``KINETICS_PEERS=peers/bin/python``. This file is also what that Python runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Found = tuple[Floats, Floats]

HEMATOCRIT, FRAMES_BEFORE = 0.42, 5


@dataclass(frozen=True, eq=False)
class PeerFit:
    """What a program found.

    Attributes
    ----------
    microseconds : of processor time for each voxel, one thread.
    ktrans, vp : of the first voxels, as many as were run.
    """

    name: str
    microseconds: float
    ktrans: Floats
    vp: Floats


def _curve_fit(data: dict[str, Floats]) -> Found:
    """The script that many write: a sum of rectangles and a general solver."""
    from scipy.optimize import curve_fit

    t, aif = data["time_s"] / 60, data["aif"]

    def model(_: Floats, ktrans: float, ve: float, vp: float) -> Floats:
        return vp * aif + ktrans * np.convolve(aif, np.exp(-ktrans / ve * t))[: len(t)] * (t[1] - t[0])

    found = []
    for curve in data["curves"]:
        try:
            found.append(curve_fit(model, t, curve, p0=(0.1, 0.3, 0.02))[0])
        except RuntimeError:
            found.append(np.full(3, np.nan))
    return np.array(found)[:, 0], np.array(found)[:, 2]


def _curve_fit_exact(data: dict[str, Floats]) -> Found:
    """The same solver within limits, tight, with the exact convolution of this project."""
    from PWIProtocolLib.kinetics import exponential_convolution
    from scipy.optimize import curve_fit

    t, aif = data["time_s"] / 60, data["aif"]

    def model(_: Floats, ktrans: float, ve: float, vp: float) -> Floats:
        return vp * aif + ktrans * exponential_convolution(t, aif, [ktrans / ve])[0]

    limits = ([0, 1e-3, 0], [5, 1, 1])
    tight = {"xtol": 1e-10, "ftol": 1e-10, "gtol": 1e-10}
    found = np.array([curve_fit(model, t, c, p0=(0.1, 0.3, 0.02), bounds=limits, **tight)[0] for c in data["curves"]])
    return found[:, 0], found[:, 2]


def _osipy(data: dict[str, Floats]) -> Found:
    import osipy

    curves = data["curves"]
    shape = (len(curves), 1, 1, curves.shape[1])
    maps = osipy.fit_model("extended_tofts", curves.reshape(shape), data["aif"], data["time_s"]).parameter_maps
    return maps["Ktrans"].values.ravel(), maps["vp"].values.ravel()


def _dcmri(data: dict[str, Floats]) -> Found:
    import dcmri

    signal = data["signal"]
    tissue = dcmri.TissueArray(
        (len(signal),),
        kinetics="HF",
        sequence="SS",
        ca=data["aif"] * (1 - HEMATOCRIT) / 1000,
        t=data["time_s"],
        r1=4500.0,
        TR=0.004,
        FA=12.0,
        R10=1 / 1.3,
        n0=FRAMES_BEFORE,
        H=HEMATOCRIT,
    )
    tissue.train(data["time_s"], signal)
    return 60 * tissue.PS, (1 - HEMATOCRIT) * tissue.vb


PEERS: dict[str, tuple[Callable[[dict[str, Floats]], Found], int]] = {
    "scipy curve_fit, np.convolve": (_curve_fit, 300),
    "scipy curve_fit, exact convolution": (_curve_fit_exact, 100),
    "osipy": (_osipy, 2000),
    "dcmri": (_dcmri, 50),
}
OWN = ("scipy curve_fit, np.convolve", "scipy curve_fit, exact convolution")


def run_peers(time_s: Floats, aif: Floats, curves: Floats, signal: Floats) -> list[PeerFit | str]:
    """Return what each program found, or its name where it is not installed."""
    found: list[PeerFit | str] = []
    for name, (_, n) in PEERS.items():
        data = {"time_s": time_s, "aif": aif, "curves": curves[:n], "signal": signal[:n]}
        other = os.environ.get("KINETICS_PEERS")
        if name in OWN:
            found.append(_timed(name, data))
        else:
            found.append((_elsewhere(other, name, data) if other else None) or name)
    return found


def _timed(name: str, data: dict[str, Floats]) -> PeerFit:
    start = time.process_time()
    ktrans, vp = PEERS[name][0](data)
    return PeerFit(name, 1e6 * (time.process_time() - start) / len(ktrans), ktrans, vp)


def _elsewhere(python: str, name: str, data: dict[str, Floats]) -> PeerFit | None:
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder) / "given.npz", Path(folder) / "found.npz"
        np.savez(given, **data)
        command = [python, __file__, name, str(given), str(result)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode or not result.is_file():
            return None
        with np.load(result) as found:
            return PeerFit(name, float(found["microseconds"]), found["ktrans"], found["vp"])


def main() -> None:
    """Run one program on curves from a file."""
    name, given, result = sys.argv[1:]
    with np.load(given) as file:
        data = dict(file)
    found = _timed(name, data)
    np.savez(result, microseconds=found.microseconds, ktrans=found.ktrans, vp=found.vp)


if __name__ == "__main__":
    main()

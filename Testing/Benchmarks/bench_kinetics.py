"""Time kinetic maps beside other programs: processor time of one thread for each voxel, and the memory of a study.

Run from the root of the project: ``python Testing/Benchmarks/bench_kinetics.py``; see ``kinetics_peers.py`` for peers.
"""

from __future__ import annotations

import os

# One thread for linear algebra as well, before NumPy starts.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("iENEGrader", "PWIProtocol", "Testing/Benchmarks")]

from kinetics_object import FINE_TIMES_S, SEQUENCE, TIMES_S, TISSUE, DigitalObject, arterial, digital_object  # noqa: E402
from kinetics_peers import run_peers  # noqa: E402
from PWIProtocolLib.kinetics import (  # noqa: E402
    Converter,
    KineticFitter,
    fit,
    semiquantitative_maps,
    signal_of_concentration,
    spoiled_signal,
    t1_from_flip_angles,
    tissue_curves,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

VOXELS = 128 * 128 * 8
REPEATS = 3
STUDY = (256, 256, 60)
ANGLES = np.array([2.0, 5.0, 10.0, 15.0, 25.0])
MEGABYTE = 2**20


def best(run: Callable[[], object], n: int, repeats: int = REPEATS) -> float:
    """Return the least microseconds of processor time for each voxel, of some runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return 1e6 * min(times) / n


def row(name: str, found: float, goal: float | None = None) -> None:
    """Print a time with its goal."""
    words = "" if goal is None else f"   goal <= {goal:4g}: {'yes' if found <= goal else 'no'}"
    print(f"{name:<58} {found:8.2f} us{words}", flush=True)


def bench_tofts(tissues: DigitalObject) -> float:
    """Time the maps of the Tofts models."""
    aif = arterial(TIMES_S)
    ours = 0.0
    for name, curves in (("noise-free", tissues.curves), ("SNR 20", tissues.noisy())):
        for dtype in ("float32", "float64"):
            rows = curves.astype(dtype)
            took = best(lambda rows=rows, dtype=dtype: fit(rows, TIMES_S, aif, dtype=dtype, threads=1), VOXELS)
            ours = ours or took
            row(f"extended Tofts, {name}, {dtype}", took, 1.5 if dtype == "float32" else None)
    rows = tissues.noisy().astype(np.float32)
    row("Tofts, SNR 20, float32", best(lambda: fit(rows, TIMES_S, aif, "tofts", threads=1), VOXELS), 1.5)
    noise = np.random.default_rng(0).standard_normal(rows.shape, np.float32)
    took = best(lambda: fit(noise, TIMES_S, aif, threads=1), VOXELS)
    row("extended Tofts, noise of 1 mM (a limit active in most voxels)", took)
    return ours


def bench_others(tissues: DigitalObject) -> None:
    """Time the search of the delay, the exchange model, T1, and the chain from the signal."""
    aif = arterial(FINE_TIMES_S[::5])
    late = tissue_curves(
        "extended_tofts",
        TIMES_S,
        aif,
        aif_time_s=FINE_TIMES_S[::5],
        delay_s=np.round(np.random.default_rng(3).uniform(0, 8, VOXELS), 1),
        ktrans_per_min=tissues.ktrans,
        ve=tissues.ve,
        vp=tissues.vp,
    )
    late = DigitalObject(tissues.ktrans, tissues.ve, tissues.vp, late).noisy().astype(np.float32)
    fitter = KineticFitter(TIMES_S, aif, delay="search", aif_time_s=FINE_TIMES_S[::5])
    row("extended Tofts with the delay of each voxel, SNR 20", best(lambda: fitter.run(late, threads=1), VOXELS), 15)
    row("two-compartment exchange, 300 frames of 1 s, SNR 20", _exchange(32768), 40)
    rng = np.random.default_rng(0)
    signal = spoiled_signal(rng.uniform(0.3, 3, (VOXELS, 1)), ANGLES, 0.005, 1000.0)
    signal = (signal + rng.standard_normal(signal.shape) * signal.max(axis=1, keepdims=True) / 50).astype(np.float32)
    row("T1, five flip angles, SNR 50", best(lambda: t1_from_flip_angles(signal, ANGLES, 0.005, threads=1), VOXELS), 1)
    b1 = rng.uniform(0.8, 1.2, VOXELS)
    took = best(lambda: t1_from_flip_angles(signal, ANGLES, 0.005, b1, threads=1), VOXELS)
    row("T1, the same with a B1 of each voxel", took)
    frames = _frames(tissues.noisy())
    took = best(lambda: _chain(frames, 1), VOXELS)
    row("int16 signal to concentration, maps and semi-quantitative", took, 3)


def _exchange(n: int) -> float:
    rng = np.random.default_rng(3)
    times = np.arange(300.0)
    curves = tissue_curves(
        "two_compartment_exchange",
        times,
        arterial(times),
        fp_ml_100ml_min=rng.uniform(10, 100, n),
        ps_ml_100ml_min=rng.uniform(2, 40, n),
        ve=rng.uniform(0.1, 0.6, n),
        vp=rng.uniform(0.02, 0.15, n),
    )
    curves += rng.standard_normal(curves.shape) * curves.max(axis=1, keepdims=True) / 20
    rows = curves.astype(np.float32)
    return best(lambda: fit(rows, times, arterial(times), "two_compartment_exchange", threads=1), n, 2)


def _frames(curves: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return the signal as scanners store it: whole numbers, frame by frame."""
    signal = signal_of_concentration(curves, **SEQUENCE, **TISSUE, m0=20_000.0)
    return np.ascontiguousarray(np.rint(signal).astype(np.int16).T)


def _chain(frames: NDArray[np.int16], threads: int | None) -> object:
    fitter = KineticFitter(TIMES_S, arterial(TIMES_S))
    converter = Converter(5, **SEQUENCE, **TISSUE)

    def beside(part: slice, concentration: NDArray[np.float32]) -> None:
        semiquantitative_maps(frames[:, part].T, TIMES_S, 5, concentration)

    return fitter.run_signal(frames.T, converter, beside, threads)


def bench_peers(tissues: DigitalObject, ours: float) -> None:
    """Time other programs on the same curves without noise."""
    signal = signal_of_concentration(tissues.curves[:3000], **SEQUENCE, **TISSUE, m0=1000.0)
    print("\nextended Tofts by other programs, noise-free    us/voxel   times ours   Ktrans p95 error   vp error")
    for found in run_peers(TIMES_S, arterial(TIMES_S), tissues.curves, signal):
        if isinstance(found, str):
            print(f"{found:<46} not run")
            continue
        n = len(found.ktrans)
        error = 100 * np.nanpercentile(np.abs(found.ktrans / tissues.ktrans[:n] - 1), 95)
        vp = np.nanmedian(np.abs(found.vp - tissues.vp[:n]))
        times = f"{found.microseconds:9.0f} {found.microseconds / ours:12.0f}"
        print(f"{found.name:<46} {times} {error:16.2g} % {vp:10.2g}", flush=True)


def bench_threads(tissues: DigitalObject) -> None:
    """Show that a second thread helps; wall time, so only meaningful on an idle machine."""
    rows = np.tile(tissues.noisy().astype(np.float32), (4, 1))
    times = []
    for threads in (1, 2):
        start = time.perf_counter()
        fit(rows, TIMES_S, arterial(TIMES_S), threads=threads)
        times.append(time.perf_counter() - start)
    print(f"\nwall time of {len(rows)} voxels: 1 thread {times[0]:.2f} s, 2 threads {times[1]:.2f} s")


def resident_mb() -> float:
    """Return the memory in use now; what was freed before counts no more."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / MEGABYTE


def peak_mb() -> float:
    """Return the most memory that was ever in use."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_memory() -> None:
    """Print the growth of memory over the input while a whole study is fitted; run in a process of its own."""
    tissues = digital_object(8192, is_continuous=False)
    n = int(np.prod(STUDY))
    small = _frames(tissues.noisy())
    frames = np.empty((len(TIMES_S), n), np.int16)
    for start in range(0, n, small.shape[1]):
        frames[:, start : start + small.shape[1]] = small[:, : min(small.shape[1], n - start)]
    _chain(small, 1)
    before = resident_mb()
    start = time.process_time()
    _chain(frames, 2)
    took = time.process_time() - start
    grown = peak_mb() - before
    limit = 3 * n * 4 / MEGABYTE + 200
    size = " x ".join(str(n) for n in (*STUDY, len(TIMES_S)))
    print(
        f"\n{size}, int16 ({frames.nbytes / MEGABYTE:.0f} MB): {took:.1f} s of processor time on 2 threads, "
        f"memory over the input {grown:.0f} MB, "
        f"goal <= {limit:.0f} MB (3 maps + 200): {'yes' if grown <= limit else 'no'}"
    )


def main() -> None:
    """Print the times."""
    if sys.argv[1:] == ["--memory"]:
        measure_memory()
        return
    print(f"processor time of one thread for each voxel, best of {REPEATS}; {VOXELS} voxels x {len(TIMES_S)} frames")
    tissues = digital_object(VOXELS, is_continuous=False)
    ours = bench_tofts(tissues)
    bench_others(tissues)
    bench_peers(tissues, ours)
    bench_threads(tissues)
    subprocess.run([sys.executable, __file__, "--memory"], check=True)


if __name__ == "__main__":
    main()

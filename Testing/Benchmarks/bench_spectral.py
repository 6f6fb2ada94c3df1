"""Time spectral maps of a full volume beside VTK and SimpleITK, and against the memory bandwidth of the same minute.

Run from the root of the project: ``python Testing/Benchmarks/bench_spectral.py``
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "iENEGrader"))

from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.spectral import (
    MonochromaticSeries,
    SpectralInput,
    apply,
    blend,
    monochromatic_input,
    noise_reduced,
    sample_roi,
    spectral_curve,
    virtual_monochromatic,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Voxels = NDArray[np.int16]

SHAPE = (300, 512, 512)
REPEATS = 5
THREADS = 2
KEV = 40
SECTION_GOAL_MS, VOLUME_GOAL_MS, OPENCV_GOAL_MS = 2.0, 120.0, 40.0
COPIED_BYTES = 160_000_000


def best_ms(run: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the shortest time of some runs after a first one."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def an_input() -> SpectralInput:
    """Return a large body of fat with soft tissue and bone at 50 and 70 keV."""
    rng = np.random.default_rng(5)
    j, i = np.mgrid[: SHAPE[1], : SHAPE[2]] - 256.0
    radius = np.hypot(j, i)
    series = []
    for kev, fat, soft, bone in ((50, -111, 57, 900), (70, -77, 53, 550)):
        section = np.select([radius < 20, radius < 150, radius < 190], [bone, soft, fat], -1000)
        noise = rng.normal(0, 10, (8, *SHAPE[1:]))
        voxels = np.empty(SHAPE, np.int16)
        for k in range(SHAPE[0]):
            voxels[k] = section + noise[k % 8]
        series.append(MonochromaticSeries(Image(voxels, ImageGeometry(SHAPE[::-1], (0.4, 0.4, 1.0)), "CT"), kev))
    return monochromatic_input(series)


def bandwidth_gb_s() -> float:
    """Return what two threads copy, reading and writing counted once each."""
    source, target = (np.ones(COPIED_BYTES // 8) for _ in range(2))
    halves = [slice(0, len(source) // 2), slice(len(source) // 2, None)]
    with ThreadPoolExecutor(THREADS) as pool:
        took = best_ms(lambda: list(pool.map(lambda part: np.copyto(target[part], source[part]), halves)))
    return 2 * COPIED_BYTES / took / 1e6


def by_simpleitk(first: SimpleITK.Image, second: SimpleITK.Image, weights: tuple[float, ...]) -> object:
    """Blend as a script would."""
    floats = [SimpleITK.Cast(image, SimpleITK.sitkFloat32) for image in (first, second)]
    return SimpleITK.Cast(floats[0] * weights[0] + floats[1] * weights[1], SimpleITK.sitkInt16)


def vtk_blend(voxels: tuple[Voxels, ...], weights: tuple[float, ...]) -> Callable[[], object] | None:
    """Return the weighted sum of VTK, which cuts off decimals instead of rounding; None without VTK."""
    try:
        from vtkmodules.util.numpy_support import numpy_to_vtk
        from vtkmodules.vtkCommonDataModel import vtkImageData
        from vtkmodules.vtkImagingMath import vtkImageWeightedSum
    except ModuleNotFoundError:
        return None
    images = []
    for array in voxels:
        image = vtkImageData()
        image.SetDimensions(SHAPE[::-1])
        image.GetPointData().SetScalars(numpy_to_vtk(array.ravel()))
        images.append(image)

    def run() -> object:
        blend = vtkImageWeightedSum()
        blend.NormalizeByWeightOff()
        for number, (image, weight) in enumerate(zip(images, weights, strict=True)):
            blend.AddInputData(image)
            blend.SetWeight(number, weight)
        blend.Update()
        return blend.GetOutput()

    return run


@contextmanager
def numpy_alone() -> Iterator[None]:
    """Blend as where OpenCV is not installed."""
    found, blend._opencv = blend._opencv, lambda: None
    try:
        yield
    finally:
        blend._opencv = found


def by_numpy(affine: blend.Affine, data: SpectralInput, out: Voxels, threads: int) -> Callable[[], object]:
    """Return the blend without OpenCV."""

    def run() -> object:
        with numpy_alone():
            return apply(affine, data.voxels, out, threads)

    return run


def bench_volume(data: SpectralInput) -> None:
    """Time one energy of the whole volume."""
    affine = virtual_monochromatic(data, KEV).affine
    first, second = data.voxels
    out = np.empty(SHAPE, np.int16)
    itk = [SimpleITK.GetImageFromArray(array) for array in data.voxels]
    limit = 3 * out.nbytes / bandwidth_gb_s() / 1e6
    with_opencv = (lambda: apply(affine, data.voxels, out, THREADS)) if blend._opencv() else None
    rows: list[tuple[str, Callable[[], object] | None]] = [
        (f"ours, {THREADS} threads", by_numpy(affine, data, out, THREADS)),
        ("ours, 1 thread", by_numpy(affine, data, out, 1)),
        ("ours with OpenCV", with_opencv),
        ("numpy in one line", lambda: (first * affine.weights[0] + second * affine.weights[1]).astype(np.int16)),
        ("SimpleITK", lambda: by_simpleitk(itk[0], itk[1], affine.weights)),
        ("vtkImageWeightedSum", vtk_blend(data.voxels, affine.weights)),
    ]
    print(f"{KEV} keV from two series, {' x '.join(map(str, SHAPE[::-1]))} int16; limit by memory {limit:.0f} ms")
    print("method               |   ms | times the limit | times ours")
    ours = opencv = 0.0
    for name, run in rows:
        if run is None:
            print(f"{name:<20} | not installed, not run")
            continue
        took = best_ms(run, REPEATS if "ours" in name else 1)
        ours = ours or took
        opencv = took if run is with_opencv else opencv
        print(f"{name:<20} | {took:4.0f} | {took / limit:15.1f} | {took / ours:.1f}")
    print(f"goal <= {VOLUME_GOAL_MS:g} ms: {'yes' if ours <= VOLUME_GOAL_MS else 'no'} ({ours:.0f} ms)")
    met = "yes" if opencv <= OPENCV_GOAL_MS else "no"
    print(f"goal with OpenCV <= {OPENCV_GOAL_MS:g} ms: {f'{met} ({opencv:.0f} ms)' if with_opencv else 'not run'}")


def bench_section(data: SpectralInput) -> None:
    """Time what follows a slider, and a region's curve."""
    affine = virtual_monochromatic(data, KEV).affine
    out = np.empty(SHAPE[1:], np.int16)
    middle = SHAPE[0] // 2
    axial = [array[middle] for array in data.voxels]
    took = best_ms(lambda: apply(virtual_monochromatic(data, KEV).affine, axial, out), 30)
    print(f"section of 512 x 512 with its weights: {took:.2f} ms, goal <= {SECTION_GOAL_MS:g} ms: ", end="")
    print("yes" if took <= SECTION_GOAL_MS else "no")
    sagittal = [array[:, :, 256] for array in data.voxels]
    print(f"sagittal, 300 x 512, from the volume: {best_ms(lambda: apply(affine, sagittal), 10):.2f} ms")
    region = np.zeros(SHAPE, dtype=bool)
    region[140:160, 240:280, 240:280] = True
    sample = sample_roi(data, region)
    print(f"region of {region.sum()} voxels: {best_ms(lambda: sample_roi(data, region)):.1f} ms; ", end="")
    print(f"its curve of 151 energies: {best_ms(lambda: spectral_curve(data, sample, range(40, 191))):.1f} ms")
    part = slice(middle, middle + 1)
    print(f"noise-reduced section: {best_ms(lambda: noise_reduced(data, KEV, part)):.0f} ms")


def main() -> None:
    """Print the times."""
    start = time.perf_counter()
    data = an_input()
    print(f"two volumes drawn and checked in {time.perf_counter() - start:.1f} s")
    bench_volume(data)
    bench_section(data)


if __name__ == "__main__":
    main()

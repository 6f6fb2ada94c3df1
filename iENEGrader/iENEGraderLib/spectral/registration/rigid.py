"""Bringing two scans together without deforming them, by mutual information (Mattes et al., 2003)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK

from iENEGraderLib.spectral.registration.volumes import geometry_of, mask_volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

BINS = 48
SAMPLES = 60_000
SEED = 20
COARSE_MM = (4.0, 2.0, 1.0)
SMOOTH_MM = (3.0, 1.5, 0.0)
STEP_MM, LEAST_STEP_MM = 1.0, 1e-3
MOST_STEPS = 200
THREADS = 2
DIGITS = 6
"""Sums of several threads round differently each time; what is rounded to a thousandth of a micrometre is always the
same."""


def rigid_registration(
    moving: SimpleITK.Image,
    fixed: SimpleITK.Image,
    body: Mask,
    moving_body: Mask | None = None,
    progress: Callable[[float], None] | None = None,
) -> SimpleITK.Euler3DTransform:
    """Return the rotation and shift from points of the fixed volume to points of the moving one.

    Parameters
    ----------
    moving, fixed : work volumes.
    body : of the fixed volume, where agreement counts.
    moving_body : when given, the middles of both bodies are brought together first: the frames of reference differ.
    progress : told the share that is done; what it raises ends the registration and comes out of it.
    """
    inside = mask_volume(body, geometry_of(fixed))
    start = SimpleITK.Euler3DTransform()
    start.SetCenter(_middle(fixed, body))
    if moving_body is not None:
        shift = np.subtract(_middle(moving, moving_body), _middle(fixed, body))
        start.SetTranslation(shift.tolist())
    method = _method(fixed, int(body.sum()))
    method.SetMetricFixedMask(inside)
    method.SetInitialTransform(start, inPlace=True)
    cancelled = _told(method, progress)
    method.Execute(fixed, moving)
    if cancelled:
        raise cancelled[0]
    start.SetParameters([round(value, DIGITS) for value in start.GetParameters()])
    return start


def _method(fixed: SimpleITK.Image, voxels: int) -> SimpleITK.ImageRegistrationMethod:
    method = SimpleITK.ImageRegistrationMethod()
    method.SetNumberOfThreads(THREADS)
    method.SetMetricAsMattesMutualInformation(BINS)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetInterpolator(SimpleITK.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(STEP_MM, LEAST_STEP_MM, MOST_STEPS, 0.6)
    method.SetOptimizerScalesFromPhysicalShift()
    least = float(min(fixed.GetSpacing()))
    shrink = [max(1, round(side / least)) for side in COARSE_MM]
    shares = [min(1.0, max(0.02, SAMPLES * factor**3 / voxels)) for factor in shrink]
    method.SetMetricSamplingPercentagePerLevel(shares, SEED)
    method.SetShrinkFactorsPerLevel(shrink)
    method.SetSmoothingSigmasPerLevel(SMOOTH_MM)
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    return method


def _told(method: SimpleITK.ImageRegistrationMethod, progress: Callable[[float], None] | None) -> list[BaseException]:
    """Report each step; return a list that holds what the report raised, since ITK would lose it."""
    raised: list[BaseException] = []
    steps = 0

    def report() -> None:
        nonlocal steps
        steps += 1
        if progress is None or raised:
            return
        try:
            # The number of steps is not known before; most need some tens.
            progress(1.0 - float(np.exp(-steps / 25.0)))
        except BaseException as stop:
            raised.append(stop)
            method.StopRegistration()

    method.AddCommand(SimpleITK.sitkIterationEvent, report)
    return raised


def _middle(volume: SimpleITK.Image, body: Mask) -> tuple[float, ...]:
    middle = np.argwhere(body).mean(axis=0)[::-1]
    return tuple(volume.TransformContinuousIndexToPhysicalPoint(middle.tolist()))

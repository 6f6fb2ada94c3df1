"""Least squares of many small problems at once: damped steps within bounds (Levenberg 1944, Marquardt 1963)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

FIRST_DAMPING = 1e-3
LEAST_GAIN, OF_ENERGY = 1e-9, 1e-16
"""Shares of what is left, and of the data, that a step must promise for another one to follow."""
GAUSS_NEWTON_STEPS, NEWTON_STEPS = 7, 40
DIFFERENCE = 1e-4


class Linear(NamedTuple):
    """Curves of some problems and their derivatives.

    Attributes
    ----------
    curves : shape (n, n_values).
    slopes : shape (n, n_values, n_unknowns).
    """

    curves: Floats
    slopes: Floats


class Minimum(NamedTuple):
    """Unknowns, shape (n_unknowns, n), the sums of squares that are left, shape (n,), and which are not settled yet."""

    x: Floats
    squares: Floats
    unsettled: Indices


class Problem(NamedTuple):
    """Many small least-squares problems.

    Attributes
    ----------
    model : takes unknowns, shape (n_unknowns, n), and the indices of their problems.
    rows : shape (n_problems, n_values), what the curves are to meet.
    low, high : least and greatest unknowns, shape (n_unknowns, 1). One at its bound that would pass it is held.
    longest : greatest step of each unknown, shape (n_unknowns, 1).
    """

    model: Callable[[Floats, Indices], Linear]
    rows: Floats
    low: Floats
    high: Floats
    longest: Floats


def minimised(problem: Problem, start: Floats) -> Minimum:
    """Return where the sums of squares are least, beginning from a start, shape (n_unknowns, n_problems).

    Gauss-Newton steps are enough for most; where the data leave much they creep, and steps with the true curvature
    take over.
    """
    x, squares, left = approached(problem, start, GAUSS_NEWTON_STEPS)
    some = problem._replace(model=lambda at, of: problem.model(at, left[of]), rows=problem.rows[left])
    x[:, left], squares[left], unsettled = _descended(some, x[:, left], NEWTON_STEPS, is_newton=True)
    return Minimum(x, squares, left[unsettled])


def approached(problem: Problem, start: Floats, steps: int) -> Minimum:
    """Return where few Gauss-Newton steps lead."""
    return _descended(problem, start.clip(problem.low, problem.high), steps, is_newton=False)


def _descended(problem: Problem, x: Floats, steps: int, *, is_newton: bool) -> Minimum:
    """Go down by steps that are damped until they help; a problem that gains nothing more is not asked again."""
    rows, found, left = problem.rows, x.copy(), np.arange(len(problem.rows))
    linear = problem.model(found, left)
    squares, energy = _squares(rows - linear.curves), _squares(rows)
    damping = np.full(len(rows), FIRST_DAMPING)
    for _ in range(steps):
        at = found[:, left]
        matrix = _curvature(problem, at, left, linear) if is_newton else _gauss_newton(linear)
        moved, gain = _moved(problem, at, _gradient(rows[left], linear), matrix, (damping[left], linear))
        new = problem.model(moved, left)
        new_squares = _squares(rows[left] - new.curves)
        better = new_squares < squares[left]
        found[:, left] = np.where(better, moved, at)
        squares[left] = np.where(better, new_squares, squares[left])
        damping[left] = np.where(better, damping[left] * 0.2, damping[left] * 8).clip(1e-9, 1e9)
        linear = Linear(
            np.where(better[:, None], new.curves, linear.curves),
            np.where(better[:, None, None], new.slopes, linear.slopes),
        )
        # At a bound a shortened step may lead upwards; a more damped one will not.
        going = np.flatnonzero((gain < 0) | (gain > LEAST_GAIN * squares[left] + OF_ENERGY * energy[left]))
        if going.size < len(left):
            left, linear = left[going], Linear(linear.curves[going], linear.slopes[going])
        if not left.size:
            break
    return Minimum(found, squares, left)


def _moved(
    problem: Problem, x: Floats, gradient: Floats, matrix: Floats, damped: tuple[Floats, Linear]
) -> tuple[Floats, Floats]:
    """Return the unknowns after a step, and the gain that is expected of it."""
    damping, linear = damped
    held = (((x <= problem.low) & (gradient.T <= 0)) | ((x >= problem.high) & (gradient.T >= 0))).T
    scale = np.where(held, 0.0, np.einsum("nrp,nrp->np", linear.slopes, linear.slopes))
    matrix = np.where(held[:, :, None] | held[:, None, :], 0.0, matrix)
    at = np.arange(len(x))
    # An unknown that is held, or without effect, has an empty row; one on its diagonal keeps the system solvable.
    matrix[:, at, at] += np.where(scale > 0, scale * damping[:, None], 1.0)
    step = np.linalg.solve(matrix, np.where(held, 0.0, gradient)[..., None])[..., 0].T
    # All unknowns are shortened alike, so that the direction stays.
    step *= (problem.longest / np.maximum(np.abs(step), problem.longest)).min(axis=0)
    moved = (x + step).clip(problem.low, problem.high)
    return moved, np.einsum("np,pn->n", gradient, moved - x)


def _gauss_newton(linear: Linear) -> Floats:
    found: Floats = np.matmul(linear.slopes.transpose(0, 2, 1), linear.slopes)
    return found


def _curvature(problem: Problem, x: Floats, left: Indices, linear: Linear) -> Floats:
    """Return second derivatives of half the squares from differences of the first."""
    count = len(x)
    here, matrix = _gradient(problem.rows[left], linear), np.empty((len(left), count, count))
    # Towards the middle, so that no unknown leaves its bounds.
    steps = np.where(x > (problem.low + problem.high) / 2, -DIFFERENCE, DIFFERENCE)
    for k in range(count):
        beside = problem.model(x + np.eye(count)[:, [k]] * steps[k], left)
        matrix[:, :, k] = (here - _gradient(problem.rows[left], beside)) / steps[k][:, None]
    matrix = (matrix + matrix.transpose(0, 2, 1)) / 2
    # Where the function bends down there is no minimum to step to.
    bends_down = np.linalg.eigvalsh(matrix)[:, 0] <= 0
    return np.where(bends_down[:, None, None], _gauss_newton(linear), matrix)


def _gradient(rows: Floats, linear: Linear) -> Floats:
    found: Floats = np.einsum("nrp,nr->np", linear.slopes, rows - linear.curves)
    return found


def _squares(rows: Floats) -> Floats:
    found: Floats = np.einsum("ij,ij->i", rows, rows)
    return found

"""What a solver hands back for a block of voxels, in the terms of all models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[Any]

ROWS = 16
"""Rows of a tile: products of tiles are too small for BLAS to spread over threads, so that ours do not compete with
its own; and each tile is computed alike, so that results do not depend on how voxels are grouped."""


@dataclass(frozen=True, eq=False)
class Solution:
    """Best parameters of a block of curves.

    Attributes
    ----------
    parameters : shape (n_parameters, n), in the order of the solver's names.
    explained : shape (n,), the sum of squares that the model explains.
    status : shape (n,), which limit is active, as `VoxelStatus`.
    """

    parameters: Reals
    explained: Reals
    status: NDArray[np.uint8]


class Solver(Protocol):
    """Finds the best parameters for many curves at once."""

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it finds, as named in the maps."""

    @property
    def projection(self) -> Reals:
        """Columns that a curve is multiplied with before it is solved, shape (n_times, rank)."""

    def solve(self, projected: Reals) -> Solution:
        """Solve curves multiplied with `projection`, shape (n, rank)."""


def multiplied(rows: Reals, matrix: Reals) -> Reals:
    """Return the product of rows, a multiple of `ROWS`, with a matrix: tile by tile, always in the same way."""
    tiles = rows.reshape(-1, ROWS, rows.shape[-1])
    found: Reals = np.matmul(tiles, matrix).reshape(len(rows), matrix.shape[-1])
    return found


def padded(rows: Reals) -> Reals:
    """Return rows with zeros appended to fill the last tile."""
    missing = -len(rows) % ROWS
    return rows if not missing else np.concatenate([rows, np.zeros((missing, rows.shape[1]), rows.dtype)])


def limit_status(*limits: tuple[Reals, VoxelStatus]) -> NDArray[np.uint8]:
    """Return the status of the first condition that holds, for each voxel."""
    conditions, codes = zip(*limits, strict=True)
    return np.select(conditions, [np.uint8(code) for code in codes], np.uint8(VoxelStatus.FITTED))

"""A smooth deformation that brings edges together: cubic B-splines fitted to displacements across edges.

The model is the free-form deformation of Rueckert et al., IEEE Trans. Med. Imaging 18 (1999) 712. It is fitted to
displacements across edges and not by mutual information of voxels, which would move edges of enhancing vessels and
is undecided between a little deformation and none.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from scipy import sparse
from scipy.sparse.linalg import cg

from iENEGraderLib.spectral.registration.edges import match_edges
from iENEGraderLib.spectral.registration.volumes import WORK_HU, resampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from iENEGraderLib.spectral.registration.edges import Edges

    Floats = NDArray[np.float64]

KNOT_MM = 30.0
"""Ours: vertebrae bend and throats swallow over some centimetres; finer knots would follow noise and contrast agent."""
LEAST_KNOTS = 2
ORDER = 3
ROBUST_MM = 0.4
"""Ours: displacements that stand out by more are rather wrong matches."""
ROUNDS = 3
PASSES = ((5.0, 0.3), (4.0, 0.03), (2.0, 0.003), (2.0, 0.001))
"""Ours: how far edges are looked for in mm, and the stiffness, from coarse to fine."""
TOLERANCE = 1e-5
TINY = 1e-6


@dataclass(frozen=True, eq=False)
class Lattice:
    """Knots over a volume, as ITK lays them, and the transform that is made of them."""

    transform: SimpleITK.BSplineTransform
    size: tuple[int, int, int]

    @classmethod
    def over(cls, volume: SimpleITK.Image) -> Lattice:
        """Lay knots over a volume."""
        lengths = np.array(volume.GetSize()) * np.array(volume.GetSpacing())
        mesh = np.maximum(np.round(lengths / KNOT_MM).astype(int), LEAST_KNOTS).tolist()
        transform = SimpleITK.BSplineTransformInitializer(volume, mesh, ORDER)
        return cls(transform, transform.GetCoefficientImages()[0].GetSize())

    def with_coefficients(self, coefficients: Floats) -> SimpleITK.BSplineTransform:
        """Return the transform with displacements of the knots in mm, all of x first, x of the lattice fastest."""
        found = SimpleITK.BSplineTransform(self.transform)
        found.SetParameters(coefficients.tolist())
        return found

    def weights(self, places_lps_mm: Floats) -> sparse.csr_matrix:
        """Return what each knot adds at places, shape (places, knots)."""
        image = self.transform.GetCoefficientImages()[0]
        inverse = np.linalg.inv(np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing()))
        where = (places_lps_mm - np.array(image.GetOrigin())) @ inverse.T
        first = np.clip(np.floor(where).astype(int) - 1, 0, np.array(self.size) - 4)
        parts = [_cubic(where[:, axis, None] - first[:, axis, None] - np.arange(4)) for axis in range(3)]
        x, y, _ = self.size
        columns, values = [], []
        for a, b, c in product(range(4), repeat=3):
            columns.append((first[:, 0] + a) + x * ((first[:, 1] + b) + y * (first[:, 2] + c)))
            values.append(parts[0][:, a] * parts[1][:, b] * parts[2][:, c])
        rows = np.tile(np.arange(len(where)), 64)
        shape = (len(where), int(np.prod(self.size)))
        return sparse.csr_matrix((np.concatenate(values), (rows, np.concatenate(columns))), shape=shape)

    def roughness(self) -> sparse.csr_matrix:
        """Return the matrix whose square form is the sum of squared second differences of neighbouring knots."""
        total = sparse.csr_matrix((int(np.prod(self.size)),) * 2)
        for axis in range(3):
            factors = [sparse.identity(n, format="csr") for n in self.size]
            n = self.size[axis]
            factors[axis] = sparse.diags([1.0, -2.0, 1.0], [0, 1, 2], shape=(n - 2, n), format="csr")
            x, y, z = factors
            second = sparse.kron(z, sparse.kron(y, x))
            total = total + second.T @ second
        return sparse.csr_matrix(total)


def fitted(lattice: Lattice, places_lps_mm: Floats, normals_lps: Floats, shifts_mm: Floats, stiffness: float) -> Floats:
    """Return coefficients of the smoothest deformation that agrees with displacements across edges.

    Parameters
    ----------
    places_lps_mm, normals_lps : of the edges, shape (n, 3).
    shifts_mm : displacement along the normals, from no deformation, shape (n,).
    stiffness : weight of smoothness against agreement.
    """
    weights = lattice.weights(places_lps_mm)
    across = sparse.hstack([sparse.diags(normals_lps[:, axis]) @ weights for axis in range(3)]).tocsr()
    rough = sparse.block_diag([lattice.roughness()] * 3, format="csr") * (stiffness / weights.shape[1])
    small = sparse.identity(across.shape[1], format="csr") * TINY
    trust = np.ones(len(shifts_mm))
    found = np.zeros(across.shape[1])
    for _ in range(ROUNDS):
        weighted = sparse.diags(trust / len(trust)) @ across
        found, _ = cg(across.T @ weighted + rough + small, weighted.T @ shifts_mm, x0=found, rtol=TOLERANCE)
        trust = 1.0 / (1.0 + ((shifts_mm - across @ found) / ROBUST_MM) ** 2)
    return np.asarray(found, dtype=np.float64)


def _cubic(distance: Floats) -> Floats:
    """Return the cubic B-spline."""
    far = np.abs(distance)
    near = 2 / 3 - far**2 + far**3 / 2
    return np.where(far < 1, near, np.where(far < 2, (2 - far) ** 3 / 6, 0.0))


def bent(
    fixed: SimpleITK.Image,
    moving: SimpleITK.Image,
    rigid: SimpleITK.Transform,
    edges: Edges,
    progress: Callable[[float], None],
) -> SimpleITK.CompositeTransform:
    """Return a rigid transform preceded by the deformation that brings edges together.

    Parameters
    ----------
    fixed, moving : work volumes.
    rigid : from points of the fixed volume to points of the moving one.
    edges : of the fixed volume.
    progress : told the share that is done; what it raises comes out.
    """
    lattice = Lattice.over(fixed)
    coefficients = np.zeros(3 * int(np.prod(lattice.size)))
    transform = SimpleITK.CompositeTransform([rigid, lattice.with_coefficients(coefficients)])
    weights = lattice.weights(edges.places_lps_mm)
    for number, (search_mm, stiffness) in enumerate(PASSES):
        progress(number / len(PASSES))
        moved = resampled(moving, fixed, transform, WORK_HU[0], smooth=False)
        found = match_edges(fixed, moved, edges, search_mm)
        parts = np.split(coefficients, 3)
        present = sum(edges.normals_lps[:, axis] * (weights @ part) for axis, part in enumerate(parts))
        shifts = (present + found.shift_mm)[found.is_found]
        used = edges.part(found.is_found)
        coefficients = fitted(lattice, used.places_lps_mm, used.normals_lps, shifts, stiffness)
        transform = SimpleITK.CompositeTransform([rigid, lattice.with_coefficients(coefficients)])
    return transform

"""The course of a vessel through its mask: a longest path and its side branches, voxel by voxel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Mask = NDArray[np.bool_]

MOST_VOXELS = 20_000
LEAST_STEP_MM = 0.7
MOST_BRANCHES = 4
LEAST_BRANCH_MM = 5.0
"""Ours: a side branch must leave its parent by this much and by 1.5 times the parent's radius, or it is a bump."""
LEAST_STRAIGHT_BRANCH_MM = 15.0
"""Ours: what can be reached from the parent in a straight line is the edge of a flat vein, unless it is this far."""
LINE_SAMPLES = 25
LEAST_SHARE_OF_PART = 0.1
"""Ours: separate parts of a vessel's mask with less than this share of its largest part are left out."""

OFFSETS = [(k, j, i) for k in (0, 1) for j in (-1, 0, 1) for i in (-1, 0, 1) if (k, j, i) > (0, 0, 0)]


@dataclass(frozen=True, eq=False)
class Branch:
    """A path through the vessel.

    Attributes
    ----------
    points_mm : shape (n, 3), from the parent (or from one end) to the end.
    radius_mm : distance to the wall at each point, shape (n,).
    parent : number of the branch it leaves, or None for the longest path of a part.
    """

    points_mm: Floats
    radius_mm: Floats
    parent: int | None


@dataclass(frozen=True, eq=False)
class _Graph:
    """Voxels of one part of a coarse mask and the ways between neighbours: by length, and dear near the wall."""

    mask: Mask
    step_mm: Floats
    voxels: Indices
    radius_mm: Floats
    by_length: Any
    by_centrality: Any


def vessel_branches(mask: Mask, spacing_mm: Floats, origin_mm: Floats) -> list[Branch]:
    """Trace a vessel; each separate part gives a longest path and its side branches.

    Parameters
    ----------
    mask : array [k, j, i] of the vessel.
    spacing_mm, origin_mm : of the mask, in [k, j, i] order; points are returned in the same mm.
    """
    coarse, factor = _coarse(mask, spacing_mm)
    step = spacing_mm * factor
    labels, count = ndimage.label(coarse, np.ones((3, 3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    branches: list[Branch] = []
    for label in np.argsort(-sizes) + 1:
        if sizes[label - 1] < LEAST_SHARE_OF_PART * sizes.max():
            break
        graph = _graph(labels == label, step)
        first = len(branches)
        for path, parent in _paths(graph):
            points = (graph.voxels[path] + 0.5) * step - 0.5 * spacing_mm + origin_mm
            branches.append(Branch(points, graph.radius_mm[path], None if parent is None else first + parent))
    return branches


def _coarse(mask: Mask, spacing_mm: Floats) -> tuple[Mask, Indices]:
    """Join voxels into blocks of about ``LEAST_STEP_MM``, larger ones for large vessels."""
    volume = float(mask.sum() * np.prod(spacing_mm))
    block = max(LEAST_STEP_MM, (volume / MOST_VOXELS) ** (1 / 3))
    factor = np.maximum(1, np.round(block / spacing_mm)).astype(np.intp)
    padded = np.pad(mask, [(0, -n % f) for n, f in zip(mask.shape, factor.tolist(), strict=True)])
    k, j, i = (n // f for n, f in zip(padded.shape, factor.tolist(), strict=True))
    blocks = padded.reshape(k, factor[0], j, factor[1], i, factor[2])
    # Less than half, so that a thin vessel does not fall apart.
    return blocks.mean(axis=(1, 3, 5), dtype=np.float32) >= 0.4, factor


def _graph(mask: Mask, step_mm: Floats) -> _Graph:
    voxels = np.argwhere(mask)
    number = np.full(np.add(mask.shape, 2), -1)
    number[tuple((voxels + 1).T)] = np.arange(len(voxels))
    radius = _depth(voxels, number, step_mm)
    rows, columns, lengths = [], [], []
    for offset in OFFSETS:
        neighbour = number[tuple((voxels + 1 + offset).T)]
        here = np.flatnonzero(neighbour >= 0)
        rows.append(here)
        columns.append(neighbour[here])
        lengths.append(np.full(len(here), np.linalg.norm(offset * step_mm)))
    row, column, length = np.concatenate(rows), np.concatenate(columns), np.concatenate(lengths)
    shape = (len(voxels), len(voxels))
    dear = length * 2 / (radius[row] ** 2 + radius[column] ** 2)
    return _Graph(
        mask,
        step_mm,
        voxels,
        radius,
        coo_array((length, (row, column)), shape).tocsr(),
        coo_array((dear, (row, column)), shape).tocsr(),
    )


def _depth(voxels: Indices, number: Indices, step_mm: Floats) -> Floats:
    """Return the distance of voxels to the nearest voxel outside; faster than distances in all of a large box.

    ``number`` is negative outside and begins one voxel earlier than the box of the voxels.
    """
    beside = [voxels + sign * offset for offset in np.eye(3, dtype=np.intp) for sign in (-1, 1)]
    rim = np.concatenate([places[number[tuple((places + 1).T)] < 0] for places in beside])
    depth: Floats = KDTree(np.unique(rim, axis=0) * step_mm).query(voxels * step_mm)[0]
    return depth


def _paths(graph: _Graph) -> list[tuple[list[int], int | None]]:
    """Return the path between the two ends that lie farthest apart, then branches, each with its parent."""
    start = int(np.argmax(_distances(graph, [int(np.argmax(graph.radius_mm))])[0]))
    end = int(np.argmax(_distances(graph, [start])[0]))
    paths: list[tuple[list[int], int | None]] = [(_way(graph, [start], end), None)]
    while len(paths) <= MOST_BRANCHES:
        tree = [voxel for path, _ in paths for voxel in path]
        distance, source = _distances(graph, tree)
        radius = graph.radius_mm[source]
        far = np.flatnonzero(distance - radius >= np.maximum(LEAST_BRANCH_MM, 1.5 * radius))
        far = far[(distance[far] >= LEAST_STRAIGHT_BRANCH_MM) | ~_is_seen(graph, far, tree)]
        if not len(far):
            break
        way = _way(graph, tree, int(far[np.argmax(distance[far])]))
        parent = next(n for n, (path, _) in enumerate(paths) if way[0] in path)
        paths.append((way, parent))
    return paths


def _distances(graph: _Graph, sources: list[int]) -> tuple[Floats, Indices]:
    """Return how far each voxel lies from the sources through the vessel, in mm, and which source is next to it."""
    distance, _, source = dijkstra(
        graph.by_length, directed=False, indices=sources, min_only=True, return_predecessors=True
    )
    return distance, source


def _is_seen(graph: _Graph, voxels: Indices, tree: list[int]) -> Mask:
    """Tell which voxels are joined to the nearest point of the tree by a straight line within the vessel."""
    branch, ends = graph.voxels[tree], graph.voxels[voxels]
    _, nearest = KDTree(branch * graph.step_mm).query(ends * graph.step_mm)
    share = np.linspace(0, 1, LINE_SAMPLES)[:, None, None]
    line = np.round(branch[nearest] * (1 - share) + ends * share).astype(np.intp)
    seen: Mask = graph.mask[tuple(np.moveaxis(line, -1, 0))].all(axis=0)
    return seen


def _way(graph: _Graph, sources: list[int], end: int) -> list[int]:
    """Return the voxels of the most central way from the nearest source to the end."""
    _, before, _ = dijkstra(
        graph.by_centrality, directed=False, indices=sources, min_only=True, return_predecessors=True
    )
    way = [end]
    while before[way[-1]] >= 0:
        way.append(int(before[way[-1]]))
    return way[::-1]

"""Which nodes lie near a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import KDTree

from iENEGraderLib.measure.label_field import LabelPart, label_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NodesNear:
    """Nodes, ready to be asked for distances."""

    parts: dict[str, LabelPart]
    trees: dict[str, KDTree]
    spacing_mm: Floats

    @staticmethod
    def of(nodes: Mapping[str, NDArray[Any] | Segment], geometry: ImageGeometry) -> NodesNear:
        """Prepare nodes; empty ones are left out.

        Raises
        ------
        InputError
            when a mask is not on the grid.
        """
        spacing = np.asarray(geometry.spacing_kji_mm)
        parts = {name: label_part(node, geometry.array_shape, name) for name, node in nodes.items()}
        parts = {name: part for name, part in parts.items() if not part.is_empty}
        trees = {name: KDTree((np.argwhere(p.mask) + p.start_kji) * spacing) for name, p in parts.items()}
        return NodesNear(parts, trees, spacing)

    def within(self, place_kji: Floats, reach_mm: float) -> tuple[str, ...]:
        """Return the names of the nodes within reach of a place, nearest first."""
        distances = {name: float(tree.query(place_kji * self.spacing_mm)[0]) for name, tree in self.trees.items()}
        return tuple(sorted((n for n, d in distances.items() if d <= reach_mm), key=distances.__getitem__))

    def within_any(self, places_kji: Floats, reach_mm: Floats) -> tuple[str, ...]:
        """Return the names of the nodes within reach of any of the places, shape (n, 3) with a reach each."""
        gaps = {n: float((t.query(places_kji * self.spacing_mm)[0] - reach_mm).min()) for n, t in self.trees.items()}
        return tuple(sorted((n for n, gap in gaps.items() if gap <= 0), key=gaps.__getitem__))

"""What fat is told by: a CT in HU, or the fat map of a spectral scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iENEGraderLib.measure.tissue import IN_HU, IN_SOFT_SHARES, TissueScale, TissueValues, tissue_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart

CT, FAT_MAP, IODINE_MAP = "CT in HU", "fat map (1 minus fat fraction)", "iodine map in mg/mL"
"""Images that values are taken from, as methods of results name them."""


@dataclass(frozen=True, eq=False)
class FatView:
    """An image in which fat is darker than soft tissue.

    Attributes
    ----------
    image : CT in HU, or the share of soft tissue, 1 minus fat fraction: 0 in fat, 1 in soft tissue with or without
        contrast agent.
    values : what its values are.
    source : what it was made of, for the method of results.
    """

    image: Image
    values: TissueValues
    source: str

    @classmethod
    def of_ct(cls, image: Image) -> FatView:
        """Take a CT in HU."""
        return cls(image, IN_HU, CT)

    @classmethod
    def of_fat_map(cls, fat_fraction: Image) -> FatView:
        """Take a map of fat fractions (0 to 1)."""
        share = (1.0 - fat_fraction.voxels.astype(np.float32)).astype(np.float32)
        return cls(replace(fat_fraction, voxels=share, modality=""), IN_SOFT_SHARES, FAT_MAP)

    def scale(
        self,
        node: NDArray[Any] | Segment | LabelPart,
        others: Sequence[NDArray[Any] | Segment | LabelPart] | None = None,
    ) -> TissueScale:
        """Measure what fat and soft tissue look like round a node.

        Raises
        ------
        InputError
            as `tissue_scale`.
        """
        return tissue_scale(self.image, node, others, self.values)

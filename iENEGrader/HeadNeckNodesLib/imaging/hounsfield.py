"""Tell whether the values of an image are Hounsfield units, before anything relies on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from HeadNeckNodesLib.imaging.image import HeaderFacts, Image

AIR_HU = -850.0
TISSUE_HU = (-180.0, 150.0)
"""From the fat of a neck at 40 keV to enhanced soft tissue."""
SMALLEST_AIR_SHARE = 0.002
"""The airway alone fills more than this share of a box round the neck."""
BIN_HU = 25.0
SAMPLE_VOXELS = 4_000_000
ADVICE = "give the original CT in HU, or leave out what needs HU"


def why_not_hounsfield(image: Image) -> str | None:
    """Say why the values cannot be taken as HU, or return ``None`` when they can.

    The header decides where it speaks: modality and rescale type, or at least the tube voltage of an original CT
    (virtual monochromatic series have none). The values must then look like a neck CT: air (or padding) below -850
    and the commonest tissue between -180 and 150. The limits are ours.
    """
    if image.modality not in ("CT", ""):
        return f"the modality is {image.modality}, and only CT has Hounsfield units"
    if image.header is not None:
        reason = _why_header_denies(image.header)
        if reason:
            return reason
    return _why_values_deny(image.voxels)


def require_hounsfield(image: Image) -> None:
    """Pass when the values can be taken as HU.

    Raises
    ------
    InputError
        with the reason and what to do.
    """
    reason = why_not_hounsfield(image)
    if reason:
        raise InputError(f"{image.source or 'image'}: not in Hounsfield units: {reason}; {ADVICE}")


def _why_header_denies(header: HeaderFacts) -> str | None:
    if header.rescale_type not in (None, "HU"):
        return f"the header says that its values are '{header.rescale_type}' (RescaleType), expected 'HU'"
    if header.rescale_type is None and not header.kvp:
        return "the header vouches for neither unit nor tube voltage (no RescaleType, no KVP)"
    return None


def _why_values_deny(voxels: NDArray[Any]) -> str | None:
    step = max(1, voxels.size // SAMPLE_VOXELS)
    values = voxels.reshape(-1)[::step].astype(np.float32)
    if values.min() >= 0:
        return f"no value is negative (smallest {values.min():.0f}), while air is -1000 HU and fat -100 HU"
    if np.mean(values < AIR_HU) < SMALLEST_AIR_SHARE:
        return "there is no air near -1000 HU, neither round the patient nor in the airway"
    tissue = values[(values > -500) & (values < 3000)]
    if tissue.size < SMALLEST_AIR_SHARE * values.size:
        return "there is nothing but air in it"
    counts, edges = np.histogram(tissue, bins=np.arange(-500, 3000 + BIN_HU, BIN_HU))
    peak = float(edges[np.argmax(counts)] + BIN_HU / 2)
    least, most = TISSUE_HU
    if not least <= peak <= most:
        return f"the commonest tissue lies at {peak:.0f}, expected fat or soft tissue between {least:g} and {most:g} HU"
    return None

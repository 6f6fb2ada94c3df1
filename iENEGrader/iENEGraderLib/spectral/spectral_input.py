"""What spectral maps are computed from: images of one grid, each with its response."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.basis import WATER_IODINE, Basis

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.response import Response

    Floats = NDArray[np.float64]


class InputKind(StrEnum):
    """Which kind of series the user has."""

    MONOCHROMATIC = "virtual monochromatic series"
    BEAMS = "tube voltages or energy bins"
    IODINE_MAP = "iodine map of the scanner with a monochromatic series"
    BEFORE_AND_AFTER = "before and after contrast agent"


@dataclass(frozen=True, eq=False)
class Channel:
    """One input: its image, how it answers, and its name for messages and legends; ``kev`` if monochromatic."""

    image: Image
    response: Response
    name: str
    kev: float | None = None


@dataclass(frozen=True, eq=False)
class SpectralInput:
    """Checked inputs of one examination, on one grid.

    Attributes
    ----------
    kind : what the user has.
    channels : the images, monochromatic ones by rising energy.
    basis : what monochromatic images are taken to be made of.
    covariance : noise of the channels, shape (n, n) in their units squared; None to weigh them alike.
    warnings : sentences for the user, shown with every map.
    misfit_mm : by how much scans before and after contrast agent may still differ in place, for all voxels or for
        each [k, j, i]; ``None`` where nobody knows.
    outside : where one of the images does not reach, mask [k, j, i]; ``None`` when all reach everywhere.
    """

    kind: InputKind
    channels: tuple[Channel, ...]
    basis: Basis = WATER_IODINE
    covariance: Floats | None = None
    warnings: tuple[str, ...] = ()
    misfit_mm: float | NDArray[np.float32] | None = None
    outside: NDArray[np.bool_] | None = None

    @property
    def geometry(self) -> ImageGeometry:
        """The grid of all images."""
        return self.channels[0].image.geometry

    @property
    def voxels(self) -> tuple[NDArray[Any], ...]:
        """The arrays [k, j, i] in the order of the channels: what a blend is applied to."""
        return tuple(channel.image.voxels for channel in self.channels)

    @property
    def kevs(self) -> tuple[float, ...]:
        """Energies of the monochromatic channels."""
        return tuple(channel.kev for channel in self.channels if channel.kev is not None)

    def with_responses(self, responses: tuple[Response, ...]) -> SpectralInput:
        """Return the same images with other responses, one for each channel."""
        pairs = zip(self.channels, responses, strict=True)
        return replace(self, channels=tuple(replace(channel, response=response) for channel, response in pairs))

    def with_basis(self, basis: Basis) -> SpectralInput:
        """Return the same images taken as made of another basis; only for monochromatic series.

        Raises
        ------
        InputError
            for other kinds of input, which do not depend on a scanner's basis.
        """
        if self.kind is not InputKind.MONOCHROMATIC:
            raise InputError(f"the basis is a matter of virtual monochromatic series; these are {self.kind.value}")
        responses = tuple(
            replace(channel.response, iodine=basis.slope(channel.kev))
            for channel in self.channels
            if channel.kev is not None
        )
        return replace(self.with_responses(responses), basis=basis)

    def cropped(self, box: tuple[slice, ...]) -> SpectralInput:
        """Return the part of the images in a box of the grid [k, j, i], for what is needed near a region only."""
        misfit = self.misfit_mm
        return replace(
            self,
            channels=tuple(replace(channel, image=_cropped(channel.image, box)) for channel in self.channels),
            misfit_mm=misfit[box] if isinstance(misfit, np.ndarray) else misfit,
            outside=None if self.outside is None else self.outside[box],
        )

    def with_noise(self, covariance: Floats) -> SpectralInput:
        """Return the same images with the noise measured in them, so that three or more are weighed by it.

        Raises
        ------
        InputError
            when it is no covariance of as many channels.
        """
        count = len(self.channels)
        if covariance.shape != (count, count) or not np.allclose(covariance, covariance.T):
            raise InputError(f"the noise must be a symmetric {count} x {count} covariance of the input images")
        if np.linalg.eigvalsh(covariance).min() <= 0:
            raise InputError("the noise of the input images has no positive definite covariance: measure it elsewhere")
        return replace(self, covariance=covariance)


def _cropped(image: Image, box: tuple[slice, ...]) -> Image:
    voxels = image.voxels[box]
    first = [axis.indices(count)[0] for axis, count in zip(box, image.geometry.array_shape, strict=True)]
    right, anterior, superior = image.geometry.place_ras_mm(first)
    sections, rows, columns = voxels.shape
    geometry = replace(image.geometry, size_ijk=(columns, rows, sections), origin_lps_mm=(-right, -anterior, superior))
    return replace(image, voxels=voxels, geometry=geometry)

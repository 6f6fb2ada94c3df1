"""Pictures as files in memory: small JPEG for images, and whatever is taken in written anew without its metadata."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from HeadNeckNodesLib.drawing.png import SIGNATURE
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.teaching.content import Picture, PictureType

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUALITY = 80
PHOTO_QUALITY = 85
LONGEST_SIDE = 1600
SUFFIXES = (".jpg", ".jpeg", ".png")


def jpeg_picture(pixels: NDArray[np.uint8], quality: int = QUALITY) -> Picture:
    """Return pixels as a JPEG file without metadata.

    Parameters
    ----------
    pixels : uint8 array (rows, columns) for grey or (rows, columns, 3) for RGB, first row on top.
    quality : 1 to 100, as the JPEG library counts.
    """
    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(pixels), isVector=pixels.ndim == 3)
    with tempfile.TemporaryDirectory(prefix="hnn-") as folder:
        path = Path(folder) / "picture.jpg"
        SimpleITK.WriteImage(image, str(path), useCompression=True, compressionLevel=quality)
        return Picture(path.read_bytes(), PictureType.JPEG, pixels.shape[1], pixels.shape[0])


def picture_of_png(content: bytes) -> Picture:
    """Return a PNG file in memory as a picture.

    Raises
    ------
    InputError
        When the bytes are no PNG file.
    """
    if not content.startswith(SIGNATURE) or len(content) < 24:
        raise InputError("a picture of the teaching file is no PNG file; give PNG bytes")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    return Picture(content, PictureType.PNG, width, height)


def read_photo(path: Path) -> Picture:
    """Read a photograph and write it anew, so that the camera's metadata stay behind; large ones become smaller.

    Raises
    ------
    InputError
        When it is neither JPEG nor PNG, or cannot be read.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name}: a photograph must be a JPEG or PNG file; convert it")
    try:
        image = SimpleITK.ReadImage(str(path))
    except RuntimeError as error:
        raise InputError(f"{path.name}: cannot be read as a photograph; check that it is there and whole") from error
    pixels = SimpleITK.GetArrayFromImage(image)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        raise InputError(f"{path.name}: found {pixels.dtype} pixels of {pixels.ndim} axes, expected 8 bit grey or RGB")
    step = -(-max(pixels.shape[:2]) // LONGEST_SIDE)
    return jpeg_picture(_reduced(pixels[..., :3] if pixels.ndim == 3 else pixels, step), PHOTO_QUALITY)


def _reduced(pixels: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Return means of squares of pixels; what does not fill a square at the far edges is left out."""
    if step <= 1:
        return pixels
    rows, columns = (side // step for side in pixels.shape[:2])
    squares = pixels[: rows * step, : columns * step].reshape(rows, step, columns, step, -1)
    means: NDArray[np.uint8] = squares.mean(axis=(1, 3)).round().astype(np.uint8)
    return means.reshape(rows, columns, *pixels.shape[2:])

"""Text and bars drawn into RGB pictures, with the font that VTK brings, so that it looks the same everywhere."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

DPI = 72
WHITE = (255, 255, 255)
SHADOW = np.array([0, 0, 0], dtype=np.uint8)


class Anchor(Enum):
    """Which point of a text a position means: share of its width and height before that point."""

    TOP_LEFT = (0.0, 0.0)
    TOP_RIGHT = (1.0, 0.0)
    MIDDLE_LEFT = (0.0, 0.5)
    MIDDLE_RIGHT = (1.0, 0.5)
    CENTRE = (0.5, 0.5)
    TOP_CENTRE = (0.5, 0.0)
    BOTTOM_CENTRE = (0.5, 1.0)
    BOTTOM_RIGHT = (1.0, 1.0)


def draw_text(
    picture: Picture,
    text: str,
    row_column: tuple[int, int],
    anchor: Anchor = Anchor.TOP_LEFT,
    *,
    size: int = 15,
    colour: tuple[int, int, int] = WHITE,
    bold: bool = False,
) -> None:
    """Draw one line of text, with a dark rim that keeps it legible on any ground.

    Parameters
    ----------
    picture : uint8 array of shape (rows, columns, 3), changed in place.
    row_column : place of the anchor of the text.
    size : in pixels.
    """
    ink = _ink(text, size, bold=bold)
    rim = np.pad(ink, 1)
    for axis in (0, 1):
        rim = np.maximum.reduce([rim, np.roll(rim, 1, axis), np.roll(rim, -1, axis)])
    share_x, share_y = anchor.value
    row = round(row_column[0] - share_y * rim.shape[0])
    column = round(row_column[1] - share_x * rim.shape[1])
    _blend(picture, rim, row, column, SHADOW)
    _blend(picture, np.pad(ink, 1), row, column, np.array(colour, dtype=np.uint8))


def draw_bar(picture: Picture, rows: slice, columns: slice, colour: tuple[int, int, int] = WHITE) -> None:
    """Draw a filled box with a dark rim."""
    rim = (slice(max(rows.start - 1, 0), rows.stop + 1), slice(max(columns.start - 1, 0), columns.stop + 1))
    picture[rim] = SHADOW
    picture[rows, columns] = colour


def png_bytes(picture: Picture) -> bytes:
    """Return a picture as a PNG file in memory."""
    rows, columns, _ = picture.shape
    image = vtk.vtkImageData()
    image.SetDimensions(columns, rows, 1)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(picture[::-1]).reshape(-1, 3), deep=True))
    writer = vtk.vtkPNGWriter()
    writer.WriteToMemoryOn()
    writer.SetInputData(image)
    writer.Write()
    return bytes(vtk_to_numpy(writer.GetResult()))


def _ink(text: str, size: int, *, bold: bool) -> NDArray[np.float32]:
    """How much of each pixel the letters cover, from 0 to 1, first row on top."""
    style = vtk.vtkTextProperty()
    style.SetFontSize(size)
    style.SetBold(bold)
    style.SetColor(1.0, 1.0, 1.0)
    image = vtk.vtkImageData()
    extent = [0, 0]
    vtk.vtkTextRenderer.GetInstance().RenderString(style, text, image, extent, DPI)
    columns, rows, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(rows, columns, -1)
    cover: NDArray[np.float32] = pixels[::-1, :, 3].astype(np.float32) / 255
    used_rows, used_columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    return cover[: used_rows[-1] + 1, used_columns[0] : used_columns[-1] + 1]


def _blend(picture: Picture, cover: NDArray[np.float32], row: int, column: int, colour: Picture) -> None:
    """Lay a colour over a picture; what falls outside the picture is cut off."""
    top, left = max(row, 0), max(column, 0)
    bottom, right = min(row + cover.shape[0], picture.shape[0]), min(column + cover.shape[1], picture.shape[1])
    if bottom <= top or right <= left:
        return
    part = cover[top - row : bottom - row, left - column : right - column, None]
    under = picture[top:bottom, left:right]
    picture[top:bottom, left:right] = np.rint(under * (1 - part) + colour * part).astype(np.uint8)

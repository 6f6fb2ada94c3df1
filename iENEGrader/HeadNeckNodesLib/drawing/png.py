"""Pictures as PNG files in memory, for embedding in figures."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {1: 0, 3: 2, 4: 6}


def png_bytes(pixels: NDArray[np.uint8]) -> bytes:
    """Return pixels as a PNG file (ISO/IEC 15948).

    Parameters
    ----------
    pixels : uint8 array, first row on top: (rows, columns) for grey, (rows, columns, 3) for RGB, 4 with opacity.
    """
    layers = pixels.reshape(*pixels.shape[:2], -1)
    rows, columns, samples = layers.shape
    header = struct.pack(">IIBBBBB", columns, rows, 8, COLOUR_TYPES[samples], 0, 0, 0)
    # Each row begins with the number of its filter: 0, none.
    lines = np.pad(layers.reshape(rows, columns * samples), ((0, 0), (1, 0))).tobytes()
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")


def png_uri(pixels: NDArray[np.uint8]) -> str:
    """Return pixels as a data URI, so that a page or figure needs no other file."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(pixels)).decode("ascii")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

"""Pictures without metadata: text, times, programs and embedded photos' data are left behind."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from HeadNeckNodesLib.drawing.png import png_bytes
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.unpacking import PNG_SIGNATURE, png_chunks

KEPT_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"}
"""What a viewer needs for the pixels (ISO/IEC 15948 chapter 11); no text, time, profile or Exif data."""
CONVERTED = {".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}


def without_metadata(png: bytes) -> bytes:
    """Return a PNG file with the chunks of its pixels alone; what stands behind its end goes too.

    Raises
    ------
    InputError
        When the bytes are no whole PNG file.
    """
    if not png.startswith(PNG_SIGNATURE):
        raise InputError("not a PNG file; convert the picture to PNG first")
    try:
        chunks = [(kind, content) for kind, content in png_chunks(png) if kind in KEPT_CHUNKS]
    except struct.error as error:
        raise InputError("the PNG file ends too early; export or copy it again") from error
    if not chunks or chunks[-1][0] != b"IEND":
        raise InputError("the PNG file ends too early; export or copy it again")
    return PNG_SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def shareable_picture(path: str | Path) -> bytes:
    """Return a picture as a PNG file without metadata.

    JPEG, TIFF and BMP are decoded and written anew; a rotation that a camera only noted (Exif) is not carried out.

    Raises
    ------
    InputError
        When the file cannot be read or is of another kind.
    """
    file = Path(path)
    if file.suffix.lower() == ".png":
        try:
            return without_metadata(file.read_bytes())
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error.strerror}); expected a picture") from error
    if file.suffix.lower() not in CONVERTED:
        raise InputError(f"{file}: expected a picture as PNG, JPEG, TIFF or BMP")
    import SimpleITK

    try:
        image = SimpleITK.ReadImage(str(file))
    except RuntimeError as error:
        raise InputError(f"{file}: cannot be read as a picture; convert it to PNG") from error
    pixels = SimpleITK.GetArrayFromImage(image)
    pixels = pixels[0] if image.GetDimension() == 3 else pixels
    if pixels.dtype != "uint8" or pixels.ndim not in (2, 3):
        raise InputError(f"{file}: expected 8 bits a colour, one picture; convert it to PNG")
    return png_bytes(pixels)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

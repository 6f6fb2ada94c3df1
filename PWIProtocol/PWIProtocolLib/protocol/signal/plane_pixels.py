"""Pixels of single planes, thinned out: native files are read in place, compressed ones through SimpleITK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray
    from pydicom import Dataset

    from PWIProtocolLib.protocol.series import Plane

PIXEL_DATA = b"\x7f\xe0\x00\x10"
LARGEST_DECODED_BYTES = 1 << 29


@dataclass(frozen=True)
class _Native:
    """Where the pixels of a native file lie."""

    offset: int
    rows: int
    columns: int
    kind: np.dtype[np.generic]


class PixelReader:
    """Reads planes of a series, keeping the layout of the last file (multi-frame files hold many planes).

    Parameters
    ----------
    across : about how many rows and columns to keep.
    """

    def __init__(self, across: int) -> None:
        self._across = across
        self._path: Path | None = None
        self._layout: _Native | None = None
        self._decoded: NDArray[np.float32] | None = None

    def read(self, plane: Plane) -> NDArray[np.float32]:
        """Return (rows, columns) of rescaled signal, thinned out.

        Raises
        ------
        InputError
            When the pixels cannot be read.
        """
        path = plane.header.path
        if path != self._path:
            self._open(path, plane.header.name)
        if self._decoded is not None:
            stack = self._decoded
            if plane.frame >= len(stack):
                raise InputError(f"{plane.header.name}: frame {plane.frame + 1} is not in the file")
            pixels = stack[plane.frame]
        else:
            pixels = self._native_plane(path, plane)
        steps = [max(1, round(size / self._across)) for size in pixels.shape]
        slope = plane.header.number(Tag.RescaleSlope, plane.frame)
        intercept = plane.header.number(Tag.RescaleIntercept, plane.frame)
        thinned = pixels[:: steps[0], :: steps[1]].astype(np.float32)
        rescaled: NDArray[np.float32] = thinned * np.float32(slope.value or 1.0) + np.float32(intercept.value or 0.0)
        return rescaled

    def _open(self, path: Path, name: str) -> None:
        self._path, self._layout, self._decoded = path, None, None
        try:
            with path.open("rb") as stream:
                self._layout = _layout_of(stream, name)
        except OSError as error:
            raise InputError(f"{name}: cannot be read ({error.strerror})") from error
        if self._layout is None:
            self._decoded = _decoded(path, name)

    def _native_plane(self, path: Path, plane: Plane) -> NDArray[np.generic]:
        layout = self._layout
        assert layout is not None
        count = layout.rows * layout.columns
        start = layout.offset + plane.frame * count * layout.kind.itemsize
        pixels = np.fromfile(path, dtype=layout.kind, count=count, offset=start)
        if pixels.size != count:
            raise InputError(f"{plane.header.name}: the file ends within its pixels")
        return pixels.reshape(layout.rows, layout.columns)


def _layout_of(stream: BinaryIO, name: str) -> _Native | None:
    """Layout of a native file, None when it is compressed."""
    import pydicom

    try:
        dataset = pydicom.dcmread(stream, stop_before_pixels=True)
        syntax = dataset.file_meta.TransferSyntaxUID
        if syntax.is_compressed:
            return None
        return _native(stream, dataset, little=syntax.is_little_endian, implicit=syntax.is_implicit_VR)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    except Exception as error:  # whatever pydicom says of a broken file
        raise InputError(f"{name}: the pixels cannot be found ({type(error).__name__})") from error


def _native(stream: BinaryIO, dataset: Dataset, *, little: bool, implicit: bool) -> _Native:
    tag = stream.read(4)
    swapped = tag if not little else bytes((tag[1], tag[0], tag[3], tag[2])) if len(tag) == 4 else b""
    if swapped != PIXEL_DATA:
        raise InputError("holds no pixels")
    stream.read(4 if implicit else 8)
    bits, signed = int(dataset.BitsAllocated), int(dataset.get("PixelRepresentation", 0))
    if bits not in (8, 16, 32) or int(dataset.get("SamplesPerPixel", 1)) != 1:
        raise InputError(f"has pixels of {bits} bits or in colour; grey ones of 8, 16 or 32 bits are expected")
    kind = np.dtype(f"{'<' if little else '>'}{'i' if signed else 'u'}{bits // 8}")
    return _Native(stream.tell(), int(dataset.Rows), int(dataset.Columns), kind)


def _decoded(path: Path, name: str) -> NDArray[np.float32]:
    """(planes, rows, columns) of a compressed file."""
    import SimpleITK

    reader = SimpleITK.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
        if float(np.prod(np.asarray(reader.GetSize(), float))) * 4 > LARGEST_DECODED_BYTES:
            raise InputError(f"{name}: is compressed and too large to decode here")
        image = reader.Execute()
    except RuntimeError as error:
        raise InputError(f"{name}: is compressed in a way that cannot be decoded here") from error
    pixels: NDArray[np.float32] = SimpleITK.GetArrayFromImage(image).astype(np.float32)
    return pixels if pixels.ndim == 3 else pixels[None]

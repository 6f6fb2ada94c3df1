"""All that a DICOM file says, as lines of text and pieces of bytes, to be searched."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom import DataElement, Dataset

MARK = slice(128, 132)
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


def is_dicom_file(data: bytes) -> bool:
    """Tell whether bytes are a DICOM file (PS3.10)."""
    return data[MARK] == b"DICM"


@dataclass(frozen=True, eq=False)
class Part:
    """Bytes of a DICOM file, and whether they are pixels."""

    content: bytes
    is_pixels: bool = False


def parts_of_dicom(data: bytes) -> Iterator[Part]:
    """Return what stands before the mark, all values as one text (``keyword: value``, UTF-8), then values of bytes.

    Private and nested values are included, text in the character set that the file states. Last comes the file without
    its pixels: readers pass over what stands behind the last value.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    import pydicom

    yield Part(data[: MARK.start])
    lines: list[str] = []
    pieces: list[Part] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(io.BytesIO(data))
            for part in (dataset.file_meta, dataset):
                _gather(part, lines, pieces)
        except Exception as error:  # whatever a damaged file makes the reader raise; its words may repeat a value
            raise InputError("a DICOM file that cannot be read back") from error
    if not (dataset.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID")):
        raise InputError("a DICOM file that cannot be read back")
    # Frames of one object repeat the same few hundred lines.
    yield Part("\n".join(dict.fromkeys(lines)).encode("utf-8", errors="replace"))
    yield from pieces
    rest = data[MARK.stop :]
    for piece in pieces:
        if piece.is_pixels:
            rest = rest.replace(piece.content, b"\n")
    yield Part(rest)


def _gather(dataset: Dataset, lines: list[str], pieces: list[Part]) -> None:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                _gather(item, lines, pieces)
        elif isinstance(element.value, bytes):
            pieces.append(Part(element.value, element.keyword in PIXELS))
        else:
            lines.append(f"{element.keyword or 'private'}: {_text(element)}")


def _text(element: DataElement) -> str:
    values = element.value if element.VM > 1 else [element.value]
    return "\n".join(f"{element.keyword}: {value}" for value in values)

"""Files that hold a text in some hidden place, for tests of the gate."""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
from HeadNeckNodesLib.drawing.png import png_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom import Dataset

VOXELS = np.random.default_rng(3).integers(-1000, 1500, 20_000).astype("<i2").tobytes()
PNG = png_bytes(np.zeros((4, 4), np.uint8))


def written(encode: Callable[[str], bytes], name: str = "page.html") -> Callable[[Path, str], None]:
    """Plant a text in a file by a function that makes its bytes."""

    def plant(folder: Path, text: str) -> None:
        (folder / name).write_bytes(encode(text))

    return plant


def zipped(text: str, *, name: str = "inside.txt", comment: str = "") -> bytes:
    """Return an archive with the text as a file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
        archive.comment = comment.encode()
    return stream.getvalue()


def png_with(kind: bytes, content: bytes) -> bytes:
    """Return a picture with one more chunk before its end."""
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return PNG[:-12] + chunk + PNG[-12:]


def nrrd_with(line: str, voxels: bytes, encoding: str = "gzip") -> bytes:
    """Return a volume file with one more line in its header."""
    header = f"NRRD0004\n# made for a test\ntype: short\ndimension: 1\nsizes: 20000\nencoding: {encoding}\n{line}\n\n"
    return header.encode("latin-1") + (gzip.compress(voxels) if encoding == "gzip" else voxels)


def dicom_with(plant: Callable[[Dataset, str], None], text: str, syntax: str = "1.2.840.10008.1.2.1") -> bytes:
    """Return a small DICOM file in which a text was planted."""
    import pydicom

    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.SOPClassUID, data.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "2.25.1"
    data.SpecificCharacterSet = "ISO_IR 192"
    plant(data, text)
    stream = io.BytesIO()
    data.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _public(data: Dataset, text: str) -> None:
    data.StudyComments = text


def _nested(data: Dataset, text: str) -> None:
    import pydicom

    item = pydicom.Dataset()
    item.add_new(0x00104000, "LT", text)
    data.SourceImageSequence = [item]


def _private_bytes(data: Dataset, text: str) -> None:
    data.private_block(0x0029, "SOMEBODY", create=True).add_new(1, "OB", b"\0\1\2" + text.encode("latin-1") + b"\0" * 9)


def _private_text(data: Dataset, text: str) -> None:
    data.private_block(0x0029, "SOMEBODY", create=True).add_new(1, "LT", text)


def _preamble(data: Dataset, text: str) -> None:
    data.preamble = text.encode("latin-1").ljust(128, b"\0")


def _file_header(data: Dataset, text: str) -> None:
    data.file_meta.PrivateInformationCreatorUID = "2.25.7"
    data.file_meta.PrivateInformation = text.encode("utf-8")


def _behind(data: Dataset, text: str) -> None:
    data.PixelData = VOXELS
    data.Rows, data.Columns, data.BitsAllocated = 100, 100, 16
    data.add_new(0xFFFCFFFC, "OB", text.encode("latin-1"))


def _file_name(folder: Path, text: str) -> None:
    (folder / f"ct {text.replace('/', '-')} x.txt").write_text("nothing")


def _folder_name(folder: Path, text: str) -> None:
    (folder / f"{text.replace('/', '-')}").mkdir()
    (folder / f"{text.replace('/', '-')}" / "a.txt").write_text("nothing")


def _latin(text: str) -> bytes:
    return text.encode("latin-1")


def _base64_lines(text: str) -> bytes:
    packed = base64.b64encode(b"some bytes before " + text.encode() + b" and many bytes behind it" * 5).decode()
    return "\n".join(packed[place : place + 76] for place in range(0, len(packed), 76)).encode()


def _pdf(text: str) -> bytes:
    return b"%PDF-1.4\n1 0 obj <</Filter/FlateDecode>>\nstream\n" + zlib.compress(_latin(text)) + b"\nendstream\n%%EOF"


def _glb(text: str) -> bytes:
    content = json.dumps({"asset": {"copyright": text}}).encode() + b" " * 3
    return b"glTF" + struct.pack("<III", 2, 20 + len(content), len(content)) + b"JSON" + content


def _slicer_name(text: str) -> bytes:
    return "".join(sign if ord(sign) < 128 else "".join(f"%ff{b:02x}" for b in sign.encode()) for sign in text).encode()


PLACES: dict[str, Callable[[Path, str], None]] = {
    "utf-8 text": written(lambda text: f"<p>{text}</p>".encode()),
    "latin-1 text": written(lambda text: _latin(f"<p>{text}</p>")),
    "utf-16 with mark": written(lambda text: text.encode("utf-16")),
    "utf-16 le": written(lambda text: f"see {text} now".encode("utf-16-le")),
    "utf-16 be": written(lambda text: f"see {text} now".encode("utf-16-be")),
    "utf-32": written(lambda text: text.encode("utf-32")),
    "capitals": written(lambda text: text.upper().encode()),
    "html entities": written(lambda text: "".join(f"&#{ord(sign)};" for sign in text).encode()),
    "named entities": written(lambda text: html.escape(text).replace("ü", "&uuml;").replace("ö", "&ouml;").encode()),
    "percent signs": written(lambda text: quote(text).encode()),
    "percent signs of latin-1": written(lambda text: quote(text, encoding="latin-1").encode()),
    "file names as scenes write them": written(_slicer_name),
    "json escapes": written(lambda text: json.dumps({"note": text}).encode(), "a.json"),
    "quoted-printable": written(lambda text: _latin("".join(f"={ord(sign):02X}" for sign in text))),
    "base64": written(lambda text: b"data:text/plain;base64," + base64.b64encode(text.encode())),
    "base64 in lines": written(_base64_lines),
    "base64 of utf-16": written(lambda text: base64.b64encode(text.encode("utf-16-le"))),
    "base64 twice": written(lambda text: base64.b64encode(base64.b64encode(text.encode()))),
    "hexadecimal digits": written(lambda text: text.encode().hex().encode()),
    "hexadecimal digits in pairs": written(lambda text: text.encode("latin-1").hex(" ").upper().encode()),
    "zip": written(zipped, "a.zip"),
    "name in a zip": written(lambda text: zipped("nothing", name=f"{text}.txt".replace("/", "-")), "a.mrb"),
    "comment of a zip": written(lambda text: zipped("nothing", comment=text), "a.zip"),
    "zip behind a page": written(lambda text: b"<html></html>" * 9 + zipped(text)),
    "zip in zip": written(lambda text: zipped_bytes(zipped(text)), "a.zip"),
    "gzip": written(lambda text: gzip.compress(text.encode()), "a.gz"),
    "second part of a gzip": written(lambda text: gzip.compress(b"nothing") + gzip.compress(text.encode()), "a.gz"),
    "bzip2": written(lambda text: bz2.compress(text.encode()), "a.bz2"),
    "xz": written(lambda text: lzma.compress(text.encode()), "a.xz"),
    "zlib": written(lambda text: zlib.compress(text.encode()), "a.bin"),
    "png text": written(lambda text: png_with(b"tEXt", b"Author\0" + _latin(text)), "a.png"),
    "png packed text": written(lambda text: png_with(b"zTXt", b"Author\0\0" + zlib.compress(_latin(text))), "a.png"),
    "png utf-8 text": written(
        lambda text: png_with(b"iTXt", b"Author\0\1\0de\0Urheber\0" + zlib.compress(text.encode())), "a.png"
    ),
    "png exif": written(lambda text: png_with(b"eXIf", b"MM\0*\0\0\0\1" + text.encode("utf-16-le")), "a.png"),
    "behind a png": written(lambda text: PNG + text.encode(), "a.png"),
    "png in a page": written(
        lambda text: (
            b'<img src="data:image/png;base64,'
            + base64.b64encode(png_with(b"tEXt", b"Author\0" + _latin(text)))
            + b'">'
        )
    ),
    "nrrd header": written(lambda text: nrrd_with(f"PatientName:={text}", VOXELS), "a.nrrd"),
    "nrrd packed voxels": written(lambda text: nrrd_with("kinds: domain", VOXELS + _latin(text)), "a.nrrd"),
    "begin of a mesh": written(lambda text: _latin(text).ljust(80, b"\0") + VOXELS, "a.stl"),
    "pdf stream": written(_pdf, "a.pdf"),
    "glb": written(_glb, "a.glb"),
    "dicom": written(lambda text: dicom_with(_public, text), "a.dcm"),
    "dicom sequence": written(lambda text: dicom_with(_nested, text), "a.dcm"),
    "dicom private bytes": written(lambda text: dicom_with(_private_bytes, text), "a.dcm"),
    "dicom private text": written(lambda text: dicom_with(_private_text, text), "a.dcm"),
    "dicom preamble": written(lambda text: dicom_with(_preamble, text), "a.dcm"),
    "dicom file header": written(lambda text: dicom_with(_file_header, text), "a.dcm"),
    "behind dicom pixels": written(lambda text: dicom_with(_behind, text), "a.dcm"),
    "deflated dicom": written(lambda text: dicom_with(_nested, text, "1.2.840.10008.1.2.1.99"), "a.dcm"),
    "deflated dicom private bytes": written(
        lambda text: dicom_with(_private_bytes, text, "1.2.840.10008.1.2.1.99"), "a.dcm"
    ),
    "file name": _file_name,
    "folder name": _folder_name,
}


def zipped_bytes(content: bytes) -> bytes:
    """Return an archive with bytes as a file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inner.zip", content)
    return stream.getvalue()

"""Short names: found as whole words wherever text may be, and not where four letters come about by chance."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.drawing.png import png_bytes
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, require_clean
from planting_places import PLACES, VOXELS, dicom_with, nrrd_with, png_with

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom import Dataset

OF_LONG_VALUES = {"nrrd packed voxels"}
OF_WHOLE_SENTENCES = {"base64", "base64 twice", "begin of a mesh"} | OF_LONG_VALUES
LONG = b"\x91\x07\xfe" * 60_000
"""Bytes that are no text, more than the gate reads at either end."""
WIDE = "size of the node ".encode("utf-16-le")


def named(name: str) -> Identifiers:
    return Identifiers(frozenset({Identifier(Kind.PERSON, name)}))


def assert_found(path: Path, name: str) -> None:
    with pytest.raises(InputError, match="name of a person"):
        require_clean(path, named(name))


@pytest.mark.parametrize("place", sorted(set(PLACES) - OF_LONG_VALUES))
def test_a_short_name_among_words_is_found(tmp_path: Path, place: str) -> None:
    PLACES[place](tmp_path, "of Anna herself")
    assert_found(tmp_path, "Anna")


@pytest.mark.parametrize("place", sorted(set(PLACES) - OF_WHOLE_SENTENCES))
def test_a_short_name_alone_is_found(tmp_path: Path, place: str) -> None:
    PLACES[place](tmp_path, "Anna")
    assert_found(tmp_path, "Anna")


def zip_of(entries: dict[str, bytes], content: bytes = b"", comment: bytes = b"") -> bytes:
    """Return an archive of files with these comments."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, remark in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.comment = remark
            archive.writestr(entry, content)
        archive.comment = comment
    return stream.getvalue()


def gzip_named(name: str) -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=stream, mtime=0) as packed:
        packed.write(VOXELS)
    return stream.getvalue()


def in_the_middle(charset: str, name: str) -> bytes:
    words = "the node in level two " * 8000
    return f"{words} of {name} {words}".encode(charset)


def many_encoded(name: str) -> bytes:
    """Return a page of many encoded words, of which one has two bytes a letter."""
    pieces = [base64.b64encode(f"harmless words, number {number} of many".encode()) for number in range(60)]
    return b" ; ".join([*pieces, base64.b64encode(f"of {name} again".encode("utf-16-le")), *pieces])


HIDDEN: dict[str, Callable[[], bytes]] = {
    "comment of a file in a zip": lambda: zip_of({"a.bin": b"Anna"}, VOXELS),
    "comment of a long zip": lambda: zip_of({"a.bin": b""}, VOXELS, b"Anna"),
    "one of many names in a zip": lambda: zip_of({("Anna" if n == 1500 else f"{n:04}-file"): b"" for n in range(3000)}),
    "name in the head of a gzip": lambda: gzip_named("Anna"),
    "behind a gzip": lambda: gzip.compress(VOXELS, mtime=0) + b"Anna",
    "behind the packed pixels of a picture": lambda: png_with(b"IDAT", b"Anna"),
    "comment of an nrrd": lambda: nrrd_with("#Anna", VOXELS * 3),
    "two encodings in one text": lambda: WIDE * 8000 + b"of Anna as well " * 3 + b"x" * 200_000,
    "amid encoded words": lambda: many_encoded("Anna"),
    "utf-8": lambda: in_the_middle("utf-8", "Anna"),
    "utf-16": lambda: in_the_middle("utf-16", "Anna"),
    "utf-16-be": lambda: in_the_middle("utf-16-be", "Anna"),
    "utf-32": lambda: in_the_middle("utf-32", "Anna"),
    "latin-1": lambda: in_the_middle("latin-1", "Änne, Anna"),
}  # fmt: skip


@pytest.mark.parametrize("place", HIDDEN)
def test_a_short_name_is_found_in(tmp_path: Path, place: str) -> None:
    (tmp_path / "a.bin").write_bytes(HIDDEN[place]())
    assert_found(tmp_path, "Anna")


def test_letters_that_base64_writes_differently_in_addresses_are_read(tmp_path: Path) -> None:
    written = base64.urlsafe_b64encode("of Kähler".encode("latin-1"))
    assert b"-" in written
    (tmp_path / "a.txt").write_bytes(b"see?q=" + written)
    assert_found(tmp_path, "Kähler")


def test_two_letters_of_the_register_are_found_as_an_umlaut_amid_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(LONG[:9000] + " of Jörg here ".encode() + LONG[:9000])
    assert_found(tmp_path, "Joerg")


def test_the_text_of_a_mesh_is_read_as_what_it_is(tmp_path: Path) -> None:
    content = json.dumps({"asset": {"copyright": "of Örtel"}}, ensure_ascii=False).encode()
    head = struct.pack("<III", 2, 28 + len(content) + len(LONG), len(content))
    binary = struct.pack("<I", len(LONG)) + b"BIN\0" + LONG
    (tmp_path / "a.glb").write_bytes(b"glTF" + head + b"JSON" + content + binary)
    assert_found(tmp_path, "Oertel")


def test_four_letters_alone_amid_many_bytes_are_no_name(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(LONG[:9000] + b"\x01Anna\x02" + LONG[:9000])
    assert require_clean(tmp_path, named("Anna")).files == 1
    (tmp_path / "a.bin").write_bytes(LONG[:9000] + b"x\xe4\xe5\xe6 Anna \xe4\xe5\xe6y\xe4\xf6\xf7z" + LONG[:9000])
    assert require_clean(tmp_path, named("Anna")).files == 1


SPELLING_IT = np.array([*b"..anna..", *b" ANNA herself "] * 40, "<i2").tobytes()
"""Pixels of soft tissue, 32 to 127 HU, that spell a name."""


def with_pixels(data: Dataset, pixels: bytes) -> None:
    data.PixelData = pixels
    data["PixelData"].VR = "OW"
    data.Rows, data.Columns, data.BitsAllocated = 1, len(pixels) // 2, 16


def ct_of(_: str = "") -> bytes:
    return dicom_with(lambda data, text: with_pixels(data, SPELLING_IT + VOXELS), "")


def compressed_ct() -> bytes:
    """Return a CT whose compressed stream happens to have the name in it."""
    from pydicom.encaps import encapsulate

    def plant(data: Dataset, text: str) -> None:
        with_pixels(data, encapsulate([b"\xff\xd8\xff of Anna herself \xff\xd9" + VOXELS]))
        data["PixelData"].VR, data["PixelData"].is_undefined_length = "OB", True

    return dicom_with(plant, "", "1.2.840.10008.1.2.4.80")


def grey_picture() -> bytes:
    return png_bytes(np.frombuffer(b" of Anna herself " * 64, np.uint8).reshape(64, 17))


def stored_picture() -> bytes:
    """Return a picture whose values are not compressed."""
    packed = zlib.compress(b"\0" + b" of Anna herself " * 64, 0)
    size = struct.pack(">IIBBBBB", 17 * 64, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", packed), (b"IEND", b""))
    parts = (
        struct.pack(">I", len(each)) + kind + each + struct.pack(">I", zlib.crc32(kind + each)) for kind, each in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


CHANCE: dict[str, Callable[[], bytes]] = {
    "pixels of a ct": ct_of,
    "compressed pixels": compressed_ct,
    "deflated ct": lambda: dicom_with(lambda data, _: with_pixels(data, SPELLING_IT), "", "1.2.840.10008.1.2.1.99"),
    "icon in a sequence": lambda: dicom_with(_with_icon, ""),
    "grey values of a picture": grey_picture,
    "grey values that are not compressed": stored_picture,
    "voxels of an nrrd": lambda: nrrd_with("kinds: domain", VOXELS + SPELLING_IT + VOXELS),
}


def _with_icon(data: Dataset, _: str) -> None:
    import pydicom

    icon = pydicom.Dataset()
    with_pixels(icon, SPELLING_IT)
    data.IconImageSequence = [icon]


@pytest.mark.parametrize("place", CHANCE)
def test_pixels_that_spell_a_short_name_do_not_stop_an_export(tmp_path: Path, place: str) -> None:
    (tmp_path / "a.bin").write_bytes(CHANCE[place]())
    assert require_clean(tmp_path, named("Anna")).files == 1


def _ct_with(plant: Callable[[Dataset], None]) -> bytes:
    def both(data: Dataset, _: str) -> None:
        with_pixels(data, SPELLING_IT + VOXELS)
        plant(data)

    return dicom_with(both, "")


def _sender(data: Dataset) -> None:
    data.file_meta.SourceApplicationEntityTitle = "Anna"
    data.private_block(0x29, "MAKER", create=True).add_new(1, "OB", LONG)


def _overlay(data: Dataset) -> None:
    data.add_new(0x60003000, "OW", b"\0\1 of Anna \0\1")


def _second_person(data: Dataset) -> None:
    data.OperatorsName = ["Bo", "Anna"]


BESIDE_PIXELS: dict[str, Callable[[], bytes]] = {
    "a text": lambda: _ct_with(lambda data: setattr(data, "ImageComments", "of Anna")),
    "the second of several values": lambda: _ct_with(_second_person),
    "a private text": lambda: _ct_with(
        lambda data: data.private_block(0x29, "MAKER", create=True).add_new(1, "LO", "Anna")
    ),
    "private bytes": lambda: _ct_with(
        lambda data: data.private_block(0x29, "MAKER", create=True).add_new(1, "OB", b"\x01\x02Anna\0\0")
    ),
    "the file header": lambda: _ct_with(_sender),
    "an overlay": lambda: _ct_with(_overlay),
    "padding behind the pixels": lambda: _ct_with(lambda data: data.add_new(0xFFFCFFFC, "OB", b"Anna")),
    "four bytes behind the last value": lambda: ct_of() + b"Anna",
    "words behind the last value": lambda: ct_of() + b"It is Anna who was here, once more",
    "zeros behind the last value": lambda: ct_of() + bytes(40) + b"Anna",
}


@pytest.mark.parametrize("place", BESIDE_PIXELS)
def test_the_same_name_beside_such_pixels_is_found(tmp_path: Path, place: str) -> None:
    (tmp_path / "a.dcm").write_bytes(BESIDE_PIXELS[place]())
    assert_found(tmp_path, "Anna")


def test_the_second_of_several_very_short_names_is_found_after_its_keyword(tmp_path: Path) -> None:
    def plant(data: Dataset, text: str) -> None:
        data.OperatorsName = ["Bo", text]

    (tmp_path / "a.dcm").write_bytes(dicom_with(plant, "Li"))
    assert_found(tmp_path, "Li")


@pytest.mark.parametrize("place", ["picture", "nrrd"])
def test_long_names_are_found_in_packed_pixels_too(tmp_path: Path, place: str) -> None:
    text = b"Quastenflosser"
    grey = png_bytes(np.frombuffer(text * 14, np.uint8).reshape(14, 14))
    (tmp_path / "a.bin").write_bytes(grey if place == "picture" else nrrd_with("kinds: domain", VOXELS + text + VOXELS))
    assert_found(tmp_path, text.decode())


def test_a_value_that_is_none_of_its_kind_cannot_be_read_back(tmp_path: Path) -> None:
    content = dicom_with(lambda data, _: setattr(data, "Rows", 15), "")
    rows = b"US\x02\0\x0f\0"
    assert content.count(rows) == 1
    (tmp_path / "a.dcm").write_bytes(content.replace(rows, b"US\x03\0\x0f\0\0"))
    with pytest.raises(InputError, match="cannot be read back"):
        assert require_clean(tmp_path, named("Anna")).files == 1


def test_a_packed_text_of_a_picture_is_read_though_its_name_is_long(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_with(b"zTXt", b"Anna\0\0" + zlib.compress(b"nothing")))
    assert_found(tmp_path, "Anna")


def test_the_gate_says_how_far_it_is(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}.txt").write_text("nothing")
    said: list[str] = []

    require_clean(tmp_path, named("Quastenflosser"), said.append)

    assert [each.rpartition(": ")[2] for each in said] == ["file 1 of 25", "file 11 of 25", "file 21 of 25"]

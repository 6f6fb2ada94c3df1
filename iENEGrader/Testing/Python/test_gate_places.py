from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.drawing.png import png_uri
from HeadNeckNodesLib.errors import InputError
from identity_builders import KNOWN, PLANTED
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, require_clean
from planting_places import PLACES, PNG, VOXELS, nrrd_with, png_with, zipped

if TYPE_CHECKING:
    from pathlib import Path

HARMLESS = "The node N1 in level IIA measures 24.5 mm; UICC 9 cN2, stage II. HNN-7F3K-92QD, 2.25.123456789012345."


@pytest.mark.parametrize("identifier", PLANTED, ids=[str(one.kind) for one in PLANTED])
@pytest.mark.parametrize("place", PLACES)
def test_a_planted_value_is_found_wherever_it_is(tmp_path: Path, place: str, identifier: Identifier) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "other.txt").write_text(HARMLESS)
    PLACES[place](folder, identifier.value)

    with pytest.raises(InputError, match=str(identifier.kind)) as caught:
        require_clean(folder, Identifiers(frozenset({identifier})))
    assert_nothing_is_told(str(caught.value), identifier.value)


@pytest.mark.parametrize(
    "place",
    [
        "utf-8 text", "latin-1 text", "utf-16 with mark", "utf-16 le", "utf-16 be", "utf-32", "zip", "name in a zip",
        "comment of a zip", "nrrd header", "png text", "dicom", "dicom private text", "dicom file header", "base64",
        "base64 of utf-16", "hexadecimal digits", "file name", "folder name", "file names as scenes write them",
        "percent signs", "percent signs of latin-1", "html entities", "named entities", "json escapes",
        "quoted-printable", "capitals", "gzip", "zip behind a page", "dicom preamble", "glb",
    ],
)  # fmt: skip
def test_a_short_name_with_an_umlaut_is_found_in_text_of_any_encoding(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    PLACES[place](folder, "of Jörg himself")

    with pytest.raises(InputError, match="name of a person"):
        require_clean(folder, Identifiers(frozenset({Identifier(Kind.PERSON, "Jörg")})))


def assert_nothing_is_told(message: str, value: str) -> None:
    assert value not in message
    assert not [part for part in value.replace("^", " ").split() if len(part) > 3 and part in message]


@pytest.mark.parametrize("place", PLACES)
def test_harmless_content_passes_in_every_place(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    PLACES[place](folder, HARMLESS)

    assert require_clean(folder, KNOWN).files == 1


def test_a_whole_export_passes_and_is_counted(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    picture = png_uri(np.zeros((64, 64, 3), np.uint8))
    files = {
        "index.html": f"<html><p>{HARMLESS}</p><img src='{picture}'></html>".encode(),
        "data/values.csv": b"node;size_mm\n1;24.5\n2;31.0\n",
        "data/reading.json": json.dumps({"id": 1, "note": None, "date": "1998-02-01"}).encode(),
        "data/ct.nrrd": nrrd_with("kinds: domain", VOXELS),
        "data/scene.mrb": zipped(HARMLESS),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    report = require_clean(tmp_path, KNOWN)

    assert (report.files, report.bytes_read) == (5, sum(map(len, files.values())))
    assert report.loosely_checked == ()


def test_the_first_file_that_is_not_clean_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("nothing")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "bad.txt").write_text(f"of {PLANTED[1].value}")

    with pytest.raises(InputError, match=r"sub/bad\.txt: holds an identifying value of the source \(patient id\)"):
        require_clean(tmp_path, KNOWN)


def test_nothing_to_look_for_or_nothing_to_look_into_is_no_pass(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no file"):
        require_clean(tmp_path, KNOWN)
    (tmp_path / "a.txt").write_text("nothing")
    with pytest.raises(InputError, match="no identifying values"):
        require_clean(tmp_path, Identifiers())


UNREADABLE = {
    "7z": b"7z\xbc\xaf\x27\x1c\0\4" + VOXELS[:100],
    "damaged zip": zipped("nothing" * 99)[:90] + zipped("x")[90:],
    "cut gzip": gzip.compress(VOXELS)[:-40],
    "png without pixels": PNG[:33] + PNG[-12:],
    "damaged png": png_with(b"zTXt", b"Author\0\0no zlib"),
    "damaged dicom": bytes(128) + b"DICM" + VOXELS[:999],
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_back_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.bin").write_bytes(UNREADABLE[name])

    with pytest.raises(InputError, match=r"a\.bin: .*must not be shared"):
        require_clean(tmp_path, KNOWN)


def test_a_word_that_looks_like_a_damaged_stream_when_decoded_is_harmless(tmp_path: Path) -> None:
    word = base64.b64encode(b"\x1f\x8b\x08 no stream").decode()
    (tmp_path / "a.txt").write_text(f"see {word} here")
    require_clean(tmp_path, KNOWN)

    (tmp_path / "a.txt").write_text(f"see {base64.b64encode(zipped('nothing')[:60]).decode()} here")
    with pytest.raises(InputError, match="cannot be read back"):
        require_clean(tmp_path, KNOWN)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped("nothing"))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        start = archive.start_dir
    content[start + 8] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(content))

    with pytest.raises(InputError, match="encrypted"):
        require_clean(tmp_path, KNOWN)


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "secret.txt").write_text("nothing")
    (tmp_path / "export" / "a.txt").symlink_to(tmp_path / "secret.txt")

    with pytest.raises(InputError, match="link"):
        require_clean(tmp_path / "export", KNOWN)


def test_names_in_other_scripts_are_found_in_the_character_sets_of_their_countries(tmp_path: Path) -> None:
    names = {
        "Yamada^Tarou=山田^太郎=やまだ^たろう": ("山田", ["utf-8", "shift_jis", "euc_jp", "utf-16-le"]),
        "Ivanova=Иванова^Мария": ("Иванова", ["utf-8", "iso8859-5", "koi8_r", "cp1251"]),
        "Wang^XiaoDong=王^小东": ("小东", ["utf-8", "gb18030"]),
    }
    for value, (part, charsets) in names.items():
        for charset in charsets:
            (tmp_path / "a.bin").write_bytes(b"name of no one: " + part.encode(charset) + b" and so on")
            with pytest.raises(InputError, match="name of the patient"):
                require_clean(tmp_path, Identifiers(frozenset({Identifier(Kind.PATIENT_NAME, value)})))

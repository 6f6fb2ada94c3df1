"""What somebody who knows the gate would try: spellings, parts of ids, character sets, and places nobody looks at."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, of_datasets, of_paths, require_clean
from iENEGraderLib.export.deidentify.search import Search
from planting_places import VOXELS, nrrd_with, png_with, zipped, zipped_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def found(kind: Kind, value: str, text: str) -> bool:
    return Search(Identifiers(frozenset({Identifier(kind, value)}))).in_text(text) is kind


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("VANDERMUEHLE^JOERG", "Herr Vandermühle"), ("Mueller^Uwe", "Müller"), ("Müller^Uwe", "MUELLER"),
        ("Åström^Bo", "Aastroem"), ("Øster^Bo", "oester"), ("Đặng^Văn", "dang"), ("Żółć^Łukasz", "Lukasz Zolc"),
        ("van der Berg^Marie Claire", "M. v. d. Berg"), ("van der Berg^Marie Claire", "vanderberg"),
        ("de la Cruz^Ana", "DELACRUZ"), ("O'Neill^Pat", "ONEILL"), ("Meyer-Landrut^Lena", "meyer landrut"),
        ("Meyer-Landrut^Lena", "Landrut"), ("Weiß^Ada", "WEISS"), ("Brückmöller^A", "Brück\u00admöller"),
        ("Brückmöller^A", "Bru\u0308ck\u200bmo\u0308ller"), ("Ng^Mei Ling", "Ng Mei-Ling"), ("Li^Xiu", "patient: Li"),
        ("Hong^Gildong=洪^吉洞=홍^길동", "홍길동"), ("Hong^Gildong=洪^吉洞=홍^길동", "吉洞"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "やまだ"), ("Müller", "Müller"), ("Iñárritu^Eva", "INARRITU"),
        ("Χριστοφόρου^Ελένη", "ΧΡΙΣΤΟΦΟΡΟΥ"), ("Black^Anna", "name='Black'"), ("Small^Key", "by Key Small, MD"),
    ],
)  # fmt: skip
def test_a_name_is_found(name: str, text: str) -> None:
    assert found(Kind.PATIENT_NAME, name, text)


@pytest.mark.parametrize("name", ["Bauer^Eva", "Samuel^Eva", "Goethe^Eva"])
def test_names_that_only_look_like_umlauts_are_found_as_they_are(name: str) -> None:
    assert found(Kind.PATIENT_NAME, name, f"of {name.partition('^')[0]} here")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0078123", "no 78123"), ("0078123", "0078123"), ("78123", "id 0078123"), ("KH-0078123", "78123 of KH"),
        ("KH-0078123", "0078123.dcm"), ("0078123", "0078123.1.dcm"), ("KH-0078123", "pid=0078123;"),
        ("0509741234", "050974-1234"), ("4711/0815-X", "47110815x"),
        ("9434765919", "943 476 5919"),
    ],
)  # fmt: skip
def test_an_id_is_found_with_and_without_its_zeros_and_letters(value: str, text: str) -> None:
    assert found(Kind.PATIENT_ID, value, text)


@pytest.mark.parametrize("text", ["178123", "781234", "0.78123", "78123.5 mm3", "2.25.7812378123"])
def test_an_id_within_a_longer_number_does_not_count(text: str) -> None:
    assert not found(Kind.PATIENT_ID, "0078123", text)


@pytest.mark.parametrize(
    "text",
    [
        "5. 9. 1974",
        "05-SEP-74",
        "5 settembre 1974",
        "5 de septiembre 1974",
        "1974年9月5日",
        "1974年09月05日",
        "5 set 1974",
    ],
)
def test_a_date_of_other_countries_is_found(text: str) -> None:
    assert found(Kind.BIRTH_DATE, "19740905", text.replace(" de ", " "))


def test_what_is_particular_of_an_institution_is_found_alone() -> None:
    assert found(Kind.INSTITUTION, "Klinikum Nordhafen", "at Nordhafen")
    assert not found(Kind.INSTITUTION, "University Medical Center", "not a medical device")


def test_surnames_in_folder_names_are_found_after_a_label_and_words_of_files_are_not() -> None:
    small = Search(of_paths(["/in/Small/ct.nrrd"]))
    assert small.in_text('"patient_name": "Small"') is Kind.FILE_NAME
    assert small.in_text("a small node") is None
    assert Search(of_paths(["/in/Black Small/ct.nrrd"])).in_text("of Black Small") is Kind.FILE_NAME
    assert Search(of_paths(["/in/report images/ct.nrrd"])).in_text("name: report images") is None


CHARACTER_SETS = {
    "Yamada^Tarou=山田^太郎": ("山田", ["iso2022_jp", "iso2022_jp_2", "shift_jis", "euc_jp", "utf-16-be"]),
    "Wang^XiaoDong=王^小东": ("王小东", ["gb18030", "utf-8", "big5"]),
    "Wisniewski^Zdzisława": ("Zdzisława", ["iso8859-2", "cp1250", "cp852"]),
    "Brückmöller^Anna": ("Brückmöller", ["cp437", "cp850", "mac_roman", "utf-16-le", "cp1252"]),
    "Ivanova=Иванова": ("Иванова", ["cp866", "koi8_u", "cp1251", "iso8859-5"]),
}


@pytest.mark.parametrize("name", CHARACTER_SETS)
def test_a_name_is_found_in_old_character_sets(tmp_path: Path, name: str) -> None:
    written, charsets = CHARACTER_SETS[name]
    for charset in charsets:
        if charset == "big5":
            continue
        (tmp_path / "a.bin").write_bytes(VOXELS[:999] + b"of " + written.encode(charset) + b" here" + VOXELS[:999])
        with pytest.raises(InputError, match="name of the patient"):
            require_clean(tmp_path, Identifiers(frozenset({Identifier(Kind.PATIENT_NAME, name)})))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Yamada^Tarou=山田^太郎", "山田太郎様".encode("iso2022_jp")),
        ("Wisniewski^Zdzisława", "ZDZISŁAWA".encode("cp1250")),
        ("Wisniewski^ZDZISŁAWA", "Zdzisława".encode("cp1250")),
        ("Wang=王^小东", "王小东".encode("gb18030")),
    ],
)
def test_words_of_old_character_sets_are_found_amid_bytes_as_people_write_them(name: str, written: bytes) -> None:
    middle = b"\x91\x92" * 70_000
    search = Search(Identifiers(frozenset({Identifier(Kind.PATIENT_NAME, name)})))
    assert search.in_bytes(middle + written + middle) is Kind.PATIENT_NAME


def test_long_numbers_are_found_amid_bytes_and_short_ones_are_not() -> None:
    for value, expected in (("19740905", Kind.BIRTH_DATE), ("48213", None)):
        kind = Kind.BIRTH_DATE if expected else Kind.PATIENT_ID
        search = Search(Identifiers(frozenset({Identifier(kind, value)})))
        assert search.in_bytes(VOXELS + value.encode() + VOXELS) is expected


def test_two_letters_of_four_bytes_are_no_name_amid_compressed_bytes(tmp_path: Path) -> None:
    middle = b"\x91\x92" * 70_000
    (tmp_path / "a.bin").write_bytes(middle + "小东".encode("gb18030") + middle)
    name = Identifiers(frozenset({Identifier(Kind.PATIENT_NAME, "Wang=王^小东")}))
    assert require_clean(tmp_path, name).files == 1


def jpeg_with(exif: bytes) -> bytes:
    """Return the head of a photograph with camera data."""
    block = b"Exif\0\0MM\0*\0\0\0\x08" + exif
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 2) + block + b"\xff\xda" + VOXELS[:2000] + b"\xff\xd9"


def nifti_with(extension: bytes) -> bytes:
    """Return a volume with an extension between header and voxels."""
    header = struct.pack("<i", 348) + bytes(340) + b"n+1\0" + b"\1\0\0\0"
    return gzip.compress(header + struct.pack("<ii", 8 + len(extension), 6) + extension + VOXELS)


def uri(kind: str, content: bytes) -> bytes:
    """Return a page with an embedded file."""
    return f'<img src="data:{kind};base64,{base64.b64encode(content).decode()}">'.encode()


ACC = b"ACC77120459"


def named_gzip() -> bytes:
    """Return a packed file that states its name, in base64."""
    stream = io.BytesIO()
    with gzip.GzipFile(base64.b64encode(ACC).decode(), "wb", fileobj=stream, mtime=0) as packed:
        packed.write(b"nothing")
    return stream.getvalue()


def zip_with_comment() -> bytes:
    """Return an archive with an encoded comment of one of its files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("a.txt")
        entry.comment = base64.b64encode(ACC)
        archive.writestr(entry, "nothing")
    return stream.getvalue()


HIDDEN: dict[str, Callable[[], bytes]] = {
    "exif of a jpeg": lambda: jpeg_with(ACC),
    "exif of a jpeg, utf-16": lambda: jpeg_with(ACC.decode().encode("utf-16-le")),
    "jpeg in a page": lambda: uri("image/jpeg", jpeg_with(ACC)),
    "colour profile of a png": lambda: png_with(b"iCCP", b"icc\0\0" + zlib.compress(VOXELS[:500] + ACC)),
    "name of a colour profile": lambda: png_with(b"iCCP", ACC + b"\0\0" + zlib.compress(VOXELS[:500])),
    "keyword of a packed text": lambda: png_with(b"zTXt", ACC + b"\0\0" + zlib.compress(b"nothing")),
    "svg in a page": lambda: uri("image/svg+xml", b"<svg><title>" + ACC + b"</title></svg>"),
    "packed svg in a page": lambda: uri("image/svg+xml", gzip.compress(b"<svg><desc>" + ACC + b"</desc></svg>")),
    "nifti extension": lambda: nifti_with(b"<x>" + ACC + b"</x>"),
    "nrrd raw voxels": lambda: nrrd_with("kinds: domain", VOXELS[:999] + ACC + VOXELS, "raw"),
    "nrrd gzip voxels": lambda: nrrd_with("kinds: domain", VOXELS[:999] + ACC + VOXELS),
    "nrrd in zip in zip": lambda: zipped_bytes(zipped_bytes(nrrd_with(f"x:={ACC.decode()}", VOXELS))),
    "name in zip in zip": lambda: zipped_bytes(zipped("nothing", name=f"{ACC.decode()}.txt")),
    "json in json": lambda: json.dumps({"a": json.dumps({"b": ACC.decode()})}).encode(),
    "url twice": lambda: b"see?q=" + b"".join(b"%%25%02x" % sign for sign in ACC),
    "octal escapes of a pdf": lambda: b"%PDF-1.4 (" + b"".join(b"\\%03o" % sign for sign in ACC) + b")",
    "utf-16 title of a pdf": lambda: b"%PDF-1.4 /Title <FEFF" + ACC.decode().encode("utf-16-be").hex().encode() + b">",
    "base64 as urls write it": lambda: base64.urlsafe_b64encode(
        b"\xfb\xff\xfe" * 9 + b"of " + ACC + b"\xfb\xff\xfe" * 9
    ),
    "base64 behind other letters": lambda: b"x" + base64.b64encode(b"of " + ACC),
    "hexadecimal digits behind another": lambda: b"0" + ACC.hex().encode(),
    "behind a gzip": lambda: gzip.compress(b"nothing", mtime=0) + base64.b64encode(ACC),
    "name in the head of a gzip": named_gzip,
    "comment of a file in a zip": zip_with_comment,
    "deep base64": lambda: base64.b64encode(base64.b64encode(gzip.compress(ACC))),
}


@pytest.mark.parametrize("place", HIDDEN)
def test_an_order_number_is_found_in(tmp_path: Path, place: str) -> None:
    (tmp_path / "a.bin").write_bytes(HIDDEN[place]())
    with pytest.raises(InputError, match="accession or order number"):
        require_clean(tmp_path, Identifiers(frozenset({Identifier(Kind.ACCESSION, ACC.decode())})))


MANY = VOXELS * 8
"""More than the beginning and the end of bytes, which are searched for short words."""


def test_names_of_two_bytes_a_letter_are_found_amid_voxels(tmp_path: Path) -> None:
    for text, place in (("Quastenflosser", len(MANY)), ("Anna", 60)):
        content = MANY[:place] + f"of {text} here".encode("utf-16-le") + MANY
        (tmp_path / "a.bin").write_bytes(content)
        with pytest.raises(InputError, match="name of a person"):
            require_clean(tmp_path, Identifiers(frozenset({Identifier(Kind.PERSON, text)})))


def test_contents_within_contents_without_end_are_refused(tmp_path: Path) -> None:
    content = b"nothing"
    for _ in range(20):
        content = gzip.compress(content, mtime=0)
    (tmp_path / "a.gz").write_bytes(content)
    with pytest.raises(InputError, match="without end"):
        require_clean(tmp_path, Identifiers(frozenset({Identifier(Kind.PERSON, "Quastenflosser")})))


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう"), ("GB18030", "Wang^XiaoDong=王^小东"),
        ("ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동"), ("ISO_IR 144", "Иванова^Мария"),
        ("ISO_IR 100", "Äneas^Rüdiger"),
    ],
)  # fmt: skip
def test_names_in_the_character_sets_of_dicom_are_gathered_and_found(tmp_path: Path, charset: str, name: str) -> None:
    import pydicom
    from pydicom.uid import ExplicitVRLittleEndian

    data = pydicom.Dataset()
    data.SpecificCharacterSet = ["", charset] if charset.startswith("ISO 2022") else charset
    data.PatientName, data.SOPClassUID, data.SOPInstanceUID = name, "1.2.840.10008.5.1.4.1.1.2", "2.25.1"
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    identifiers = of_datasets([pydicom.dcmread(tmp_path / "a.dcm")])
    (tmp_path / "a.dcm").write_bytes((tmp_path / "a.dcm").read_bytes())

    with pytest.raises(InputError, match="name of the patient"):
        require_clean(tmp_path, Identifiers(frozenset(one for one in identifiers.found if one.kind is not Kind.UID)))


def test_the_programs_own_sentences_are_no_identifiers_and_the_same_word_elsewhere_is() -> None:
    search = Search(Identifiers(frozenset({Identifier(Kind.PATIENT_NAME, "Henson^Made")})))

    assert search.in_text("<dd>Henson C et al. Head and Neck Cancer International Group consensus") is None
    assert search.in_text("Henson C was seen again") is Kind.PATIENT_NAME
    assert not found(Kind.PATIENT_NAME, "International^Bo", "of the Head and Neck Cancer International zzz")
    assert found(Kind.PATIENT_NAME, "International^Bo", "of the International zzz")
    assert search.in_text("name: " + " " * 99 + "Henson" + " " * 99) is Kind.PATIENT_NAME
    assert search.in_bytes(b"<dd>Henson C et al. Head and Neck Cancer International Group consensus") is None
    assert search.in_bytes(b"Henson C was seen again") is Kind.PATIENT_NAME


def test_names_of_columns_and_files_are_no_identifiers_as_a_whole() -> None:
    assert not found(Kind.PATIENT_NAME, "Key^Images", '"dicom/key-images.dcm"')
    assert found(Kind.PATIENT_NAME, "Key^Images", '"dicom/of-key-images.dcm"')
    assert not found(Kind.PATIENT_NAME, "Reader^Bo", "case,reader,site")
    assert found(Kind.PATIENT_NAME, "Border^Bo", "case,border,site")


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [(Kind.FILE_NAME, "rename the source"), (Kind.PATIENT_NAME, "names of segments"), (Kind.UID, "report it"),
     (Kind.CASE_ID, "give the reading a case id")],
)  # fmt: skip
def test_a_refusal_says_what_to_do(tmp_path: Path, kind: Kind, remedy: str) -> None:
    (tmp_path / "a.txt").write_text("see 1.2.276.4711815")
    with pytest.raises(InputError, match=remedy):
        require_clean(tmp_path, Identifiers(frozenset({Identifier(kind, "1.2.276.4711815")})))

from __future__ import annotations

import stat
from datetime import date
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import strategies as st
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, Pseudonyms, key_from
from iENEGraderLib.export.deidentify.identifiers import patient_told

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))


@pytest.fixture
def some_pseudonyms() -> Pseudonyms:
    return Pseudonyms(KEY)


def test_a_case_id_is_readable_and_always_the_same(some_pseudonyms: Pseudonyms) -> None:
    case_id = some_pseudonyms.case_id("4711")

    prefix, first, second = case_id.split("-")
    assert (prefix, len(first), len(second)) == ("HNN", 4, 4)
    assert not set(first + second) & set("01IOU")
    assert Pseudonyms(KEY).case_id(" 4711 ") == case_id
    assert Pseudonyms(KEY[::-1]).case_id("4711") != case_id
    assert some_pseudonyms.case_id("4712") != case_id


def test_a_case_id_is_the_keyed_digest_and_nothing_that_is_guessed_without_the_key(
    some_pseudonyms: Pseudonyms,
) -> None:
    import hashlib
    import hmac

    number = int(hmac.new(KEY, b"uid:1.2.3", hashlib.sha256).hexdigest(), 16)

    assert some_pseudonyms.uid("1.2.3") == f"2.25.{number % 2**128}"


def test_the_key_is_not_shown(some_pseudonyms: Pseudonyms) -> None:
    assert "key" not in repr(some_pseudonyms)


@given(uid=st.from_regex(r"1\.2\.\d{1,40}", fullmatch=True))
def test_new_uids_are_valid(uid: str) -> None:
    from pydicom.uid import UID

    assert UID(Pseudonyms(KEY).uid(uid)).is_valid


@given(first=st.dates(date(1990, 1, 1), date(2040, 1, 1)), days=st.integers(0, 3000), patient=st.text(min_size=1))
def test_intervals_stay_and_days_do_not(first: date, days: int, patient: str) -> None:
    from datetime import timedelta

    names = Pseudonyms(KEY)
    visits = [first, first + timedelta(days=days)]
    moved = [date.fromisoformat(names.shifted(visit.isoformat(), patient)) for visit in visits]

    assert moved[1] - moved[0] == visits[1] - visits[0]
    assert 20 * 365 < (first - moved[0]).days < 41 * 366


def test_a_time_stays_and_its_zone_goes(some_pseudonyms: Pseudonyms) -> None:
    day = some_pseudonyms.shifted("20240229", "x")

    assert some_pseudonyms.shifted("20240229101530.25+0100", "x") == f"{day}101530.25"
    assert some_pseudonyms.shifted("2024-02-29T10:15:30Z", "x").endswith("T10:15:30")
    assert some_pseudonyms.shifted("2024-02-29T10:15:30-05:00", "x").endswith("T10:15:30")


@pytest.mark.parametrize("value", ["", "2024", "20240230", "yesterday", "00010101"])
def test_what_is_no_day_is_left_out(some_pseudonyms: Pseudonyms, value: str) -> None:
    assert some_pseudonyms.shifted(value, "x") == ""


def test_a_short_key_is_refused() -> None:
    with pytest.raises(InputError, match="3 bytes"):
        Pseudonyms(b"abc")


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "export.key"

    key = key_from(path)

    assert len(key) == 32
    assert key_from(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.key"
    key_from(path)
    path.chmod(0o640)

    with pytest.raises(InputError, match="others may read"):
        key_from(path)


@pytest.mark.parametrize("text", ["no hexadecimal digits", "abcd", ""])
def test_a_file_without_key_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "export.key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(InputError, match="key"):
        key_from(path)
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("known", "patient"),
    [
        ({Kind.PATIENT_ID: "0047", Kind.PATIENT_NAME: "Lee^Kim", Kind.BIRTH_DATE: "19500101"}, "0047"),
        ({Kind.PATIENT_NAME: "Lee^Kim", Kind.BIRTH_DATE: "19500101"}, "Lee^Kim/19500101"),
        ({Kind.PATIENT_NAME: "Lee^Kim"}, "Lee^Kim"),
        ({Kind.BIRTH_DATE: "19500101"}, ""),
        ({}, ""),
    ],
    ids=["id", "name and birth date", "name", "birth date alone", "nothing"],
)
def test_a_patient_is_the_same_without_dicom_objects_as_with_them(known: dict[Kind, str], patient: str) -> None:
    assert patient_told(Identifiers(frozenset(Identifier(*each) for each in known.items()))) == patient

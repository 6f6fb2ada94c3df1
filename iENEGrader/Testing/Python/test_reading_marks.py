"""What the reader drew, and the signature that locks a reading."""

from __future__ import annotations

from dataclasses import replace

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import (
    FindingKind,
    Mark,
    MarkKind,
    Reading,
    is_intact,
    reading_from_json,
    reading_from_text,
    reading_to_json,
    reading_to_text,
    signed,
    unsigned,
)
from reading_builders import a_document

AT = "2026-11-22T10:00:00Z"
SPIKE = {"id": "M1", "kind": "fat_spike", "points_ras_mm": [[0, 0, 0], [3.0, 4.0, 0]], "finding": "fat_spikes"}


@pytest.fixture
def a_reading() -> Reading:
    return reading_from_json(a_document("nodes[0].marks", [SPIKE]))


def an_angle(*points: tuple[float, float, float], axis: tuple[float, float, float] | None = None) -> Mark:
    return Mark("M1", MarkKind.CONTACT_ANGLE, points, FindingKind.ARTERY_ENCASEMENT, axis_ras=axis)


def test_a_spike_is_as_long_as_its_line(a_reading: Reading) -> None:
    (mark,) = a_reading.marks
    assert mark.length_mm == 5.0
    assert mark.angle_deg is None
    assert mark.middle_ras_mm == (1.5, 2.0, 0.0)


@pytest.mark.parametrize(
    ("end", "axis", "expected"),
    [
        ((0.0, 1.0, 0.0), None, 90.0),
        ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), 90.0),
        ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0), 270.0),
        ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 180.0),
        ((0.0, -2.0, 0.0), (0.0, 0.0, 3.0), 270.0),
        ((5.0, 0.0, 0.0), None, 0.0),
    ],
)
def test_a_contact_angle_turns_about_its_axis_up_to_360_degrees(
    end: tuple[float, float, float], axis: tuple[float, float, float] | None, expected: float
) -> None:
    angle = an_angle((1.0, 0.0, 0.0), (0.0, 0.0, 0.0), end, axis=axis)
    assert angle.angle_deg == pytest.approx(expected)
    assert angle.length_mm is None


def test_marks_come_back_from_the_document_as_they_were(a_reading: Reading) -> None:
    mark = replace(
        an_angle((1.0, 2.0, 3.0), (0.1, 0.2, 0.3), (4.0, 5.0, 6.0), axis=(0.0, 0.6, 0.8)),
        id="M2", structure="internal_carotid_artery_left", contiguous_sections=3, series="T2 STIR", note="by eye",
    )  # fmt: skip
    changed = a_reading.with_node(a_reading.node("N1").with_mark(mark))
    assert reading_from_text(reading_to_text(changed)) == changed


def test_a_mark_is_replaced_by_one_of_the_same_id_and_can_be_taken_away(a_reading: Reading) -> None:
    node = a_reading.node("N1")
    longer = node.marks[0].moved([(0.0, 0.0, 0.0), (6.0, 8.0, 0.0)])
    assert [mark.length_mm for mark in node.with_mark(longer).marks] == [10.0]
    assert node.without_mark("M1").marks == ()


@pytest.mark.parametrize(
    ("mark", "complaint"),
    [
        (
            SPIKE | {"points_ras_mm": [[0, 0, 0]]},
            r"marks\[0\]\.points_ras_mm: found 1 points; expected 2 for a fat_spike",
        ),
        (SPIKE | {"points_ras_mm": [[0, 0, 0], [1, 2]]}, r"points_ras_mm\[1\]\.point: .* a list of 3 finite numbers"),
        (SPIKE | {"kind": "spike"}, "did you mean"),
        (SPIKE | {"axis_ras": [0, 0, 0]}, "a direction, not three zeros"),
        (SPIKE | {"length_mm": 5}, "unknown field"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(mark: object, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        reading_from_json(a_document("nodes[0].marks", [mark]))


def test_two_marks_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="give every mark its own id"):
        reading_from_json(a_document("nodes[0].marks", [SPIKE, SPIKE]))


def test_a_signed_reading_says_who_and_when_and_stays_intact_through_a_file(a_reading: Reading) -> None:
    locked = signed(a_reading, "R1", AT)
    again = reading_from_text(reading_to_text(locked))
    assert (again.signature.by, again.signature.at) == ("R1", AT)
    assert is_intact(again)
    assert unsigned(again) == a_reading
    assert not is_intact(a_reading)


def test_any_change_after_signing_shows(a_reading: Reading) -> None:
    locked = signed(a_reading, "R1", AT)
    node = locked.node("N1")
    assert not is_intact(locked.with_node(replace(node, greatest_dimension_mm=31.0)))
    assert not is_intact(locked.with_node(node.without_mark("M1")))
    assert not is_intact(replace(locked, reader="somebody else"))


def test_nobody_cannot_sign_and_nobody_signs_twice(a_reading: Reading) -> None:
    with pytest.raises(InputError, match="enter the reader"):
        signed(a_reading, " ", AT)
    with pytest.raises(InputError, match="signed already by R1"):
        signed(signed(a_reading, "R1", AT), "R2", AT)
    with pytest.raises(InputError, match="date and time"):
        signed(a_reading, "R1", "yesterday")


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("sha256", "0123", "expected 64 hexadecimal digits"),
        ("sha256", "G" * 64, "expected 64 hexadecimal digits"),
        ("by", "", "a name that is not empty"),
        ("at", "", "date and time"),
    ],
)
def test_a_signature_that_cannot_be_is_refused(a_reading: Reading, field: str, value: str, complaint: str) -> None:
    document = reading_to_json(signed(a_reading, "R1", AT))
    document["signature"][field] = value
    with pytest.raises(InputError, match=rf"signature\.{field}: .*{complaint}"):
        reading_from_json(document)

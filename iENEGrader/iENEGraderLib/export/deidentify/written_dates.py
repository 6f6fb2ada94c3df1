"""The ways in which people and programs write a day."""

from __future__ import annotations

MONTHS = (
    ("january", "jan", "januar", "janvier"),
    ("february", "feb", "februar", "fevrier"),
    ("march", "mar", "marz", "maerz", "mars"),
    ("april", "apr", "avril"),
    ("may", "mai"),
    ("june", "jun", "juni", "juin"),
    ("july", "jul", "juli", "juillet"),
    ("august", "aug", "aout"),
    ("september", "sep", "sept", "septembre"),
    ("october", "oct", "oktober", "okt", "octobre"),
    ("november", "nov", "novembre"),
    ("december", "dec", "dezember", "dez", "decembre"),
)
"""English, German and French, without accents."""


def full_forms(year: str, month: str, day: str) -> set[tuple[str, ...]]:
    """Return year, month and day in the order of DICOM and ISO, of Europe and of America."""
    return {(year, month, day), (day, month, year), (month, day, year)}


def short_forms(year: str, month: str, day: str) -> set[tuple[str, ...]]:
    """Return the forms without leading zeros, and those with two digits of the year."""
    short_month, short_day = str(int(month)), str(int(day))
    forms = full_forms(year, short_month, short_day)
    two_digits = full_forms(year[2:], month, day) | full_forms(year[2:], short_month, short_day)
    return forms | two_digits


def spelt_forms(year: str, month: str, day: str) -> set[tuple[str, ...]]:
    """Return the forms with the name of the month."""
    if not 1 <= int(month) <= 12:
        return set()
    forms: set[tuple[str, ...]] = set()
    for name in MONTHS[int(month) - 1]:
        for number in (day, str(int(day))):
            forms |= {(number, name, year), (name, number, year), (year, name, number)}
        forms |= {(name, f"{int(day)}{ending}", year) for ending in ("st", "nd", "rd", "th")}
    return forms

"""The ways in which people and programs write a day."""

from __future__ import annotations

MONTHS = (
    "january jan januar janvier gennaio gen enero ene januari janeiro",
    "february feb februar fevrier fev febbraio febrero februari fevereiro",
    "march mar marz maerz mars marzo maart mrt marco",
    "april apr avril avr aprile abril abr",
    "may mai maggio mag mayo mei maio",
    "june jun juni juin giugno giu junio junho",
    "july jul juli juillet luglio lug julio julho",
    "august aug aout agosto ago augustus",
    "september sep sept septembre settembre set septiembre setembro",
    "october oct oktober okt octobre ottobre ott octubre outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre dicembre dic diciembre dezembro",
)
"""English, German, French, Italian, Spanish, Dutch and Portuguese, without accents."""


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
    for name in MONTHS[int(month) - 1].split():
        for number in (day, str(int(day))):
            forms |= {(number, name, year), (name, number, year), (year, name, number), (number, name, year[2:])}
        forms |= {(name, f"{int(day)}{ending}", year) for ending in ("st", "nd", "rd", "th")}
    return forms

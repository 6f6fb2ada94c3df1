"""What stands in the margins of every printed page: which case it is, the notice, and the number of the page."""

from __future__ import annotations

from HeadNeckNodesLib.notice import NOTICE

MARGIN_TEXT = "font: 7pt/1.2 system-ui, sans-serif; color: #333"


def page_margins(title: str) -> str:
    """Return rules of style for the margins of printed pages; browsers that do not know them leave the margins empty.

    Parameters
    ----------
    title : what every page is headed by; it names no patient.
    """
    return (
        "@page { size: A4; margin: 14mm 12mm 15mm; "
        f"@top-left {{ content: {css_string(title)}; {MARGIN_TEXT} }} "
        f"@bottom-left {{ content: {css_string(NOTICE)}; {MARGIN_TEXT}; width: 85%; text-align: left }} "
        f'@bottom-right {{ content: counter(page) " / " counter(pages); {MARGIN_TEXT} }} '
        "}\n"
    )


def css_string(text: str) -> str:
    """Return text as a string of a style sheet that can end neither the string nor the sheet."""
    plain = (letter if letter.isalnum() or letter in " .,;:-" else f"\\{ord(letter):06x}" for letter in text)
    return '"' + "".join(plain) + '"'

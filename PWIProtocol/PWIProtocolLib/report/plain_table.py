"""Tables of words that turn into cards on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, tag

if TYPE_CHECKING:
    from collections.abc import Sequence


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]], marked: Sequence[bool]) -> Markup:
    """Return a table.

    Parameters
    ----------
    headings : one for each column.
    rows : as many cells as headings each.
    marked : for each row, whether it stands out.
    """
    return tag(
        "table",
        table_head(headings),
        tag("tbody", *(_row(headings, row, mark) for row, mark in zip(rows, marked, strict=True))),
    )


def table_head(headings: Sequence[str]) -> Markup:
    """Return the head of a table."""
    return tag("thead", tag("tr", *(tag("th", each, scope="col") for each in headings)))


def _row(headings: Sequence[str], row: Sequence[str], mark: bool) -> Markup:
    cells = [tag("td", cell, data_label=heading) for heading, cell in zip(headings, row, strict=True)]
    return tag("tr", *cells, aria_current="true" if mark else False)

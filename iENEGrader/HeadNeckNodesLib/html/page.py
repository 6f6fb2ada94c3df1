"""One HTML page: light and dark, on paper and on a phone, without network and script."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, escaped, tag
from HeadNeckNodesLib.notice import NOTICE

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parent


def html_page(title: str, headings: Sequence[Markup], content: Markup, style: str = "") -> str:
    """Return a self-contained page between two notices that this is no medical device.

    Parameters
    ----------
    title : of the window.
    headings : what the page is about, with its ``h1``.
    content : the sections.
    style : rules of style that only this page needs.
    """
    return Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(
        title=escaped(title),
        notice=tag("p", NOTICE, class_="notice", role="note"),
        header="\n".join(headings),
        style=(FOLDER / "page.css").read_text(encoding="utf-8") + style,
        content=content,
    )

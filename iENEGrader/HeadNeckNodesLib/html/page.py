"""One HTML page: light and dark, on paper and on a phone, without network; without script unless it is given one."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, escaped, tag
from HeadNeckNodesLib.notice import NOTICE

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parent


def html_page(title: str, headings: Sequence[Markup], content: Markup, style: str = "", script: str = "") -> str:
    """Return a self-contained page between two notices that this is no medical device.

    Parameters
    ----------
    title : of the window.
    headings : what the page is about, with its ``h1``.
    content : the sections.
    style : rules of style that only this page needs.
    script : the one script that may run in it: the page names its check sum, and browsers refuse any other.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(
        title=escaped(title),
        notice=tag("p", NOTICE, class_="notice", role="note"),
        header="\n".join(headings),
        style=(FOLDER / "page.css").read_text(encoding="utf-8") + style,
        content=content,
        script_policy=f"; script-src 'sha256-{digest}'" if script else "",
        script=f"<script>{script}</script>\n" if script else "",
    )

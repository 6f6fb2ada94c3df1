"""Small parts that several sections of the page are made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.html.markup import Markup, tag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.export.teaching.content import Picture


def section(title: str, key: str, *content: str, **attributes: str | bool) -> Markup:
    """Return a section with its heading."""
    return tag("section", tag("h2", title, id=key), *content, aria_labelledby=key, **attributes)


def paragraphs(text: str) -> list[Markup]:
    """Return text with a paragraph for every block between empty lines, escaped."""
    blocks = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return [tag("p", block.strip()) for block in blocks if block.strip()]


def facts(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return names with their values."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs), class_="facts")


def picture_tag(picture: Picture, alt: str) -> Markup:
    """Return a picture that is held in the page."""
    return tag("img", src=picture.data_uri, alt=alt, width=str(picture.width), height=str(picture.height))


def data_block(key: str, value: Any) -> Markup:
    """Return values for the script of the page; no text in them can end the block."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c").replace("&", "\\u0026")
    return tag("script", Markup(text), type="application/json", id=key)

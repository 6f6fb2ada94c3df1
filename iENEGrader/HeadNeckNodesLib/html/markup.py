"""Building HTML so that text cannot become markup: whatever is not made by `tag` is escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VOID_TAGS = frozenset({"img", "br", "hr", "input", "meta"})


class Markup(str):
    """HTML that is ready to be written."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str | bool) -> Markup:
    """Return an HTML element.

    Parameters
    ----------
    name : of the element.
    children : its content; plain strings are escaped, `Markup` is taken as it is.
    attributes : their values, escaped; ``class_`` stands for ``class``, ``data_label`` for ``data-label``;
        True gives a bare attribute, False leaves it out.
    """
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in VOID_TAGS:
        return Markup(opening)
    return Markup(f"{opening}{joined(children)}</{name}>")


def joined(parts: Iterable[str], separator: str = "") -> Markup:
    """Return the parts one after the other, plain strings escaped."""
    return Markup(escaped(separator).join(escaped(part) for part in parts))


def escaped(text: str) -> Markup:
    """Return text as HTML; `Markup` stays as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(text, quote=True))


def bullets(texts: Iterable[str], **attributes: str | bool) -> Markup:
    """Return a list with one item per text; nothing when there are no texts."""
    items = [tag("li", text) for text in texts]
    return tag("ul", *items, **attributes) if items else Markup("")


def anchor(kind: str, key: str) -> str:
    """Return the id of the place in the page that explains a rule or a source."""
    return f"{kind}-" + "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in key)


def _attribute(name: str, value: str | bool) -> str:
    if value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{html.escape(value, quote=True)}"'

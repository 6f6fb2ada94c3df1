"""What SVG figures hold: text, paths and pictures, for tests."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from xml.etree import ElementTree as ET

import numpy as np

SVG = "{http://www.w3.org/2000/svg}"


def elements(svg: str, name: str, kind: str | None = None) -> list[ET.Element]:
    """Return the elements of a name, within those of a class."""
    root = ET.fromstring(svg)
    homes = [root] if kind is None else [each for each in root.iter() if each.get("class") == kind]
    return [each for home in homes for each in home.iter(SVG + name)]


def words(svg: str) -> str:
    """Return all text of a figure."""
    return " ".join("".join(each.itertext()) for each in elements(svg, "text"))


def points(path: ET.Element) -> np.ndarray:
    """Return the corners of a path."""
    return np.array(re.findall(r"[ML](\S+?) ([^MLZ]+)", path.get("d")), dtype=float)


def pixels(element: ET.Element) -> np.ndarray:
    """Return the pixels of an embedded picture."""
    data = b64decode(element.get("href").removeprefix("data:image/png;base64,"))
    return decoded(data)


def decoded(data: bytes) -> np.ndarray:
    """Return the pixels of a PNG file whose rows are not filtered."""
    columns, rows = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    start = data.index(b"IDAT") + 4
    lines = np.frombuffer(zlib.decompressobj().decompress(data[start:]), np.uint8).reshape(rows, -1)
    return lines[:, 1:].reshape(rows, columns, -1)

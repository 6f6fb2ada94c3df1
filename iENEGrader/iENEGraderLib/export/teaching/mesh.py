"""Surfaces as triangles, and as STL and GLB files."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STL_NAME_BYTES = 80
STL_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
GLB_MAGIC, GLB_VERSION, JSON_CHUNK, BINARY_CHUNK = 0x46546C67, 2, 0x4E4F534A, 0x004E4942
FLOAT, UNSIGNED_INT, ARRAY_BUFFER, ELEMENT_BUFFER, TRIANGLES = 5126, 5125, 34962, 34963, 4
RAS_MM_TO_GLTF = (-0.001, 0, 0, 0, 0, 0, 0.001, 0, 0, 0.001, 0, 0, 0, 0, 0, 1)
"""Matrix by columns, from RAS mm to the metres of glTF, where models look along +z, +y is up and -x their right."""
LONGEST_STEM = 40


@dataclass(frozen=True, eq=False)
class Mesh:
    """The surface of a segment.

    Attributes
    ----------
    name : of the segment.
    colour : red, green, blue from 0 to 1.
    vertices_ras_mm : float32 array of shape (n, 3).
    triangles : int32 array of shape (m, 3), counter-clockwise as seen from outside.
    opacity : 0 to 1, how it is shown.
    """

    name: str
    colour: tuple[float, float, float]
    vertices_ras_mm: NDArray[np.float32]
    triangles: NDArray[np.int32]
    opacity: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no surface."""
        if not len(self.triangles) or self.triangles.min() < 0 or self.triangles.max() >= len(self.vertices_ras_mm):
            raise InputError(f"{self.name}: no surface, or its triangles name points that it does not have")

    @property
    def file_stem(self) -> str:
        """Its name in ASCII letters and digits, for names of files."""
        words = "-".join(re.findall("[A-Za-z0-9]+", self.name)).lower()
        return words[:LONGEST_STEM].strip("-") or "surface"

    @property
    def is_watertight(self) -> bool:
        """Whether every edge belongs to exactly two triangles that run along it in opposite directions."""
        ends = np.concatenate([self.triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))]).astype(np.int64)
        there = ends[:, 0] * len(self.vertices_ras_mm) + ends[:, 1]
        back = ends[:, 1] * len(self.vertices_ras_mm) + ends[:, 0]
        return len(np.unique(there)) == len(there) and bool(np.isin(there, back).all())

    @property
    def volume_mm3(self) -> float:
        """Volume inside a watertight surface (divergence theorem)."""
        a, b, c = np.moveaxis(self.vertices_ras_mm[self.triangles].astype(float), 1, 0)
        return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def stl_bytes(mesh: Mesh) -> bytes:
    """Return a surface as a binary STL file in RAS mm."""
    corners = mesh.vertices_ras_mm[mesh.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    rows = np.zeros(len(corners), STL_TRIANGLE)
    rows["normal"] = normals / np.maximum(lengths, 1e-12)
    rows["corners"] = corners
    # Slicer reads the space of the coordinates from the header.
    header = f"3D Slicer output. SPACE=RAS {_ascii(mesh.name)}".encode("ascii")[:STL_NAME_BYTES]
    return header.ljust(STL_NAME_BYTES) + struct.pack("<I", len(rows)) + rows.tobytes()


def glb_bytes(meshes: Sequence[Mesh]) -> bytes:
    """Return surfaces as one binary glTF 2.0 file (Khronos), each with its name and colour.

    The coordinates are RAS mm; the node above all meshes turns them to the metres and axes of glTF.

    Raises
    ------
    InputError
        When there is no surface.
    """
    if not meshes:
        raise InputError("there is no surface to write; segment a node first")
    parts: list[bytes] = []
    for mesh in meshes:
        parts += [mesh.vertices_ras_mm.astype("<f4").tobytes(), mesh.triangles.astype("<u4").tobytes()]
    binary = b"".join(parts)
    text = json.dumps(_gltf(meshes, [len(part) for part in parts]), separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), JSON_CHUNK) + text + struct.pack("<II", len(binary), BINARY_CHUNK) + binary
    return struct.pack("<III", GLB_MAGIC, GLB_VERSION, 12 + len(chunks)) + chunks


def _gltf(meshes: Sequence[Mesh], lengths: Sequence[int]) -> dict[str, Any]:
    starts = np.concatenate([[0], np.cumsum(lengths)]).tolist()
    views = [
        {"buffer": 0, "byteOffset": start, "byteLength": length, "target": (ARRAY_BUFFER, ELEMENT_BUFFER)[n % 2]}
        for n, (start, length) in enumerate(zip(starts, lengths, strict=False))
    ]
    accessors: list[dict[str, Any]] = []
    for n, mesh in enumerate(meshes):
        points = mesh.vertices_ras_mm
        ends = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
        accessors += [
            {"bufferView": 2 * n, "componentType": FLOAT, "count": len(points), "type": "VEC3", **ends},
            {"bufferView": 2 * n + 1, "componentType": UNSIGNED_INT, "count": mesh.triangles.size, "type": "SCALAR"},
        ]
    root = {"name": "RAS, mm", "matrix": list(RAS_MM_TO_GLTF), "children": [n + 1 for n in range(len(meshes))]}
    return {
        "asset": {"version": "2.0", "generator": "HeadNeckNodes"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [root, *({"name": mesh.name, "mesh": n} for n, mesh in enumerate(meshes))],
        "meshes": [{"name": mesh.name, "primitives": [_primitive(n)]} for n, mesh in enumerate(meshes)],
        "materials": [_material(mesh) for mesh in meshes],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": starts[-1]}],
    }


def _primitive(number: int) -> dict[str, Any]:
    return {
        "attributes": {"POSITION": 2 * number},
        "indices": 2 * number + 1,
        "material": number,
        "mode": TRIANGLES,
    }


def _material(mesh: Mesh) -> dict[str, Any]:
    colour = {"baseColorFactor": [*mesh.colour, mesh.opacity], "metallicFactor": 0.0, "roughnessFactor": 0.8}
    return {
        "name": mesh.name,
        "pbrMetallicRoughness": colour,
        "doubleSided": True,
        "alphaMode": "OPAQUE" if mesh.opacity >= 1 else "BLEND",
    }


def _ascii(words: str) -> str:
    return words.encode("ascii", "replace").decode("ascii")

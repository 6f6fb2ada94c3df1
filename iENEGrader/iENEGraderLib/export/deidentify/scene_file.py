"""The XML of a Slicer scene (MRML) cleaned by an allow-list: kinds of nodes, and of each what no user types."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.descriptors import cleaned_text, has_known_words_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA_NODES = (
    "Volume", "LabelMapVolume", "Segmentation", "MarkupsLine", "MarkupsFiducial", "MarkupsAngle", "MarkupsCurve",
    "MarkupsClosedCurve", "MarkupsPlane", "MarkupsROI", "Text",
)  # fmt: skip
OTHER_NODES = (
    "SubjectHierarchy", "Layout", "Slice", "SliceComposite", "View", "Camera", "Crosshair", "Interaction", "Selection",
    "VolumeDisplay", "ScalarVolumeDisplay", "LabelMapVolumeDisplay", "SegmentationDisplay", "MarkupsDisplay",
    "MarkupsFiducialDisplay", "MarkupsPlaneDisplay", "MarkupsROIDisplay",
)  # fmt: skip
STORAGE = "Storage"
SUFFIXES = (".seg.nrrd", ".nrrd", ".mrk.json", ".json")
"""Files that can be cleaned; a node with another one is left out."""
OWN_ATTRIBUTES = ("HeadNeckNodes.", "SubjectHierarchyVersion:")
FILE_ATTRIBUTE = re.compile(r"fileName|fileListMember\d+")
TYPED = ("text", "userTags", "uids", "uri", "slicerDataType", "segmentListFilterOptions")
TECHNICAL = re.compile(r"[-+.\deE\s]*|\S{1,60}|Binary labelmap|Closed surface|(?:\w+:[\w ]+;?)*")
ITEM_FIELDS = ("id", "dataNode", "parent", "type", "expanded")
ITEM = "SubjectHierarchyItem"
LEVEL = re.compile(r"Level\^(\w+)\|")


@dataclass(frozen=True)
class CleanedSceneFile:
    """A scene to share: its XML, and the new names of the files that it keeps by their old ones."""

    xml: bytes
    files: dict[str, str] = field(default_factory=dict)


def cleaned_scene_file(xml: bytes, case_id: str) -> CleanedSceneFile:
    """Return the XML of a scene without names, ids, dates and texts; nodes that cannot be cleaned are left out.

    Parameters
    ----------
    case_id : stands for the patient in the subject hierarchy.

    Raises
    ------
    InputError
        When it is no scene, or a node is moved by a transform, which would be lost.
    """
    try:
        root = ET.fromstring(xml)
    except ET.ParseError as error:
        raise InputError("the scene in the bundle is no XML; save it again") from error
    stored = {node.get("id", ""): node for node in root if node.tag.endswith(STORAGE)}
    kept = [node for node in root if _is_kept(node, stored)]
    used = {storage for node in kept if (storage := _referenced(node, "storage"))}
    kept += [stored[one] for one in stored if one in used]
    left_out = {node.get("id", "") for node in root} - {node.get("id", "") for node in kept}
    for node in kept:
        if _referenced(node, "transform"):
            raise InputError("a node of the scene is moved by a transform; harden the transform before sharing")
    files = _new_names(kept)
    cleaned = ET.Element("MRML", {"version": root.get("version", "")})
    for number, node in enumerate(kept, start=1):
        copy = ET.SubElement(cleaned, node.tag, _attributes(node, number, files))
        if node.tag == "SubjectHierarchy":
            copy.extend(_items(node, left_out, case_id))
    return CleanedSceneFile(ET.tostring(cleaned, encoding="UTF-8", xml_declaration=True), files)


def _is_kept(node: ET.Element, stored: dict[str, ET.Element]) -> bool:
    if node.tag in OTHER_NODES:
        return True
    if node.tag not in DATA_NODES or (node.tag == "Text" and "HeadNeckNodes.Schema:" not in node.get("attributes", "")):
        return False
    storage = stored.get(_referenced(node, "storage"))
    return storage is not None and bool(_files_of(storage)) and all(map(_suffix, _files_of(storage)))


def _referenced(node: ET.Element, role: str) -> str:
    match = re.search(rf"(?:^|;){role}:([^;\s]+)", node.get("references", ""))
    return match[1] if match else ""


def _files_of(storage: ET.Element) -> list[str]:
    return [value for name, value in storage.attrib.items() if FILE_ATTRIBUTE.fullmatch(name) and value]


def _suffix(name: str) -> str:
    return next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")


def _new_names(kept: list[ET.Element]) -> dict[str, str]:
    old = dict.fromkeys(name for node in kept if node.tag.endswith(STORAGE) for name in _files_of(node))
    return {unquote(name): f"Data/{number}{_suffix(name)}" for number, name in enumerate(old, start=1)}


def _attributes(node: ET.Element, number: int, files: dict[str, str]) -> dict[str, str]:
    result = {}
    for name, value in node.attrib.items():
        if name == "name":
            result[name] = _name(value, f"{node.tag}_{number}" if node.tag in DATA_NODES else node.tag)
        elif name == "description":
            result[name] = cleaned_text(value)
        elif name == "attributes":
            own = (one for one in value.split(";") if one.startswith(OWN_ATTRIBUTES))
            result[name] = ";".join(one for one in own if _is_harmless(unquote(one).partition(":")[2]))
        elif FILE_ATTRIBUTE.fullmatch(name):
            result[name] = files[unquote(value)] if value else ""
        elif name == "references" or (name not in TYPED and TECHNICAL.fullmatch(value)):
            result[name] = value
    return result


def _name(value: str, substitute: str) -> str:
    """Known words stay; numbers alone are no name."""
    kept = value if has_known_words_alone(value) else cleaned_text(value)
    return kept if any(letter.isalpha() for letter in kept) else substitute


def _is_harmless(value: str) -> bool:
    """Attributes of this extension hold words of its own vocabulary, ids of nodes and numbers."""
    return re.fullmatch(r"[a-z][a-z_]*|hnn-reading/\d+|vtkMRML\w+", value) is not None or has_known_words_alone(value)


def _items(parent: ET.Element, left_out: set[str], case_id: str) -> Iterator[ET.Element]:
    for item in parent.findall(ITEM):
        children = list(_items(item, left_out, case_id))
        data = item.get("dataNode", "")
        if data in left_out:
            # What hung below a node that is left out hangs one level higher.
            yield from children
            continue
        level = LEVEL.search(item.get("attributes", ""))
        kept: dict[str, str] = {name: item.get(name, "") for name in ITEM_FIELDS if name in item.attrib}
        if level is not None:
            kept["attributes"] = level[0]
        if "name" in item.attrib:
            rank = level[1] if level else "Item"
            kept["name"] = case_id if rank == "Patient" else _name(item.get("name", ""), rank)
        copy = ET.Element(ITEM, kept)
        for child in children:
            child.set("parent", item.get("id", ""))
        copy.extend(children)
        yield copy

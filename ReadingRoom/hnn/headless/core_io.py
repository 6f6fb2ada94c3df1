# ruff: noqa: N802, N803 - method and argument names are those of qSlicerCoreIOManager
"""Reading and writing of nodes and scenes, behind `slicer.util.loadVolume`, `saveNode`, `loadScene` and the like."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import slicer
from vtkmodules.vtkCommonCore import vtkCommand, vtkStringArray

from hnn.headless.staged_file import staged
from hnn.headless.vtk_messages import captured_vtk_messages

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "SceneFile": (".mrb", ".mrml"),
    "SegmentationFile": (".seg.nrrd", ".seg.nhdr"),
    "SequenceFile": (".seq.nrrd", ".seq.nhdr"),
    "VolumeFile": (".nrrd", ".nhdr", ".nii", ".nii.gz", ".mha", ".mhd", ".dcm"),
    "MarkupsFile": (".mrk.json", ".fcsv"),
    "ModelFile": (".vtk", ".vtp", ".stl", ".ply", ".obj"),
    "TransformFile": (".h5", ".tfm", ".txt.tfm"),
    "TableFile": (".tsv", ".csv"),
    "ColorTableFile": (".ctbl",),
    "TextFile": (".txt", ".json", ".xml"),
}
_WRITER_TYPES = {
    "vtkMRMLSegmentationNode": "SegmentationFile",
    "vtkMRMLVolumeNode": "VolumeFile",
    "vtkMRMLMarkupsNode": "MarkupsFile",
    "vtkMRMLModelNode": "ModelFile",
    "vtkMRMLTransformNode": "TransformFile",
    "vtkMRMLTableNode": "TableFile",
    "vtkMRMLColorNode": "ColorTableFile",
    "vtkMRMLSequenceNode": "SequenceFile",
    "vtkMRMLTextNode": "TextFile",
}
# Bits of the options of vtkSlicerVolumesLogic.AddArchetypeVolume, by the reader property that sets them.
_VOLUME_OPTIONS = {"labelmap": 1, "center": 2, "singleFile": 4, "autoWindowLevel": 8, "discardOrientation": 16}

Properties = Mapping[str, Any]


class CoreIO:
    """A subset of qSlicerCoreIOManager: what the load and save functions of `slicer.util` call.

    Files are written completely before they take the place of earlier ones. Not offered: dialogs, `exportNode`.
    """

    def __init__(self, scene: Any, application_logic: Any) -> None:
        self._scene = scene
        self._logic = application_logic
        self._readers = {
            "SegmentationFile": self._read_segmentation,
            "SequenceFile": self._read_sequence,
            "VolumeFile": self._read_volume,
            "MarkupsFile": self._read_markups,
            "ModelFile": self._read_model,
            "TransformFile": self._read_transform,
            "TableFile": self._read_table,
            "ColorTableFile": self._read_colours,
            "TextFile": self._read_text,
        }

    def fileType(self, path: str | Path) -> str:
        """Kind of file, told from the longest extension that fits; "NoFile" if none does."""
        name = Path(path).name.lower()
        fits = [(len(end), kind) for kind, ends in EXTENSIONS.items() for end in ends if name.endswith(end)]
        return max(fits)[1] if fits else "NoFile"

    def fileWriterFileType(self, node: Any, _extension: str = "") -> str:
        """Kind of file that a node is written to; "NoFile" if the node is of no kind that is written."""
        return next((kind for name, kind in _WRITER_TYPES.items() if node.IsA(name)), "NoFile")

    def registeredFileReaderCount(self, fileType: str) -> int:
        """How many readers there are for a kind of file: 1 or 0."""
        return int(fileType in EXTENSIONS)

    def loadNodes(
        self, fileType: str, properties: Properties, loadedNodes: Any = None, userMessages: Any = None
    ) -> bool:
        """Read a file into the scene.

        Parameters
        ----------
        fileType : kind of file, a key of `EXTENSIONS`.
        properties : ``fileName`` and what the kind's reader in Slicer takes (``name``, ``labelmap``, ``show``...).
        loadedNodes : vtkCollection that receives the new nodes.
        userMessages : vtkMRMLMessageCollection that receives the reason of a failure.

        Returns
        -------
        Whether the file was read.
        """
        path = Path(properties["fileName"]).absolute()
        if not path.is_file():
            return _refuse(userMessages, f"there is no file {path.name}")
        if fileType == "SceneFile":
            return self._read_scene(path, properties)
        if fileType not in self._readers:
            return _refuse(userMessages, f"no reader for {path.name} (kind {fileType})")
        nodes = [node for node in self._readers[fileType](path, properties) if node is not None]
        for node in nodes if loadedNodes is not None else []:
            loadedNodes.AddItem(node)
        return bool(nodes)

    def saveNodes(self, fileType: str, properties: Properties, userMessages: Any = None) -> bool:
        """Write a node (``nodeID`` in `properties`) or the scene to ``fileName``.

        Returns
        -------
        Whether it was written. An earlier file of that name is only replaced by a complete one.
        """
        path = Path(properties["fileName"]).absolute()
        if fileType == "SceneFile":
            return self._write_scene(path, userMessages)
        node = self._scene.GetNodeByID(properties["nodeID"])
        if node is None or not node.IsA("vtkMRMLStorableNode"):
            return _refuse(userMessages, f"there is no node {properties['nodeID']} that can be written to a file")
        return self._write_node(node, path, properties)

    def _read_scene(self, path: Path, properties: Properties) -> bool:
        clear = bool(properties.get("clear", False))
        if path.suffix.lower() == ".mrb":
            return bool(self._scene.ReadFromMRB(str(path), clear))
        self._scene.SetURL(str(path))
        return bool(self._scene.Connect() if clear else self._scene.Import())

    def _read_volume(self, path: Path, properties: Properties) -> list[Any]:
        options = sum(bit for name, bit in _VOLUME_OPTIONS.items() if properties.get(name))
        files = vtkStringArray()
        for file in properties.get("fileNames", ()):
            files.InsertNextValue(str(file))
        file_list = files if files.GetNumberOfValues() else None
        node = self._module("Volumes").AddArchetypeVolume(str(path), _name(path, properties), options, file_list)
        if node is None:
            return []
        if properties.get("colorNodeID"):
            node.GetDisplayNode().SetAndObserveColorNodeID(properties["colorNodeID"])
        if properties.get("show", True):
            self._show_volume(node)
        return [node]

    def _show_volume(self, node: Any) -> None:
        selection = self._logic.GetSelectionNode()
        if node.IsA("vtkMRMLLabelMapVolumeNode"):
            selection.SetActiveLabelVolumeID(node.GetID())
        else:
            selection.SetActiveVolumeID(node.GetID())
        self._logic.PropagateVolumeSelection()

    def _read_segmentation(self, path: Path, properties: Properties) -> list[Any]:
        opacities = bool(properties.get("autoOpacities", True))
        colours = self._scene.GetNodeByID(properties.get("colorNodeID", ""))
        name = properties.get("name", "")
        return [self._module("Segmentations").LoadSegmentationFromFile(str(path), opacities, name, colours)]

    def _read_markups(self, path: Path, properties: Properties) -> list[Any]:
        identifiers = self._module("Markups").LoadMarkups(str(path), properties.get("name", "")) or ""
        return [self._scene.GetNodeByID(identifier) for identifier in identifiers.split(",") if identifier]

    def _read_model(self, path: Path, properties: Properties) -> list[Any]:
        system = properties.get("coordinateSystem", slicer.vtkMRMLStorageNode.CoordinateSystemLPS)
        return [_named(self._module("Models").AddModel(str(path), system), properties)]

    def _read_sequence(self, path: Path, properties: Properties) -> list[Any]:
        return [_named(self._module("Sequences").AddSequence(str(path)), properties)]

    def _read_transform(self, path: Path, properties: Properties) -> list[Any]:
        return [_named(self._module("Transforms").AddTransform(str(path), self._scene), properties)]

    def _read_table(self, path: Path, properties: Properties) -> list[Any]:
        return [self._module("Tables").AddTable(str(path), _name(path, properties))]

    def _read_colours(self, path: Path, properties: Properties) -> list[Any]:
        return [self._module("Colors").LoadColorFile(str(path), _name(path, properties))]

    def _read_text(self, path: Path, properties: Properties) -> list[Any]:
        node = self._scene.AddNewNodeByClass("vtkMRMLTextNode", _name(path, properties))
        storage = self._scene.AddNewNodeByClass("vtkMRMLTextStorageNode")
        storage.SetFileName(str(path))
        node.SetAndObserveStorageNodeID(storage.GetID())
        if storage.ReadData(node):
            return [node]
        self._scene.RemoveNode(node)
        self._scene.RemoveNode(storage)
        return []

    def _write_node(self, node: Any, path: Path, properties: Properties) -> bool:
        node.AddDefaultStorageNode(str(path))
        storage = node.GetStorageNode()
        if "useCompression" in properties:
            storage.SetUseCompression(int(properties["useCompression"]))
        earlier = storage.GetFileName()
        with staged(path) as file:
            storage.ResetFileNameList()
            storage.SetFileName(str(file))
            written = bool(storage.WriteData(node))
        storage.ResetFileNameList()
        storage.SetFileName(str(path) if written else earlier)
        return written

    def _write_scene(self, path: Path, messages: Any) -> bool:
        suffix = path.suffix.lower()
        if suffix == ".mrml":
            return _refuse(messages, f"{path.name} would refer to files elsewhere; save a .mrb bundle or a folder")
        if suffix != ".mrb":
            return self._write_scene_folder(path, messages)
        self._scene.SetRootDirectory(str(path.parent))
        with captured_vtk_messages() as output, staged(path) as file:
            written = bool(self._scene.WriteToMRB(str(file)))
        if not written:
            return _refuse(messages, output.GetOutput())
        self._scene.SetURL(str(path))
        return True

    def _write_scene_folder(self, folder: Path, messages: Any) -> bool:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            return _refuse(messages, f"the folder {folder.name} is not empty; name a new one")
        return bool(self._logic.SaveSceneToSlicerDataBundleDirectory(str(folder)))

    def _module(self, name: str) -> Any:
        return self._logic.GetModuleLogic(name)


def _name(path: Path, properties: Properties) -> str:
    return str(properties.get("name") or path.name.split(".")[0])


def _named(node: Any, properties: Properties) -> Any:
    if node is not None and properties.get("name"):
        node.SetName(properties["name"])
    return node


def _refuse(messages: Any, text: str) -> bool:
    if messages is not None:
        messages.AddMessage(vtkCommand.ErrorEvent, text)
    return False

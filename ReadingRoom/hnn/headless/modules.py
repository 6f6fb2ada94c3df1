"""The logics of Slicer's loadable modules that the slicer-core wheel carries, offered as `slicer.modules`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from pathlib import Path

# A module's node classes are registered by its logic when it is given the scene, so every logic is made.
# Units come first: the display of every measurement asks for them.
LOGIC_CLASSES: tuple[tuple[str, str], ...] = (
    ("Units", "vtkSlicerUnitsLogic"),
    ("Colors", "vtkSlicerColorLogic"),
    ("Cameras", "vtkSlicerCamerasModuleLogic"),
    ("Data", "vtkSlicerDataModuleLogic"),
    ("SubjectHierarchy", "vtkSlicerSubjectHierarchyModuleLogic"),
    ("Terminologies", "vtkSlicerTerminologiesModuleLogic"),
    ("Texts", "vtkSlicerTextsLogic"),
    ("Tables", "vtkSlicerTablesLogic"),
    ("Plots", "vtkSlicerPlotsLogic"),
    ("Transforms", "vtkSlicerTransformLogic"),
    ("Models", "vtkSlicerModelsLogic"),
    ("Volumes", "vtkSlicerVolumesLogic"),
    ("Annotations", "vtkSlicerAnnotationModuleLogic"),
    ("Markups", "vtkSlicerMarkupsLogic"),
    ("Segmentations", "vtkSlicerSegmentationsModuleLogic"),
    ("Sequences", "vtkSlicerSequencesLogic"),
    ("SceneViews", "vtkSlicerSceneViewsModuleLogic"),
    ("Reformat", "vtkSlicerReformatLogic"),
    ("ViewControllers", "vtkSlicerViewControllersLogic"),
    ("VolumeRendering", "vtkSlicerVolumeRenderingLogic"),
    ("CropVolume", "vtkSlicerCropVolumeLogic"),
)


@dataclass(frozen=True)
class LoadableModule:
    """What `slicer.modules.<name>` answers with: the name of a module and its logic."""

    name: str
    module_logic: Any

    def logic(self) -> Any:
        """The module's logic (a vtkMRMLAbstractLogic)."""
        return self.module_logic


def load_modules(application_logic: Any, scene: Any, share: Path) -> list[LoadableModule]:
    """Make every module logic, connect it to the scene and fill `slicer.modules` and `slicer.moduleNames`.

    Parameters
    ----------
    application_logic : vtkSlicerApplicationLogic
    scene : vtkMRMLScene
    share : folder with the files that the logics read at start.
    """
    slicer.modules, slicer.moduleNames = _namespace("slicer.modules"), _namespace("slicer.moduleNames")
    loaded = []
    for name, class_name in LOGIC_CLASSES:
        logic = getattr(slicer, class_name)()
        if logic.IsA("vtkSlicerModuleLogic"):
            logic.SetModuleShareDirectory(str(share))
        logic.SetMRMLApplicationLogic(application_logic)
        logic.SetMRMLScene(scene)
        application_logic.SetModuleLogic(name, logic)
        module = LoadableModule(name, logic)
        setattr(slicer.modules, name.lower(), module)
        setattr(slicer.moduleNames, name, name)
        loaded.append(module)
    return loaded


def _namespace(name: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module  # `import slicer.modules` works in Slicer, so here too
    return module

"""Put the stand-ins where scripted modules import them from."""

from __future__ import annotations

import importlib
import sys
import types

import slicer

from slicer_harness import qt_module
from slicer_harness.stand_in import registered
from slicer_harness.ui_loader import UiLoader

# Names under which Slicer offers its own VTK wrappings, and those of the slicer-core wheel.
WRAPPINGS = {
    "MRMLCorePython": "MRMLCore",
    "MRMLLogicPython": "MRMLLogic",
    "MRMLDisplayableManagerPython": "MRMLDisplayableManager",
    "SlicerBaseLogicPython": "vtkSlicerBaseLogic",
    "vtkSegmentationCorePython": "vtkSegmentationCore",
    "vtkSlicerMarkupsModuleMRMLPython": "vtkSlicerMarkupsModuleMRML",
    "vtkSlicerSegmentationsModuleMRMLPython": "vtkSlicerSegmentationsModuleMRML",
}
# Module of Slicer, module of the harness. The order matters: each may import the ones before.
PYTHON_MODULES = (
    ("i18n", "translation"),
    ("ScriptedLoadableModule", "scripted_loadable_module"),
    ("parameterNodeWrapper", "parameter_node_wrapper"),
    ("parameterNodeWrapper.parameterPack", "parameter_node_wrapper.packs"),
)


def modules() -> None:
    """Make ``qt``, ``ctk``, the widgets of ``slicer`` and its Python modules importable."""
    if "qt" in sys.modules:
        return
    qt_module.build(UiLoader)
    from slicer_harness import stand_ins

    UiLoader.widgetClass = staticmethod(registered().get)
    ctk = types.ModuleType("ctk", "Widgets of CTK")
    vars(ctk).update(stand_ins.by_prefix("ctk"))
    sys.modules["ctk"] = ctk
    vars(slicer).update(stand_ins.by_prefix("qMRML", "qSlicer"))
    for name, source in WRAPPINGS.items():
        sys.modules.setdefault(name, importlib.import_module(f"slicer_core.{source}"))
    for name, source in PYTHON_MODULES:
        module = importlib.import_module(f"slicer_harness.{source}")
        sys.modules[f"slicer.{name}"] = module
        if "." not in name:
            setattr(slicer, name, module)
    from slicer_harness import sample_data

    sys.modules["SampleData"] = sample_data
    sample_data.register()

"""3D Slicer's scene and views without the Slicer application: no window, no Qt.

Built on the `slicer-core` wheel. `import hnn.headless` itself is cheap; slicer and vtk are loaded when the first
of the names below is used.
"""

from __future__ import annotations

from importlib import import_module

_HOMES = {
    "CoreIO": "core_io",
    "HeadlessSlicer": "application",
    "OffscreenView": "offscreen_view",
    "SliceView": "slice_view",
    "SubjectHierarchyItems": "subject_hierarchy",
    "Direction": "three_d_view",
    "ThreeDView": "three_d_view",
}
__all__ = ["CoreIO", "Direction", "HeadlessSlicer", "OffscreenView", "SliceView", "SubjectHierarchyItems", "ThreeDView"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hnn.headless.render_window import choose_render_window

    choose_render_window()  # VTK reads the environment when it is loaded, so before the import below
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

"""All stand-ins together: the modules that define them are imported here, once."""

from __future__ import annotations

from slicer_harness import (  # noqa: F401 - imported to register their classes
    ctk_buttons,
    ctk_values,
    markups_widgets,
    module_manager,
    mrml_segments,
    mrml_values,
    mrml_widgets,
    subject_hierarchy_widgets,
)
from slicer_harness.stand_in import registered


def names() -> list[str]:
    """Return the names of the classes that the harness offers."""
    return sorted(registered())


def by_prefix(*prefixes: str) -> dict[str, type]:
    """Return the stand-ins whose names begin with one of the given texts."""
    return {name: cls for name, cls in registered().items() if name.startswith(prefixes)}

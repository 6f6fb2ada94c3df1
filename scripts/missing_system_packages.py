"""Print the Debian packages that this Linux machine lacks for drawing without a screen.

With ``--panels`` the libraries of Qt are looked for too. Prints nothing when nothing is missing.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

VIEW_LIBRARIES = {"libEGL.so.1": "libegl1"}
PANEL_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
DRIVER_FOLDERS = ["usr/lib/*/dri", "usr/lib/dri", "usr/lib64/dri", "usr/local/lib/dri"]
FONT_FOLDERS = ["usr/share/fonts", "usr/local/share/fonts"]


def is_loadable(library: str) -> bool:
    """Tell whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_driver() -> bool:
    """Tell whether Mesa has a driver to draw with; the software one needs no graphics card."""
    return any(any(Path("/").glob(f"{folder}/*_dri.so")) for folder in DRIVER_FOLDERS)


def has_font() -> bool:
    """Tell whether there is a font; Qt brings none and would draw boxes for letters."""
    return any(any((Path("/") / folder).rglob("*.[to]tf")) for folder in FONT_FOLDERS)


def missing_packages(*, panels: bool) -> list[str]:
    """Return the names of the packages to install, in alphabetical order."""
    libraries = VIEW_LIBRARIES | (PANEL_LIBRARIES if panels else {})
    packages = [package for library, package in libraries.items() if not is_loadable(library)]
    if not has_driver():
        packages.append("libgl1-mesa-dri")
    if panels and not has_font():
        packages.append("fonts-dejavu-core")
    return sorted(packages)


if __name__ == "__main__" and sys.platform == "linux":
    print(" ".join(missing_packages(panels="--panels" in sys.argv)))

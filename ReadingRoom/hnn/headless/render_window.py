"""Which window VTK draws into on a machine without a screen, and whether that will work."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

WINDOW_VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
EGL_WINDOW = "vtkEGLRenderWindow"
_EGL_PLATFORM_DEVICE = 0x313F
_MAX_DEVICES = 16


class DrawingUnavailableError(RuntimeError):
    """The machine lacks what drawing without a screen needs."""


def choose_render_window() -> None:
    """Have VTK draw through EGL on Linux when there is no display; leave VTK's own choice everywhere else.

    A choice that somebody made in the environment is kept, except an empty one: VTK takes that for a class name
    and crashes.
    """
    if os.environ.get(WINDOW_VARIABLE) == "":
        del os.environ[WINDOW_VARIABLE]
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault(WINDOW_VARIABLE, EGL_WINDOW)


def require_drawing() -> None:
    """Make sure that a window can be made, since VTK ends the process when it cannot.

    Raises
    ------
    DrawingUnavailableError
        If EGL was chosen and its library or a driver is missing. The message names the Debian packages.
    """
    if os.environ.get(WINDOW_VARIABLE) != EGL_WINDOW:
        return
    problem = egl_problem()
    if problem:
        raise DrawingUnavailableError(
            f"cannot draw without a screen: {problem}; on Debian or Ubuntu run: apt-get install libegl1 libgl1-mesa-dri"
        )


@cache
def egl_problem(library: str = "libEGL.so.1") -> str:
    """What keeps EGL from drawing, in a few words; empty when one of its devices can be opened."""
    try:
        egl = ctypes.CDLL(library)
    except OSError:
        return f"{library} was not found"
    find = egl.eglGetProcAddress
    find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    query, display_of = find(b"eglQueryDevicesEXT"), find(b"eglGetPlatformDisplayEXT")
    if not query or not display_of:
        return f"{library} cannot list devices"
    devices = _egl_devices(query)
    if not any(_opens(egl, display_of, device) for device in devices):
        return "EGL has no driver that opens"
    return ""


def _egl_devices(query_address: int) -> list[int]:
    query = ctypes.CFUNCTYPE(
        ctypes.c_uint, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_int)
    )(query_address)
    devices, count = (ctypes.c_void_p * _MAX_DEVICES)(), ctypes.c_int(0)
    if not query(_MAX_DEVICES, devices, ctypes.byref(count)):
        return []
    return [device for device in devices[: count.value] if device]


def _opens(egl: ctypes.CDLL, display_address: int, device: int) -> bool:
    display_of = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)(display_address)
    display = display_of(_EGL_PLATFORM_DEVICE, device, None)
    egl.eglInitialize.restype = ctypes.c_uint
    egl.eglInitialize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    return bool(display and egl.eglInitialize(display, None, None))

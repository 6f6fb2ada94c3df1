"""A browser for tests: opens a page without network and uses it as a reader would, by Chromium's debugging pipe."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--enable-unsafe-swiftshader",
    "--remote-debugging-pipe",
)
KEY_CODES = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "a": 65}
END_OF_MESSAGE = b"\0"


@dataclass(frozen=True)
class Screen:
    """What the page is shown on."""

    width: int
    height: int
    is_dark: bool = False
    is_phone: bool = False


DESKTOP = Screen(1280, 900)
PHONE = Screen(390, 844, is_phone=True)


class Browser:
    """One tab; messages go through a pipe, each ended by a zero byte."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self.to_browser, self.from_browser = to_browser, from_browser
        self.number, self.rest, self.session = 0, b"", ""
        self.events: list[dict[str, Any]] = []

    def open(self, address: str, screen: Screen) -> None:
        """Load a page and wait until its script has run."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.show_on(screen)
        self.call("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")
        self.settle()

    def show_on(self, screen: Screen) -> None:
        """Change to another screen."""
        size = {"width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": screen.is_phone}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self.call("Emulation.setTouchEmulationEnabled", enabled=screen.is_phone, maxTouchPoints=1)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if screen.is_dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def run(self, script: str) -> Any:
        """Return the value of a script in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def settle(self) -> None:
        """Wait for pictures to be decoded and two frames to be drawn."""
        self.run(
            "new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 60))"
        )

    def middle_of(self, selector: str) -> tuple[float, float]:
        """Scroll an element into view and return where its middle is."""
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        return x, y

    def click(self, selector: str) -> None:
        """Click the middle of an element."""
        x, y = self.middle_of(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self._mouse(kind, x, y, button="left", clickCount=1)
        self.settle()

    def wheel(self, selector: str, turns: int) -> None:
        """Turn the wheel over an element, downward when positive."""
        x, y = self.middle_of(selector)
        for _ in range(abs(turns)):
            self._mouse("mouseWheel", x, y, deltaX=0, deltaY=100 if turns > 0 else -100)
        self.settle()

    def drag(self, selector: str, across: float, down: float = 0) -> None:
        """Drag with the left button."""
        x, y = self.middle_of(selector)
        self._mouse("mousePressed", x, y, button="left", clickCount=1)
        for part in (0.25, 0.5, 0.75, 1.0):
            self._mouse("mouseMoved", x + part * across, y + part * down, button="left", buttons=1)
        self._mouse("mouseReleased", x + across, y + down, button="left", clickCount=1)
        self.settle()

    def swipe(self, selector: str, across: float, down: float = 0) -> None:
        """Draw a finger over an element."""
        x, y = self.middle_of(selector)
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        for part in range(1, 11):
            point = {"x": x + part / 10 * across, "y": y + part / 10 * down}
            self.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=[point])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.settle()

    def press(self, key: str) -> None:
        """Press and release a key where the focus is."""
        text = {"text": key} if len(key) == 1 else {}
        code = {"key": key, "windowsVirtualKeyCode": KEY_CODES.get(key, 0)}
        self.call("Input.dispatchKeyEvent", type="keyDown", **code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)
        self.settle()

    def picture(self, *, whole: bool = False) -> bytes:
        """Return what is seen, or the whole page, as PNG."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    @property
    def requests(self) -> list[str]:
        """Addresses that the page has asked for, but for those that hold their content themselves."""
        sent = [
            each["params"]["request"]["url"] for each in self.events if each["method"] == "Network.requestWillBeSent"
        ]
        return [each for each in sent if not each.startswith("data:")]

    @property
    def complaints(self) -> list[str]:
        """Errors of the page: of its script, and of its security policy."""
        said = [each["params"]["entry"] for each in self.events if each["method"] == "Log.entryAdded"]
        thrown = [str(each["params"]) for each in self.events if each["method"] == "Runtime.exceptionThrown"]
        return [each["text"] for each in said if each["level"] == "error"] + thrown

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if self.session and not method.startswith("Target."):
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + END_OF_MESSAGE)
        while True:
            answer = self._read()
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer.get('error')}"
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def wait_for(self, event: str) -> None:
        """Wait until the page tells something."""
        while not any(each["method"] == event for each in self.events):
            self.events.append(self._read())

    def _mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def _read(self) -> dict[str, Any]:
        while END_OF_MESSAGE not in self.rest:
            part = os.read(self.from_browser, 1 << 20)
            assert part, "the browser ended"
            self.rest += part
        message, _, self.rest = self.rest.partition(END_OF_MESSAGE)
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Start a browser that can be driven; the test is skipped when there is none."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None or os.name != "posix":
        pytest.skip("needs Chromium, and a system with numbered pipes, to use the page as a reader does")
    our_read, their_write = os.pipe()
    their_read, our_write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="hnn-browser-", ignore_cleanup_errors=True) as profile:
        process = _started([program, *OPTIONS, f"--user-data-dir={profile}", "about:blank"], their_read, their_write)
        for end in (their_read, their_write):
            os.close(end)
        try:
            yield Browser(our_write, our_read)
        finally:
            for end in (our_write, our_read):
                os.close(end)
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)


def _started(command: list[str], commands: int, answers: int) -> int:
    """Start Chromium, which reads commands from the file of number 3 and answers on number 4."""
    import fcntl

    # Out of the way of both numbers.
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (commands, answers)]
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    pipes = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(high, start=3)]
    try:
        return os.posix_spawn(command[0], command, os.environ, file_actions=[*nowhere, *pipes])
    finally:
        for end in high:
            os.close(end)

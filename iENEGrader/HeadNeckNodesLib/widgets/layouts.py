"""Layouts as the panel uses them: tight, because all of it has to fit one column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

if TYPE_CHECKING:
    from collections.abc import Callable

SPACING = 3


def tight(layout: qt.QLayout) -> qt.QLayout:
    """Take the margins off a layout."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACING)
    return layout


def row_of(*widgets: qt.QWidget, stretched: int = -1) -> qt.QHBoxLayout:
    """Put widgets side by side; the one with the index `stretched` takes the room that is left."""
    layout = tight(qt.QHBoxLayout())
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if index == stretched else 0)
    if stretched < 0:
        layout.addStretch(1)
    return layout


def tool_button(text: str, tip: str, on_clicked: Callable[[], None]) -> qt.QToolButton:
    """Return a small button with a text. Why its action failed is shown by the panel that it is in."""
    button = qt.QToolButton()
    button.text = text
    button.toolTip = tip
    button.connect("clicked(bool)", lambda _checked=False: attempt(button, on_clicked))
    return button


def attempt(widget: qt.QWidget, action: Callable[[], None]) -> None:
    """Run an action; the panel around the widget, which has `attempt`, shows why it failed."""
    around = widget.parentWidget()
    while around is not None and not hasattr(around, "attempt"):
        around = around.parentWidget()
    if around is None:
        action()
        return
    with around.attempt.shown():
        action()


def icon_button(icon: int, tip: str, on_clicked: Callable[[], None]) -> qt.QToolButton:
    """Return a small button with one of the application's own icons, which suit its theme."""
    button = tool_button("", tip, on_clicked)
    button.setIcon(button.style().standardIcon(icon))
    button.setAccessibleName(tip)
    return button


def heading(text: str) -> qt.QLabel:
    """Return a label in bold."""
    label = qt.QLabel(text)
    font = label.font
    font.setBold(True)
    label.setFont(font)
    return label


def wrapped_label() -> qt.QLabel:
    """Return a label for several lines of rich text whose links open in the browser; it takes the width there is."""
    label = qt.QLabel()
    label.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Preferred)
    label.wordWrap = True
    label.openExternalLinks = True
    label.setTextInteractionFlags(qt.Qt.TextBrowserInteraction)
    return label

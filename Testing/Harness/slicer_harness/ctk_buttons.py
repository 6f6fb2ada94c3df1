"""Stand-ins for CTK's buttons, collapsible boxes and text widgets."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QDir, QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QTextBrowser,
    QToolButton,
    QWidget,
)

from slicer_harness.stand_in import forwarded, stand_in, stored


@stand_in
class ctkCollapsibleButton(QAbstractButton):
    """A header with an arrow that shows or hides the widgets laid out below it."""

    contentsCollapsed = Signal(bool)
    _collapsed = False
    _hidden_here: tuple[QWidget, ...] = ()

    def __init__(self, *arguments: Any) -> None:
        super().__init__(next((argument for argument in arguments if isinstance(argument, QWidget)), None))
        self.setCheckable(True)
        self.setChecked(True)
        self.setText(next((argument for argument in arguments if isinstance(argument, str)), ""))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(0, self._header(), 0, 0)
        self.toggled.connect(self._on_toggled)

    def _header(self) -> int:
        return self.fontMetrics().height() + 10

    def _on_toggled(self, checked: bool) -> None:
        if checked == self._collapsed:
            self._fold(not checked)

    def _fold(self, collapsed: bool) -> None:
        if collapsed == self._collapsed:
            return
        self._collapsed = collapsed
        if collapsed:
            # Only what was shown is shown again, as in CTK.
            shown = [child for child in self.children() if isinstance(child, QWidget) and not child.isHidden()]
            self._hidden_here = tuple(shown)
        for child in self._hidden_here:
            child.setVisible(not collapsed)
        self.setMaximumHeight(self._header() if collapsed else 16777215)
        self.setChecked(not collapsed)
        self.updateGeometry()
        self.contentsCollapsed.emit(collapsed)

    collapsed = Property(bool, lambda self: self._collapsed, lambda self, value: self._fold(bool(value)))
    collapsedHeight = stored("collapsedHeight", int, 14)
    flat = stored("flat", bool, False)
    contentsFrameShape = stored("contentsFrameShape", int, 0)
    contentsLineWidth = stored("contentsLineWidth", int, 1)

    def sizeHint(self) -> QSize:
        header = QSize(self.fontMetrics().horizontalAdvance(self.text) + 40, self._header())
        if self._collapsed or self.layout() is None:
            return header
        return self.layout().totalSizeHint().expandedTo(header)

    def minimumSizeHint(self) -> QSize:
        if self._collapsed or self.layout() is None:
            return QSize(40, self._header())
        return self.layout().totalMinimumSize()

    def hitButton(self, position: QPoint) -> bool:
        return position.y() < self._header()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionButton()
        option.initFrom(self)
        option.rect.setHeight(self._header())
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        kind = QStyle.PrimitiveElement
        arrow = kind.PE_IndicatorArrowRight if self._collapsed else kind.PE_IndicatorArrowDown
        text_rect = option.rect.adjusted(26, 0, -4, 0)
        option.rect = option.rect.adjusted(8, 6, 0, -6)
        option.rect.setWidth(12)
        self.style().drawPrimitive(arrow, option, painter, self)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic
        painter.setPen(self.palette.buttonText().color())
        painter.drawText(text_rect, int(flags), self.text)
        painter.end()


@stand_in
class ctkCollapsibleGroupBox(QGroupBox):
    """A group box whose check mark shows or hides its contents."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.setCheckable(True)
        self.toggled.connect(self._show_contents)

    def _show_contents(self, shown: bool) -> None:
        for child in self.children():
            if isinstance(child, QWidget):
                child.setVisible(shown)
        self.setMaximumHeight(16777215 if shown else self.fontMetrics().height() + 14)

    collapsed = Property(bool, lambda self: not self.checked, lambda self, value: self.setChecked(not value))
    collapsedHeight = stored("collapsedHeight", int, 14)


@stand_in
class ctkCheckBox(QCheckBox):
    """A check box that may show an icon as its mark."""


@stand_in
class ctkPushButton(QPushButton):
    """A push button with more freedom of alignment."""

    elideMode = stored("elideMode", int, 3)
    buttonTextAlignment = stored("buttonTextAlignment", int, 0x84)


@stand_in
class ctkMenuButton(QPushButton):
    """A push button with a menu on its arrow."""


@stand_in
class ctkCheckablePushButton(ctkPushButton):
    """A push button with a check box in it, which may control whether the button stays pressed."""

    checkBoxToggled = Signal(bool)
    checkStateChanged = Signal(int)
    checkBoxControlsButton = stored("checkBoxControlsButton", bool, True)
    checkBoxControlsButtonToggleState = stored("checkBoxControlsButtonToggleState", bool, True)
    checkBoxUserCheckable = stored("checkBoxUserCheckable", bool, True)
    checkState = stored("checkState", int, 0, notify="checkStateChanged")


@stand_in
class ctkComboBox(QComboBox):
    """A combo box with a text for 'nothing chosen'."""

    returnRelease = Signal()
    NeverScroll, AlwaysScroll, ScrollWithFocus, ScrollWithNoVScrollBar = range(4)
    defaultText = stored("defaultText", str, "", applied=lambda self, text: self.setPlaceholderText(text))
    forceDefault = stored("forceDefault", bool, False)
    elideMode = stored("elideMode", int, 3)
    scrollWheelEffect = stored("scrollWheelEffect", int, 1)
    currentUserDataAsString = Property(
        str,
        lambda self: str(self.currentData or ""),
        lambda self, text: self.setCurrentIndex(self.findData(text)),
    )


@stand_in
class ctkCheckableComboBox(QComboBox):
    """A combo box whose items have check marks."""

    checkedIndexesChanged = Signal()
    returnRelease = Signal()

    def checkedIndexes(self) -> list[Any]:
        model = self.model()
        indexes = [model.index(row, 0) for row in range(self.count)]
        checked = Qt.CheckState.Checked.value
        return [index for index in indexes if index.data(Qt.ItemDataRole.CheckStateRole) == checked]

    def setCheckState(self, index: Any, state: Any) -> None:
        self.model().setData(index, state, Qt.ItemDataRole.CheckStateRole)
        self.checkedIndexesChanged.emit()

    def checkState(self, index: Any) -> Any:
        return index.data(Qt.ItemDataRole.CheckStateRole)


class _PathWidget(QWidget):
    """A widget of one row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)


@stand_in
class ctkPathLineEdit(_PathWidget):
    """A path with its history and a button to look for it."""

    currentPathChanged = Signal(str)
    validInputChanged = Signal(bool)
    Files, Dirs, Drives, NoSymLinks, Readable, Writable, Executable = 0x2, 0x1, 0x4, 0x8, 0x10, 0x20, 0x40
    Hidden, System, NoDot, NoDotDot, NoDotAndDotDot = 0x100, 0x200, 0x2000, 0x4000, 0x6000
    _combo: QComboBox | None = None
    _browse: QToolButton | None = None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(next((argument for argument in arguments if isinstance(argument, QWidget)), None))
        self._combo = QComboBox(self)
        self._combo.setEditable(True)
        self._combo.editTextChanged.connect(self.currentPathChanged)
        self._browse = QToolButton(self)
        self._browse.setText("...")
        self._browse.clicked.connect(self.browse)
        self.layout().addWidget(self._combo, 1)
        self.layout().addWidget(self._browse)

    currentPath = Property(str, lambda self: self._combo.currentText, lambda self, path: self.setCurrentPath(path))
    filters = stored("filters", int, 0x2)
    options = stored("options", int, 0)
    settingKey = stored("settingKey", str, "")
    label = stored("label", str, "")
    nameFilters = stored("nameFilters", "QStringList", [])
    showHistoryButton = stored("showHistoryButton", bool, True)
    showBrowseButton = stored(
        "showBrowseButton", bool, True, applied=lambda self, shown: self._browse.setVisible(shown)
    )

    def setCurrentPath(self, path: str) -> None:
        self._combo.setEditText(str(path))

    def comboBox(self) -> QComboBox | None:
        return self._combo

    def addCurrentPathToHistory(self) -> None:
        if self.currentPath and self._combo.findText(self.currentPath) < 0:
            self._combo.addItem(self.currentPath)

    def browse(self) -> None:
        self.currentPath = QFileDialog.getOpenFileName(self, self.label) or self.currentPath


@stand_in
class ctkDirectoryButton(_PathWidget):
    """A button that shows a folder and asks for another when pressed."""

    directoryChanged = Signal(str)
    directorySelected = Signal(str)
    _button: QPushButton | None = None
    _directory = "."

    def __init__(self, *arguments: Any) -> None:
        super().__init__(next((argument for argument in arguments if isinstance(argument, QWidget)), None))
        self._button = QPushButton(".", self)
        self.layout().addWidget(self._button)
        self._button.clicked.connect(self.browse)

    def _assign(self, directory: str) -> None:
        # A real folder is shown by its absolute path; "nothing yet" stays a dot.
        absolute = QDir(directory).absolutePath() if directory not in {"", "."} else "."
        if absolute != self._directory:
            self._directory = absolute
            self._button.setText(absolute)
            self.directoryChanged.emit(absolute)

    directory = Property(str, lambda self: self._directory, lambda self, path: self._assign(path))
    text = forwarded(str, "_button", "text")
    caption = stored("caption", str, "")

    def browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.caption)
        if chosen:
            self.directory = chosen
            self.directorySelected.emit(chosen)


@stand_in
class ctkColorPickerButton(QPushButton):
    """A button that shows a colour."""

    colorChanged = Signal(QColor)
    colorNameChanged = Signal(str)

    def _show(self, color: QColor) -> None:
        swatch = QPixmap(16, 16)
        swatch.fill(color)
        self.setIcon(swatch)
        self.setText(color.name() if self.displayColorName else "")

    color = stored("color", QColor, QColor(0, 0, 0), notify="colorChanged", applied=_show)
    displayColorName = stored("displayColorName", bool, True)


@stand_in
class ctkSearchBox(QLineEdit):
    """A line to type a search in."""

    showSearchIcon = stored("showSearchIcon", bool, False)


@stand_in
class ctkExpandableWidget(QFrame):
    """A frame that the user can make larger."""

    orientations = stored("orientations", int, 3)
    sizeGripInside = stored("sizeGripInside", bool, False)

    def updateSizeHint(self) -> None:
        self.updateGeometry()


@stand_in
class ctkDynamicSpacer(QWidget):
    """A spacer that changes its size policy with its state."""

    active = stored("active", bool, False)


@stand_in
class ctkFittedTextBrowser(QTextBrowser):
    """A text browser as high as its text."""

    collapsed = stored("collapsed", bool, False)
    showDetailsText = stored("showDetailsText", str, "Show details...")
    hideDetailsText = stored("hideDetailsText", str, "Hide details.")
    _collapsible = ""

    def collapsibleText(self) -> str:
        return self._collapsible

    def setCollapsibleText(self, text: str) -> None:
        self._collapsible = text
        self.setText(text)

    def setCollapsibleHtml(self, text: str) -> None:
        self._collapsible = text
        self.setHtml(text)

    def sizeHint(self) -> QSize:
        document = self.document.clone()
        document.setTextWidth(max(self.width, 200))
        return QSize(200, int(document.size.height()) + 2 * self.frameWidth)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.updateGeometry()
        return super().event(event)


@stand_in
class ctkMessageBox(QMessageBox):
    """A message with a 'do not show again' box."""

    dontShowAgain = stored("dontShowAgain", bool, False)
    dontShowAgainVisible = stored("dontShowAgainVisible", bool, False)
    dontShowAgainSettingsKey = stored("dontShowAgainSettingsKey", str, "")

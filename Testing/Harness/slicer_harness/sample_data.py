"""Stand-in for the module ``SampleData``: samples that make themselves when their button is pressed.

As in Slicer, only the button calls a ``customDownloader``: ``downloadSample`` and the like fetch the files of a sample
and pass it by. Here nothing is downloaded, so a sample with files is refused.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import slicer

from slicer_harness.connections import comes_from_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Downloader = Callable[["SampleDataSource"], Any]

OPTIONAL_LISTS = ("nodeNames", "loadFiles", "loadFileTypes", "checksums")


class SampleDataSource:
    """One sample that a module offers. What is said of its files are lists of the same length, one entry per file."""

    def __init__(  # noqa: PLR0917 - Slicer's signature
        self,
        sampleName: str | None = None,
        sampleDescription: str | None = None,
        uris: Any = None,
        fileNames: Any = None,
        nodeNames: Any = None,
        checksums: Any = None,
        loadFiles: Any = None,
        customDownloader: Downloader | None = None,
        thumbnailFileName: str | None = None,
        loadFileTypes: Any = None,
        loadFileProperties: dict[str, Any] | None = None,
        loadFileType: Any = None,
    ) -> None:
        if loadFileType is not None and loadFileTypes is not None:
            raise ValueError("give loadFileTypes or the older loadFileType, not both")
        self.sampleName = sampleName
        self.sampleDescription = sampleName if sampleDescription is None else sampleDescription
        self.customDownloader = customDownloader
        self.thumbnailFileName = thumbnailFileName
        self.loadFileProperties = loadFileProperties or {}
        self.uris, self.fileNames = uris, fileNames
        self.nodeNames, self.checksums, self.loadFiles = nodeNames, checksums, loadFiles
        self.loadFileTypes = loadFileType if loadFileTypes is None else loadFileTypes
        self._make_lists()
        lengths = {name: len(getattr(self, name)) for name in ("uris", "fileNames", *OPTIONAL_LISTS)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"all fields of a sample must have the same length, but have {lengths}")

    def _make_lists(self) -> None:
        """Make one-file lists of plain values, and fill what may be left out; Slicer does not fill ``fileNames``."""
        if isinstance(self.uris, str):
            for name in ("uris", "fileNames", *OPTIONAL_LISTS):
                setattr(self, name, [getattr(self, name)])
        elif isinstance(self.uris, list | tuple):
            if isinstance(self.loadFileTypes, str):
                self.loadFileTypes = [self.loadFileTypes] * len(self.uris)
            for name in OPTIONAL_LISTS:
                if getattr(self, name) is None:
                    setattr(self, name, [None] * len(self.uris))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SampleDataSource) and vars(self) == vars(other)

    __hash__ = None


class SampleDataLogic:
    """Knows the samples, by category in ``slicer.modules.sampleDataSources``."""

    @staticmethod
    def registerCustomSampleDataCategory(category: str, title: str) -> None:
        slicer.modules.sampleDataSourceCategories.setdefault(category, {})["title"] = title

    @staticmethod
    def categoryTitle(category: str) -> str:
        return str(slicer.modules.sampleDataSourceCategories.get(category, {}).get("title", category))

    @staticmethod
    def registerCustomSampleDataSource(  # noqa: PLR0917 - Slicer's signature
        category: str = "Custom",
        sampleName: str | None = None,
        uris: Any = None,
        fileNames: Any = None,
        nodeNames: Any = None,
        customDownloader: Downloader | None = None,
        thumbnailFileName: str | None = None,
        loadFileTypes: Any = None,
        loadFiles: Any = None,
        loadFileProperties: dict[str, Any] | None = None,
        checksums: Any = None,
        loadFileType: Any = None,
    ) -> None:
        source = SampleDataSource(
            sampleName=sampleName,
            uris=uris,
            fileNames=fileNames,
            nodeNames=nodeNames,
            checksums=checksums,
            loadFiles=loadFiles,
            customDownloader=customDownloader,
            thumbnailFileName=thumbnailFileName,
            loadFileTypes=loadFileTypes,
            loadFileProperties=loadFileProperties,
            loadFileType=loadFileType,
        )
        if not SampleDataLogic.isSampleDataSourceRegistered(category, source):
            slicer.modules.sampleDataSources.setdefault(category, []).append(source)

    @staticmethod
    def sampleDataSourcesByCategory(category: str | None = None) -> Any:
        sources = slicer.modules.sampleDataSources
        return sources if category is None else sources.get(category, [])

    @staticmethod
    def isSampleDataSourceRegistered(category: str, sampleDataSource: SampleDataSource) -> bool:
        return sampleDataSource in SampleDataLogic.sampleDataSourcesByCategory(category)

    def sourceForSampleName(self, sampleName: str) -> SampleDataSource | None:
        sources = (source for group in slicer.modules.sampleDataSources.values() for source in group)
        return next((source for source in sources if source.sampleName == sampleName), None)

    def categoryForSource(self, a_source: SampleDataSource) -> str | None:
        categories = slicer.modules.sampleDataSources.items()
        return next((category for category, sources in categories if a_source in sources), None)

    def downloadFromSource(
        self,
        source: SampleDataSource,
        maximumAttemptsCount: int = 3,  # noqa: ARG002 - Slicer's signature
        forceDownload: bool = False,  # noqa: ARG002
    ) -> list[Any]:
        """Return the files of a sample: none for one without files, whatever its ``customDownloader`` would make."""
        if source.uris:
            raise RuntimeError(f"sample {source.sampleName} has files, and the harness downloads nothing")
        return []

    def downloadSample(self, sampleName: str) -> Any:
        return self.downloadSamples(sampleName)[0]

    def downloadSamples(self, sampleName: str) -> list[Any]:
        source = self.sourceForSampleName(sampleName)
        return [] if source is None else self.downloadFromSource(source)


def downloadSample(sampleName: str) -> Any:
    """Return the first node of the files of a sample."""
    return SampleDataLogic().downloadSample(sampleName)


def downloadSamples(sampleName: str) -> list[Any]:
    """Return the nodes of the files of a sample."""
    return SampleDataLogic().downloadSamples(sampleName)


def button(sampleName: str) -> Any:
    """Return the button of a sample, made as the module's panel makes it."""
    import qt

    logic = SampleDataLogic()
    source = logic.sourceForSampleName(sampleName)
    if source is None:
        raise ValueError(f"no sample is named {sampleName}")
    made = qt.QToolButton()
    made.setText(source.sampleDescription)
    made.name = f"{sampleName}PushButton"
    if source.thumbnailFileName:
        made.setIcon(qt.QIcon(source.thumbnailFileName))
    opened = source.customDownloader or logic.downloadFromSource
    made.connect("clicked()", lambda: opened(source))
    return made


def register() -> None:
    """Say that the module is there, with no samples yet."""
    slicer.modules.sampleDataSources = {}
    slicer.modules.sampleDataSourceCategories = {}
    slicer.modules.sampledata = SimpleNamespace(name="SampleData")


def forget_module(entry_file: Path) -> None:
    """Take away the samples that code of a module makes, when the module is unloaded."""
    for sources in slicer.modules.sampleDataSources.values():
        sources[:] = [source for source in sources if not comes_from_module(source.customDownloader, entry_file)]

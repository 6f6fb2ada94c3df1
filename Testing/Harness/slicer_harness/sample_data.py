"""Stand-in for the module ``SampleData``: samples that make themselves. Nothing is downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class SampleDataSource:
    """One sample that a module offers."""

    sampleName: str
    customDownloader: Callable[[SampleDataSource], Any] | None
    thumbnailFileName: str | None = None


class SampleDataLogic:
    """Knows the samples, by category in ``slicer.modules.sampleDataSources``."""

    @staticmethod
    def registerCustomSampleDataCategory(category: str, title: str) -> None:
        slicer.modules.sampleDataSourceCategories.setdefault(category, {})["title"] = title

    @staticmethod
    def categoryTitle(category: str) -> str:
        return str(slicer.modules.sampleDataSourceCategories.get(category, {}).get("title", category))

    @staticmethod
    def registerCustomSampleDataSource(
        category: str = "Custom",
        sampleName: str = "",
        customDownloader: Callable[[SampleDataSource], Any] | None = None,
        thumbnailFileName: str | None = None,
        **download: Any,
    ) -> None:
        if download:
            raise TypeError(f"the harness downloads nothing, so it does not take {', '.join(download)}")
        sources = slicer.modules.sampleDataSources.setdefault(category, [])
        source = SampleDataSource(sampleName, customDownloader, thumbnailFileName)
        sources[:] = [kept for kept in sources if kept.sampleName != sampleName] + [source]

    def sourceForSampleName(self, sampleName: str) -> SampleDataSource | None:
        sources = (source for group in slicer.modules.sampleDataSources.values() for source in group)
        return next((source for source in sources if source.sampleName == sampleName), None)

    def downloadFromSource(self, source: SampleDataSource) -> Any:
        if source.customDownloader is None:
            raise RuntimeError(f"sample {source.sampleName} has no customDownloader, and the harness downloads nothing")
        return source.customDownloader(source)

    def downloadSample(self, sampleName: str) -> Any:
        source = self.sourceForSampleName(sampleName)
        if source is None:
            raise ValueError(f"no sample is named {sampleName}")
        return self.downloadFromSource(source)


def downloadSample(sampleName: str) -> Any:
    """Make a sample, as if its picture had been pressed in the Sample Data module."""
    return SampleDataLogic().downloadSample(sampleName)


def register() -> None:
    """Say that the module is there, with no samples yet."""
    slicer.modules.sampleDataSources = {}
    slicer.modules.sampleDataSourceCategories = {}
    slicer.modules.sampledata = SimpleNamespace(name="SampleData")

"""Samples are registered and made as in Slicer's Sample Data module."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def a_sample(an_application: Any) -> Any:
    """A sample without files, which makes itself."""
    import SampleData
    import slicer

    SampleData.SampleDataLogic.registerCustomSampleDataCategory("Neck", title="Necks")
    SampleData.SampleDataLogic.registerCustomSampleDataSource(
        category="Neck",
        sampleName="neck",
        uris=[],
        fileNames=[],
        customDownloader=lambda source: slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", source.sampleName),
    )
    yield SampleData.SampleDataLogic().sourceForSampleName("neck")
    slicer.modules.sampleDataSources.clear()


def test_pressing_the_button_of_a_sample_makes_it(an_application: Any, a_sample: Any) -> None:
    import SampleData
    import slicer

    an_application.pressSample("neck")
    assert slicer.util.getNode("neck").IsA("vtkMRMLTextNode")
    logic = SampleData.SampleDataLogic()
    assert logic.categoryTitle(logic.categoryForSource(a_sample)) == "Necks"
    with pytest.raises(ValueError, match="no sample is named far"):
        an_application.pressSample("far")


def test_downloading_a_sample_passes_its_own_maker_by_as_in_slicer(an_application: Any, a_sample: Any) -> None:
    import SampleData
    import slicer

    assert SampleData.SampleDataLogic().downloadFromSource(a_sample) == []
    assert SampleData.downloadSamples("neck") == []
    with pytest.raises(IndexError):
        SampleData.downloadSample("neck")
    assert slicer.mrmlScene.GetFirstNodeByName("neck") is None


def test_an_unloaded_module_takes_its_samples_along(an_application: Any, an_entry_file: Path) -> None:
    import slicer

    an_application.loadModule(an_entry_file)
    maker = sys.modules["NodeCounter"].NodeCounterLogic
    sys.modules["SampleData"].SampleDataLogic.registerCustomSampleDataSource(
        "Neck", "counted", uris=[], fileNames=[], customDownloader=maker
    )
    an_application.unloadModule("NodeCounter")
    assert slicer.modules.sampleDataSources["Neck"] == []


def test_a_sample_must_say_the_same_number_of_things_of_its_files(an_application: Any) -> None:
    import SampleData

    register = SampleData.SampleDataLogic.registerCustomSampleDataSource
    with pytest.raises(TypeError, match="no len"):
        register(sampleName="without files", customDownloader=print)
    with pytest.raises(ValueError, match="must have the same length"):
        register(sampleName="two", uris=["https://example.org/1", "https://example.org/2"], fileNames=["1.nrrd"])
    far = SampleData.SampleDataSource("far", uris="https://example.org/far.nrrd", fileNames="far.nrrd")
    assert (far.uris, far.loadFileTypes) == (["https://example.org/far.nrrd"], [None])
    with pytest.raises(RuntimeError, match="the harness downloads nothing"):
        SampleData.SampleDataLogic().downloadFromSource(far)


def test_a_sample_is_listed_once_however_often_it_is_registered(an_application: Any, a_sample: Any) -> None:
    import SampleData

    register = SampleData.SampleDataLogic.registerCustomSampleDataSource
    for _ in range(2):
        register("Neck", "far", "https://example.org/far.nrrd", "far.nrrd")
    assert [each.sampleName for each in SampleData.SampleDataLogic.sampleDataSourcesByCategory("Neck")] == [
        "neck",
        "far",
    ]

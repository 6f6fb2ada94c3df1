"""What the section does in the scene with one set of inputs: the live energy, maps, overlay and comparison.

No Qt: the section says what, this does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from iENEGraderLib.scene.compare_views import compare
from iENEGraderLib.scene.slice_background import is_ct
from iENEGraderLib.scene.spectral.live_blend import LiveBlend
from iENEGraderLib.scene.spectral.map_legend import show_legends
from iENEGraderLib.scene.spectral.normal_resolution import simulated_volume
from iENEGraderLib.scene.spectral.overlay import OverlaySetting, hide_overlay, show_overlay
from iENEGraderLib.scene.spectral.spectral_layout import show_comparison, show_in_planes
from iENEGraderLib.scene.spectral.spectral_state import Shown
from iENEGraderLib.scene.spectral.spectral_volumes import SpectralVolumes, is_map, made_maps, map_of
from iENEGraderLib.spectral import MapKind, fat_fraction, iodine, virtual_non_contrast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.scene.spectral.input_choice import InputChoice
    from iENEGraderLib.scene.spectral.spectral_state import OverlayChoice, SpectralState
    from iENEGraderLib.spectral import Blend, SpectralInput

MAP_OF = {
    Shown.IODINE: MapKind.IODINE,
    Shown.FAT: MapKind.FAT_FRACTION,
    Shown.NON_CONTRAST: MapKind.NON_CONTRAST,
}


class SpectralMaps:
    """Maps of checked inputs, in the scene. What the views show stays until one of its functions is called.

    Parameters
    ----------
    choices : volumes of the scene.
    state : energy, materials and calibration to begin with.
    is_restored : whether maps of the scene are of these inputs and this state, as in a scene that was loaded.

    Raises
    ------
    InputError
        When the inputs cannot be used, or do not fit the calibration.
    """

    def __init__(self, choices: Sequence[InputChoice], state: SpectralState, *, is_restored: bool = False) -> None:
        self._checked = SpectralVolumes.of(choices)
        self.inputs = self._checked.calibrated(state.slopes, state.calibration)
        self.materials = state.materials
        self._live = LiveBlend(self.inputs, state.kev, is_noise_reduced=state.noise_reduced)
        found = {kind: map_of(kind) for kind in MAP_OF.values()} if is_restored else {}
        self._maps: dict[MapKind, Any] = {kind: volume for kind, volume in found.items() if volume is not None}
        show_legends(made_maps())

    @property
    def data(self) -> SpectralInput:
        """The inputs; InputError when their volumes have changed."""
        self.inputs.require_current()
        return self.inputs.data

    @property
    def uncalibrated(self) -> SpectralInput:
        """The inputs with values of the table; InputError when their volumes have changed."""
        self.inputs.require_current()
        return self._checked.data

    @property
    def has_inputs(self) -> bool:
        """Tell whether all input volumes still are in the scene."""
        return all(_is_there(each.volume) for each in self.inputs.choices)

    @property
    def volume(self) -> Any:
        """The volume whose energy follows the slider."""
        return self._live.volume

    @property
    def is_seen(self) -> bool:
        """Tell whether a slice view shows an input, the volume of the slider or another map."""
        composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
        shown = {each.GetBackgroundVolumeID() for each in composites}
        inputs = [each.volume for each in self.inputs.choices]
        return any(each.GetID() in shown for each in (*inputs, *made_maps()))

    def set_model(self, state: SpectralState) -> None:
        """Compute the maps that were made, anew, for the materials and the calibrations of a state.

        Raises
        ------
        InputError
            When the inputs do not fit the calibration; everything stays as it was then.
        """
        self.inputs.require_current()
        self.inputs = self._checked.calibrated(state.slopes, state.calibration)
        self.materials = state.materials
        self._live.use(self.inputs)
        for kind, volume in self._maps.items():
            if _is_there(volume):
                self.inputs.fill(volume, self._blend(kind))

    def move(self, kev: float) -> None:
        """Show an energy in what is in sight."""
        self._live_blend(kev).move(kev)

    def settle(self) -> None:
        """Show the energy in the whole volume."""
        if not self._live.is_settled:
            self._live_blend(self._live.kev).settle()

    def reduce_noise(self, *, wanted: bool) -> None:
        """Show the volume of the slider with less noise, for looking, or as it is to be measured."""
        live = self._live_blend(self._live.kev)
        live.is_noise_reduced = wanted
        live.settle()

    def show(self, shown: Shown) -> None:
        """Arrange the views."""
        if shown is Shown.COMPARISON:
            self._compare()
        elif shown is Shown.RESOLUTION:
            self._show_normal_resolution()
        elif shown is Shown.ENERGY:
            show_in_planes(self._live_blend(self._live.kev).volume)
        else:
            volume = self._map(MAP_OF[shown])
            hide_overlay([volume])
            show_in_planes(volume)

    def overlay(self, choice: OverlayChoice) -> int:
        """Lay a map over images in HU, or take it off. Return in how many views it is seen."""
        shown = None if choice.kind is None else self._map(choice.kind)
        hide_overlay([each for each in self._maps.values() if each is not shown and _is_there(each)])
        if shown is None:
            return 0
        volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        of_inputs = [each for each in volumes if is_ct(each) and (is_map(each) or self._is_input(each))]
        grey = [*of_inputs, *(each for each in [self.volume] if _is_there(each) and each not in of_inputs)]
        return show_overlay(shown, OverlaySetting(choice.opacity, choice.threshold), grey)

    def _compare(self) -> None:
        self.inputs.require_current()
        self.settle()
        hide_overlay([each for each in self._maps.values() if _is_there(each)])
        show_comparison(self.inputs, [self._map(kind) for kind in (MapKind.IODINE, MapKind.FAT_FRACTION)])

    def _show_normal_resolution(self) -> None:
        """Show the volume of the slider beside what usual pixels and sections would show of it."""
        self.settle()
        volume = self._live_blend(self._live.kev).volume
        compare([volume, simulated_volume(volume)])

    def _map(self, kind: MapKind) -> Any:
        """Return a map, computed once for these inputs."""
        if not _is_there(self._maps.get(kind)):
            self.inputs.require_current()
            self._maps[kind] = self.inputs.map_volume(self._blend(kind))
        return self._maps[kind]

    def _blend(self, kind: MapKind) -> Blend:
        if kind is MapKind.IODINE:
            return iodine(self.inputs.data, self.materials)
        if kind is MapKind.NON_CONTRAST:
            return virtual_non_contrast(self.inputs.data, materials=self.materials)
        return fat_fraction(self.inputs.data)

    def _live_blend(self, kev: float) -> LiveBlend:
        """Return the blend of the slider, made anew when its volume was removed."""
        self.inputs.require_current()
        if not _is_there(self._live.volume):
            self._live = LiveBlend(self.inputs, kev, is_noise_reduced=self._live.is_noise_reduced)
            show_in_planes(self._live.volume)
        return self._live

    def _is_input(self, volume: Any) -> bool:
        return any(each.volume is volume for each in self.inputs.choices)


def _is_there(volume: Any) -> bool:
    return volume is not None and bool(slicer.mrmlScene.IsNodePresent(volume))

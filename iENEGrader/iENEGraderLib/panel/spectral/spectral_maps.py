"""What the section does in the scene with one set of inputs: the live energy, maps, overlay and comparison.

No Qt: the section says what, this does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from iENEGraderLib.scene.compare_views import compare
from iENEGraderLib.scene.slice_background import is_ct
from iENEGraderLib.scene.spectral.live_blend import LiveBlend
from iENEGraderLib.scene.spectral.normal_resolution import simulated_volume
from iENEGraderLib.scene.spectral.overlay import hide_overlay, show_overlay
from iENEGraderLib.scene.spectral.spectral_layout import show_comparison, show_in_planes
from iENEGraderLib.scene.spectral.spectral_volumes import SpectralVolumes, is_map
from iENEGraderLib.spectral import MapKind, fat_fraction, iodine, virtual_non_contrast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.scene.spectral.input_choice import InputChoice
    from iENEGraderLib.scene.spectral.overlay import OverlaySetting
    from iENEGraderLib.spectral import SpectralInput

MAPS = {
    MapKind.IODINE: iodine,
    MapKind.FAT_FRACTION: fat_fraction,
    MapKind.NON_CONTRAST: virtual_non_contrast,
}


class SpectralMaps:
    """Maps of checked inputs, in the scene.

    Parameters
    ----------
    choices : volumes of the scene.
    kev : energy to begin with.

    Raises
    ------
    InputError
        When the inputs cannot be used.
    """

    def __init__(self, choices: Sequence[InputChoice], kev: float) -> None:
        self.inputs = SpectralVolumes.of(choices)
        self._live = LiveBlend(self.inputs, kev)
        self._maps: dict[MapKind, Any] = {}
        show_in_planes(self._live.volume)

    @property
    def data(self) -> SpectralInput:
        """The inputs; InputError when their volumes have changed."""
        self.inputs.require_current()
        return self.inputs.data

    @property
    def has_inputs(self) -> bool:
        """Tell whether all input volumes still are in the scene."""
        return all(_is_there(each.volume) for each in self.inputs.choices)

    @property
    def volume(self) -> Any:
        """The volume whose energy follows the slider."""
        return self._live.volume

    def move(self, kev: float) -> None:
        """Show an energy in what is in sight."""
        self._live_blend(kev).move(kev)

    def settle(self) -> None:
        """Show the energy in the whole volume."""
        if not self._live.is_settled:
            self._live_blend(self._live.kev).settle()

    def show_energy(self) -> None:
        """Show the volume of the slider in the three planes."""
        show_in_planes(self._live_blend(self._live.kev).volume)

    def show_map(self, kind: MapKind) -> Any:
        """Make a map and show it in the three planes; return it."""
        volume = self._map(kind)
        hide_overlay([volume])
        show_in_planes(volume)
        return volume

    def overlay(self, kind: MapKind | None, setting: OverlaySetting) -> int:
        """Lay a map over images in HU; None takes it off. Return in how many views it is seen."""
        shown = None if kind is None else self._map(kind)
        hide_overlay([each for each in self._maps.values() if each is not shown and _is_there(each)])
        if shown is None:
            return 0
        volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        grey = [each for each in volumes if is_ct(each) and (is_map(each) or self._is_input(each))]
        return show_overlay(shown, setting, grey)

    def compare(self) -> bool:
        """Show energies and maps side by side; return whether there is a conventional CT among them."""
        self.inputs.require_current()
        self.settle()
        hide_overlay([each for each in self._maps.values() if _is_there(each)])
        return show_comparison(self.inputs)[3] is not None

    def show_normal_resolution(self) -> Any:
        """Show the volume of the slider beside what usual pixels and sections would show of it; return that."""
        self.settle()
        volume = self._live_blend(self._live.kev).volume
        simulated = simulated_volume(volume)
        compare([volume, simulated])
        return simulated

    def _map(self, kind: MapKind) -> Any:
        """Return a map, computed once for these inputs."""
        if not _is_there(self._maps.get(kind)):
            self._maps[kind] = self.inputs.map_volume(MAPS[kind](self.data))
        return self._maps[kind]

    def _live_blend(self, kev: float) -> LiveBlend:
        """Return the blend of the slider, made anew when its volume was removed."""
        self.inputs.require_current()
        if not _is_there(self._live.volume):
            self._live = LiveBlend(self.inputs, kev)
            show_in_planes(self._live.volume)
        return self._live

    def _is_input(self, volume: Any) -> bool:
        return any(each.volume is volume for each in self.inputs.choices)


def _is_there(volume: Any) -> bool:
    return volume is not None and bool(slicer.mrmlScene.IsNodePresent(volume))

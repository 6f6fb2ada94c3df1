"""Words on an arterial curve as the panel shows them. No Qt, no Slicer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.map_words import capital

if TYPE_CHECKING:
    from PWIProtocolLib.mapping import Arterial


def quality_words(arterial: Arterial) -> str:
    """Return peak, arrival, width, end and noise in a line."""
    q = arterial.quality
    parts = [
        _("Peak {peak:.1f} mM at {time:.1f} s").format(peak=q.peak_mM, time=q.peak_time_s),
        _("arrival {time:.1f} s").format(time=arterial.arrival_s),
    ]
    if q.fwhm_s is not None:
        parts.append(_("{width:.1f} s wide at half height").format(width=q.fwhm_s))
    if arterial.sampled_s is not None:
        parts.append(_("{count} samples above half").format(count=q.samples_above_half))
    parts.append(_("{tail:.2f} mM at the end").format(tail=q.tail_mM))
    if q.baseline_sd_share is not None and arterial.sampled_s is not None:
        parts.append(_("noise before arrival {share:.1%} of the peak").format(share=q.baseline_sd_share))
    return ", ".join(parts) + "."


def arterial_lines(arterial: Arterial) -> tuple[str, ...]:
    """Return where a curve comes from, what was changed, how good it is, and what to mind."""
    changes = "; ".join(arterial.changes)
    told = [_("Changed: {changes}.").format(changes=changes)] if changes else []
    words = capital(arterial.words.removesuffix(f"; {changes}"))
    return (f"{words}.", *told, quality_words(arterial), *(f"{capital(each)}." for each in arterial.cautions))

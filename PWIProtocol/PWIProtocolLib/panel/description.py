"""What the module is for, as the panel says it. Recommendations are restated from Romeo et al. 2022, Table 2."""

from __future__ import annotations

from dataclasses import dataclass

DOCUMENTATION = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes/blob/main/Docs/PWIProtocol.md"
SOURCE = "Romeo V et al. Insights into Imaging 2022;13:198"
SOURCE_URL = "https://doi.org/10.1186/s13244-022-01317-1"
THIS_VERSION = "Version 0.1 contains this description only: it checks no study and computes no map."
NOT_FOR_STAGING = (
    "Perfusion results are not recommended for N staging: the expert panel saw no proof of a clear benefit over PET/CT "
    "or ultrasound-guided fine-needle aspiration. The iENE Grader does not use them."
)
RESEARCH_USE = "Research and teaching use, not a medical device."


@dataclass(frozen=True)
class Recommendation:
    """One thing that a protocol should have."""

    topic: str
    text: str


RECOMMENDATIONS = (
    Recommendation("Type", "dynamic contrast-enhanced (DCE), 3D spoiled gradient echo, T1-weighted"),
    Recommendation("Field, coil", "1.5 or 3 T; head and neck or neurovascular coil; axial"),
    Recommendation("Section", "4 mm at most, 3 mm advised; no gap"),
    Recommendation("Pixel", "2 × 2 mm at most; fat suppression"),
    Recommendation(
        "T1 map", "before contrast medium, geometry of the DCE series, 3 or more flip angles from 5° to 30°"
    ),
    Recommendation("Time", "5 s per frame at most; 5 frames before contrast medium; 5 min in all at least"),
    Recommendation("Injection", "gadolinium-based, 2 mL/s or faster, then 20 mL saline or more"),
    Recommendation("Arterial input", "in a carotid artery of the patient; a population average may be considered"),
)
MAPS = (
    Recommendation("T1", "from the series with several flip angles"),
    Recommendation("Extended Tofts", "Ktrans, ve, vp and kep"),
    Recommendation("Two compartments", "plasma flow and exchange between plasma and tissue"),
)
ANSWERS = "Each answer is to be met, not met or cannot be told, with the header field it rests on."


def description_html() -> str:
    """Return the description as rich text."""
    return (
        f"<p><b>{THIS_VERSION}</b></p>"
        "<p>The module is made for two tasks.</p>"
        "<p><b>1. Check a perfusion study against the published recommendations</b> "
        f'(<a href="{SOURCE_URL}">{SOURCE}</a>). {ANSWERS}</p>{_table(RECOMMENDATIONS)}'
        "<p><b>2. Compute maps</b>, each with the quality of its fit:</p>"
        f"{_table(MAPS)}"
        f"<p><b>What it is not for.</b> {NOT_FOR_STAGING}</p>"
        f'<p>More in the <a href="{DOCUMENTATION}">documentation</a>.</p>'
    )


def _table(rows: tuple[Recommendation, ...]) -> str:
    lines = "".join(f"<tr><td><i>{row.topic}</i>&nbsp;&nbsp;</td><td>{row.text}</td></tr>" for row in rows)
    return f'<table cellspacing="3">{lines}</table>'

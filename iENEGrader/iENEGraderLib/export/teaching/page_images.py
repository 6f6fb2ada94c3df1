"""The pictures of the page: stacks to scroll, key images to look at with and without drawings, panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.html.markup import Markup, anchor, tag

from iENEGraderLib.export.teaching.key_images import annotated_svg
from iENEGraderLib.export.teaching.page_parts import data_block, picture_tag, section

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iENEGraderLib.export.teaching.content import KeyImage, Panel, SectionStack, WindowPreset

HOW_TO_SCROLL = (
    "Drag sideways over the image or use the slider; turn the wheel over it; or use the arrow keys (Page up and Page "
    "down: five sections) when the image has the focus."
)


def stacks_section(stacks: Sequence[SectionStack]) -> Markup:
    """Return the stacks and their data; nothing when there are none."""
    if not stacks:
        return Markup("")
    return section(
        "Sections",
        "sections",
        tag("p", HOW_TO_SCROLL, class_="aside how"),
        tag("div", *(_stack(stack, n) for n, stack in enumerate(stacks)), class_="stacks"),
        data_block("stack-data", [_stack_data(stack) for stack in stacks]),
    )


def images_section(images: Sequence[KeyImage]) -> Markup:
    """Return the key images; nothing when there are none."""
    if not images:
        return Markup("")
    toggle = tag("button", "Annotations", type="button", id="annotations", aria_pressed="true")
    hint = "Switches the outlines of nodes, arteries and veins on all key images and maps; also with the key A."
    node_ids = dict.fromkeys(each.node_id for each in images)
    return section(
        "Key images",
        "images",
        tag("p", toggle, " ", tag("span", hint), class_="aside how"),
        *(_node(node_id, [each for each in images if each.node_id == node_id]) for node_id in node_ids),
    )


def panels_section(title: str, key: str, panels: Sequence[Panel]) -> Markup:
    """Return pictures with their captions; nothing when there are none."""
    if not panels:
        return Markup("")
    node_ids = dict.fromkeys(each.node_id for each in panels)
    return section(title, key, *(_row(_panel(each) for each in panels if each.node_id == one) for one in node_ids))


def _row(figures: Iterable[Markup]) -> Markup:
    return tag("div", *figures, class_="key-images")


def _node(node_id: str, images: Sequence[KeyImage]) -> Markup:
    to_quiz = tag("a", f"grade {node_id}", href=f"#{anchor('grade', node_id)}", class_="jump")
    figures = _row(_key_image(image) for image in images)
    return tag("div", figures, tag("p", to_quiz, class_="jumps"), class_="node-images", id=anchor("images", node_id))


def _panel(panel: Panel) -> Markup:
    picture = picture_tag(panel.picture, f"{panel.title}: {panel.caption}")
    if panel.overlay is not None:
        picture = _drawn_over(picture, annotated_svg(panel.picture, panel.overlay))
    return tag("figure", picture, tag("figcaption", tag("strong", panel.title), " ", panel.caption))


def _key_image(image: KeyImage) -> Markup:
    caption = [tag("strong", image.title), " ", image.caption, _answer(image.answer) if image.answer else ""]
    clean = picture_tag(image.clean, f"{image.title}. {image.caption}")
    picture = _drawn_over(clean, annotated_svg(image.clean, image.overlay))
    return tag("figure", picture, tag("figcaption", *caption), class_="key-image")


def _drawn_over(picture: Markup, drawing: Markup) -> Markup:
    return tag("div", picture, tag("div", drawing, class_="overlay"), class_="picture")


def _answer(words: str) -> Markup:
    return tag("span", tag("strong", "Marked:"), f" {words}.", class_="answer-words")


def _stack(stack: SectionStack, number: int) -> Markup:
    size = stack.sections[0].picture
    left, right, top, bottom = stack.letters
    letters = [
        tag("span", letter, class_=f"side {edge}")
        for edge, letter in (("left", left), ("right", right), ("top", top), ("bottom", bottom))
    ]
    # Twice the pixels of the sections, so that outlines are fine.
    canvas = tag("canvas", width=str(2 * size.width), height=str(2 * size.height), aria_hidden="true")
    view = tag(
        "div",
        canvas,
        *letters,
        class_="view",
        tabindex="0",
        role="slider",
        aria_label=stack.title,
        aria_valuemin="1",
        aria_valuemax=str(len(stack.sections)),
        aria_valuenow=str(stack.start + 1),
    )
    return tag("figure", view, _controls(stack, number), class_="stack", data_stack=str(number))


def _controls(stack: SectionStack, number: int) -> Markup:
    slider = tag(
        "input",
        type="range",
        min="1",
        max=str(len(stack.sections)),
        value=str(stack.start + 1),
        id=f"section-{number}",
        class_="section",
    )
    outlines = tag("label", tag("input", type="checkbox", class_="outlines", checked=True), " node outlines")
    label = tag("label", tag("strong", stack.title), " ", tag("output", "", class_="place"), for_=f"section-{number}")
    choices = tag("span", _windows(stack.presets), outlines, class_="choices")
    return tag("figcaption", label, slider, _jumps(stack), choices)


def _jumps(stack: SectionStack) -> Markup:
    """Return a button for each node that shows the section in which it is largest."""
    buttons = [
        tag("button", name, type="button", data_section=str(number + 1), aria_label=f"{name} in the {stack.title}")
        for name, number in stack.largest.items()
    ]
    return tag("span", "Go to ", *buttons, class_="jumps") if buttons else Markup("")


def _windows(presets: Sequence[WindowPreset]) -> Markup:
    if not presets:
        return Markup("")
    options = [
        tag("option", f"{each.name} (W {each.width:.0f} L {each.level:.0f})", value=str(n))
        for n, each in enumerate(presets)
    ]
    return tag("label", "Window ", tag("select", *options, class_="window"))


def _stack_data(stack: SectionStack) -> dict[str, Any]:
    span = stack.highest - stack.lowest
    return {
        "title": stack.title,
        "start": stack.start,
        # From grey 0 to 255 of the pictures: what becomes black and what white.
        "windows": [
            [
                round(255 * (each.level - each.width / 2 - stack.lowest) / span, 2),
                round(255 * (each.level + each.width / 2 - stack.lowest) / span, 2),
            ]
            for each in stack.presets
        ],
        "sections": [
            {
                "place": each.place,
                "picture": each.picture.data_uri,
                "outlines": [[line.name, line.colour, line.path] for line in each.outlines],
            }
            for each in stack.sections
        ],
    }

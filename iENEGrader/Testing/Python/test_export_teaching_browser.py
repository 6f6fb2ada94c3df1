"""The teaching page used as a reader uses it: wheel, keys, finger, quiz, dark, on a phone, and without network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from iENEGraderLib.export.teaching.page import teaching_page
from teaching_browser import DESKTOP, PHONE, a_browser
from teaching_builders import a_map_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from teaching_browser import Browser


@pytest.fixture(scope="module")
def the_browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def the_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    page: Path = tmp_path_factory.mktemp("page") / "index.html"
    page.write_text(teaching_page(a_map_case()), encoding="utf-8")
    return page.as_uri()


@pytest.fixture
def the_page(the_browser: Browser, the_address: str) -> Browser:
    the_browser.open(the_address, DESKTOP)
    return the_browser


@pytest.fixture
def the_phone(the_browser: Browser, the_address: str) -> Browser:
    the_browser.open(the_address, PHONE)
    return the_browser


def section_of(page: Browser) -> int:
    """Number of the axial section that is shown."""
    return int(page.run("document.querySelector('.place').textContent.split(' ')[1]"))


def is_seen(page: Browser, selector: str) -> bool:
    hides = "for (; e; e = e.parentElement) if (getComputedStyle(e).display === 'none') return false;"
    return bool(page.run(f"((e) => {{ {hides} return true; }})(document.querySelector({selector!r}))"))


def mean_of(page: Browser, selector: str) -> float:
    """Mean brightness of the pixels of a canvas, 0 to 255."""
    script = (
        f"(() => {{ const c = document.querySelector({selector!r}); const d = document.createElement('canvas');"
        "[d.width, d.height] = [c.width, c.height]; const t = d.getContext('2d'); t.drawImage(c, 0, 0);"
        "const p = t.getImageData(0, 0, d.width, d.height).data; let s = 0;"
        "for (let n = 0; n < p.length; n += 4) s += p[n] + p[n + 1] + p[n + 2]; return s / (p.length * 0.75); })()"
    )
    return float(page.run(script))


def test_the_page_asks_for_nothing_and_its_script_does_not_complain(the_page: Browser, the_address: str) -> None:
    the_page.click("button[type=submit]")
    assert set(the_page.requests) == {the_address}
    assert the_page.complaints == []


def test_the_wheel_scrolls_the_sections_and_the_page_stays(the_page: Browser) -> None:
    the_page.middle_of(".stack .view")
    before, height = section_of(the_page), the_page.run("scrollY")
    the_page.wheel(".stack .view", 3)
    assert section_of(the_page) == before + 3
    the_page.wheel(".stack .view", -1)
    assert section_of(the_page) == before + 2
    assert the_page.run("scrollY") == height


def test_at_the_last_section_the_wheel_scrolls_the_page(the_page: Browser) -> None:
    the_page.click(".stack .view")
    the_page.press("End")
    height = the_page.run("scrollY")
    the_page.wheel(".stack .view", 2)
    the_page.run("new Promise((done) => setTimeout(done, 300))")
    assert the_page.run("scrollY") > height


def test_keys_step_through_the_sections(the_page: Browser) -> None:
    the_page.click(".stack .view")
    begin = section_of(the_page)
    for key, expected in (("ArrowDown", begin + 1), ("ArrowLeft", begin), ("Home", 1), ("ArrowUp", 1)):
        the_page.press(key)
        assert section_of(the_page) == expected, key
    the_page.press("End")
    assert section_of(the_page) == int(the_page.run("document.querySelector('.stack .section').max"))


def test_dragging_sideways_scrolls_the_sections(the_page: Browser) -> None:
    begin = section_of(the_page)
    the_page.drag(".stack .view", 60)
    assert section_of(the_page) == begin + 10


def test_a_button_goes_to_the_section_of_a_node(the_page: Browser) -> None:
    the_page.click(".stack .view")
    the_page.press("Home")
    the_page.click(".stack [data-section]")
    wanted = the_page.run("Number(document.querySelector('.stack [data-section]').dataset.section)")
    assert section_of(the_page) == wanted > 1


def test_another_window_changes_the_image(the_page: Browser) -> None:
    before = mean_of(the_page, ".stack canvas")
    the_page.run(
        "(() => { const w = document.querySelector('.window'); w.value = 3; w.dispatchEvent(new Event('change')); })()"
    )
    assert abs(mean_of(the_page, ".stack canvas") - before) > 3


def test_outlines_are_switched_on_the_stack_and_on_the_key_images(the_page: Browser) -> None:
    before = mean_of(the_page, ".stack canvas")
    the_page.click(".stack .outlines")
    assert mean_of(the_page, ".stack canvas") != before

    assert is_seen(the_page, ".overlay .places")
    the_page.press("a")
    assert not is_seen(the_page, ".overlay .places")
    assert is_seen(the_page, ".overlay .frame")
    the_page.click("#annotations")
    assert is_seen(the_page, ".overlay .places")


def test_surfaces_turn_and_say_from_where_they_are_seen(the_page: Browser) -> None:
    def letters() -> str:
        return the_page.run("[...document.querySelectorAll('.scene .side')].map((e) => e.textContent).join(' ')")

    assert letters() == "R L S I"
    front = mean_of(the_page, "#surface-view")
    the_page.drag("#surface-view", 196)
    assert letters() == "P A S I"
    assert the_page.run("document.getElementById('seen-from').textContent") == "Seen from the right."
    assert mean_of(the_page, "#surface-view") != front
    for view, expected in (("left", "A P S I"), ("right", "P A S I"), ("behind", "L R S I"), ("front", "R L S I")):
        the_page.click(f"[data-view={view}]")
        assert letters() == expected
    the_page.click("[data-mesh]")
    assert mean_of(the_page, "#surface-view") < front


def test_the_quiz_gives_nothing_away_and_then_tells_everything(the_page: Browser) -> None:
    for hidden in ("#answers", ".overlay .evidence-marks", ".answer-words"):
        assert not is_seen(the_page, hidden), hidden
    for control in ("input[name=g1][value='1']", "input[name='f1.fat_spikes']", "input[name=q1][value='2']"):
        the_page.click(control)
    the_page.click("button[type=submit]")

    for shown in ("#answers", ".overlay .evidence-marks", ".answer-words"):
        assert is_seen(the_page, shown), shown
    assert the_page.run("document.getElementById('score').textContent").startswith("You agree in 1 of 2 answers")
    assert the_page.run("location.hash") == "#reveal&f1.fat_spikes=on&g1=1&q1=2"
    # The reader is taken to the answers, with the eyes and with the keyboard.
    assert the_page.run("document.activeElement.getAttribute('aria-labelledby')") == "answer"
    assert 0 <= the_page.run("document.getElementById('answer').getBoundingClientRect().top") < DESKTOP.height

    the_page.click("button[type=reset]")
    assert not is_seen(the_page, "#answers")


def test_links_lead_from_the_questions_to_the_images_and_back(the_page: Browser) -> None:
    the_page.click("#quiz-form a.jump")
    images = the_page.run("document.activeElement.id")
    assert images.startswith("images-")
    the_page.click(f"#{images} a.jump")
    assert the_page.run("document.activeElement.id") == images.replace("images-", "grade-")
    assert the_page.run("location.hash") == ""


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_the_ground_follows_the_system(the_page: Browser, is_dark: bool) -> None:
    the_page.show_on(replace(DESKTOP, is_dark=is_dark))
    the_page.run("scrollTo(0, 0)")
    the_page.settle()
    pixels = cv2.imdecode(np.frombuffer(the_page.picture(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert (float(np.median(pixels)) < 60) is is_dark


def test_nothing_is_wider_than_a_phone(the_phone: Browser) -> None:
    the_phone.click("button[type=submit]")
    assert the_phone.run("document.documentElement.scrollWidth") == PHONE.width
    parts = "[...document.querySelectorAll('button, select, input, .card, article')]"
    beyond = "(e) => e.getBoundingClientRect().right > innerWidth + 1"
    assert the_phone.run(f"{parts}.filter({beyond}).length") == 0


def test_a_finger_scrolls_sections_sideways_and_the_page_upward(the_phone: Browser) -> None:
    begin = section_of(the_phone)
    the_phone.swipe(".stack .view", 60)
    assert section_of(the_phone) == begin + 10
    height = the_phone.run("scrollY")
    the_phone.swipe(".stack .view", 0, -120)
    assert section_of(the_phone) == begin + 10
    assert the_phone.run("scrollY") > height


def test_a_finger_turns_the_surfaces(the_phone: Browser) -> None:
    the_phone.swipe("#surface-view", 180)
    assert the_phone.run("document.getElementById('seen-from').textContent") == "Seen from the right."


def test_paper_shows_nothing_to_click_and_no_word_of_it(the_page: Browser) -> None:
    seen = "[...document.querySelectorAll('button, input, select, form, .how')].filter(each => each.checkVisibility())"
    assert the_page.run(f"{seen}.length") > 0
    the_page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert the_page.run(f"{seen}.map(each => each.outerHTML.slice(0, 80))") == []
    finally:
        the_page.call("Emulation.setEmulatedMedia", media="")

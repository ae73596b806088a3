"""The paths that a reader takes through the board."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 360, "height": 740}}
DARK = {"color_scheme": "dark"}


def main_link(page: Page, folder: str) -> str:
    """The first link of a page's content into a folder."""
    address = page.locator(f"main a[href^='{folder}']").first.get_attribute("href")
    assert address is not None
    return address


def every_page(visit: Visit) -> list[str]:
    """One address of each kind of page, found by its links."""
    front = visit.open("/")
    found = ["/", *(main_link(front, folder) for folder in ("/teams/", "/customers/", "/goals/", "/commitments/"))]
    delivery = main_link(visit.open("/deliveries"), "/deliveries/")
    at_risk = main_link(visit.open("/commitments?state=at_risk"), "/commitments/")
    asked = next(path for path in found if path.startswith("/teams/")) + "?days=20&confidence=0.7"
    return [*found, asked, at_risk, "/commitments", "/commitments?state=overdue&q=e", "/deliveries", delivery]


def test_from_the_front_page_to_the_history_of_an_overdue_promise(visit: Visit) -> None:
    page = visit.open("/")
    expect(page.locator("h1")).to_contain_text("of 100")
    teams = page.locator("table").filter(has=page.locator("caption", has_text="each team"))
    worst = teams.locator("tbody tr").first.locator("th a")
    team = worst.inner_text()
    worst.click()
    expect(page.locator("h1")).to_contain_text(team)

    customers = page.locator("section").filter(has=page.locator("h2", has_text="By customer"))
    customer = customers.locator("tbody tr").first.locator("th a")
    name = customer.inner_text()
    customer.click()
    expect(page.locator("h1")).to_contain_text(name)

    page.get_by_role("link", name="Organisation").click()
    page.get_by_role("link", name="All overdue").click()
    expect(page.get_by_label("State")).to_have_value("overdue")
    promise = page.locator("tbody tr").first.locator("th a")
    title = promise.inner_text()
    promise.click()
    expect(page.locator("h1")).to_contain_text(title)
    expect(page.locator("h1 b")).to_have_text("overdue")
    expect(page.locator(".life svg[role=img]")).to_be_visible()
    expect(page.locator("table.history tbody tr").first).to_contain_text("Promised")


def test_a_promise_is_found_by_a_word_of_its_title(visit: Visit) -> None:
    page = visit.open("/commitments")
    title = page.locator("tbody th a").first.inner_text()
    page.get_by_label("In the title or id").fill(title)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody th a").first).to_have_text(title)


def test_the_list_goes_on_to_other_promises(visit: Visit) -> None:
    page = visit.open("/commitments")
    first = page.locator("tbody th a").first.get_attribute("href")
    page.get_by_role("link", name="More promises").click()
    assert page.locator("tbody th a").first.get_attribute("href") != first
    page.get_by_role("link", name="First page").click()
    assert page.locator("tbody th a").first.get_attribute("href") == first


def test_what_came_in_leads_to_the_promises_it_was_about(visit: Visit) -> None:
    page = visit.open("/deliveries")
    page.locator("tbody tr").filter(has_text="Became").first.locator("th a").click()
    page.locator("tbody th a").first.click()
    expect(page.locator("h2", has_text="History")).to_be_visible()


def test_the_board_looks_back_to_a_day_and_stays_there(visit: Visit) -> None:
    page = visit.open("/")
    day = (datetime.now(UTC) - timedelta(days=90)).date().isoformat()
    page.get_by_label("As of").fill(day)
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".banner", has_text="As it stood on")).to_be_visible()
    page.locator("main tbody th a").first.click()
    expect(page).to_have_url(re.compile(f"at={day}"))
    expect(page.locator(".banner", has_text="As it stood on")).to_be_visible()
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator(".banner", has_text="As it stood on")).to_have_count(0)


def test_the_first_tab_stop_skips_to_the_content(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("visit", [PHONE, PHONE | DARK], indirect=True, ids=["light", "dark"])
def test_no_page_scrolls_sideways_on_a_phone(visit: Visit) -> None:
    for path in every_page(visit):
        page = visit.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


@pytest.mark.parametrize(("visit", "dark"), [({}, False), (DARK, True)], indirect=["visit"], ids=["light", "dark"])
def test_each_page_follows_the_colour_scheme_of_the_reader(visit: Visit, dark: bool) -> None:
    for path in every_page(visit):
        page = visit.open(path)
        ground, ink = page.evaluate("(style => [style.backgroundColor, style.color])(getComputedStyle(document.body))")
        assert (lightness(ground) < lightness(ink)) is dark, path


def test_the_text_of_each_page_stands_out_from_its_ground_in_both_schemes(visit: Visit) -> None:
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        for path in every_page(visit):
            page = visit.open(path)
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            for colour in page.evaluate("[...document.querySelectorAll('main *:not(.btn)')].map(one => getComputedStyle(one).color)"):
                assert contrast(colour, ground) >= 4.5, path
            buttons = "[...document.querySelectorAll('main .btn')].map(one => getComputedStyle(one))"
            for ink, own in page.evaluate(f"{buttons}.map(style => [style.color, style.backgroundColor])"):
                assert contrast(ink, own) >= 4.5, path


def test_the_security_policy_allows_no_script_and_no_inline_style(visit: Visit, base_url: str) -> None:
    for path in every_page(visit):
        answer = visit.page.goto(base_url + path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "default-src" in policy
        assert "unsafe-inline" not in policy


def channels(colour: str) -> list[float]:
    return [float(number) / 255 for number in re.findall(r"[\d.]+", colour)[:3]]


def lightness(colour: str) -> float:
    """Relative luminance, WCAG 2."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2."""
    high, low = sorted((lightness(one), lightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)

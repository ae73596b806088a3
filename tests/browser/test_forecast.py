"""The paths of a reader who wants to know what slips next, why, and what a team may promise."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WITHOUT_SCRIPT = {"java_script_enabled": False}
STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T")


def section(heading: str) -> str:
    """The selector of the section with a heading."""
    return f"section:has(> h2:text-is('{heading}'))"


def most_endangered(visit: Visit) -> str:
    """The title of what is likeliest to slip, whose page is open now."""
    page = visit.open("/")
    promise = page.locator(section("Slips next")).locator("li a").first
    title = promise.inner_text()
    promise.click()
    return title


def test_what_slips_next_leads_to_why_its_chance_is_what_it_is(visit: Visit) -> None:
    title, page = most_endangered(visit), visit.page
    expect(page.locator("h1")).to_contain_text(title)
    expect(page.locator("h1 b")).to_have_text("at risk")
    forecast = page.locator(section("Will it be on time?"))
    expect(forecast).to_contain_text(re.compile(r"\d+ in 100, at risk"))
    expect(forecast).to_contain_text(re.compile(r"[\d.]+ were in time|took longer than this"))
    expect(forecast).to_contain_text("organisation's average")
    expect(forecast).not_to_contain_text(STAMP)


def test_the_most_endangered_is_first_on_the_front_page_in_its_list_and_with_its_team(visit: Visit) -> None:
    title, page = most_endangered(visit), visit.page
    team = page.locator(".kicker a").first
    team.click()
    risky = page.locator(section("Open promises")).locator("tbody tr").filter(has_text="at risk")
    expect(risky.first).to_contain_text(title)
    visit.open("/").get_by_role("link", name="All at risk").click()
    expect(page.get_by_label("State")).to_have_value("at_risk")
    expect(page.locator("select[name=order]")).to_have_value("chance")
    expect(page.locator("tbody th a").first).to_have_text(title)
    said = page.locator("tbody tr td:last-child small").all_inner_texts()
    chances = [int(each.split()[0]) for each in said]
    assert chances == sorted(chances)


def test_the_number_at_risk_of_a_team_leads_to_as_many_promises(visit: Visit) -> None:
    page = visit.open("/")
    number = page.locator("td[data-h='At risk'] a").first
    count = int(number.inner_text())
    number.click()
    expect(page.locator("table.promises tbody tr")).to_have_count(count)


@pytest.mark.parametrize("visit", [{}, WITHOUT_SCRIPT], indirect=True, ids=["with scripts", "without"])
def test_a_team_is_asked_what_it_may_promise_in_a_form_that_needs_no_script(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("section:has(> #teams) tbody th a").first.click()
    page.get_by_label("It would promise, in days").fill("20")
    page.get_by_label("Of such promises are to hold").select_option("0.7")
    page.get_by_role("button", name="Ask").click()
    expect(page).to_have_url(re.compile(r"days=20&confidence=0\.7#advice$"))
    answer = page.locator(".answer")
    expect(answer).to_be_in_viewport()
    expect(answer).to_contain_text(re.compile(r"Promise \d+ \w+.*\. Of about [\d.]+ fresh promises, [\d.]+ took up to [\d.]+ times"))
    expect(page.get_by_label("It would promise, in days")).to_have_value("20")
    expect(page.get_by_label("Of such promises are to hold")).to_have_value("0.7")


def test_the_form_does_not_send_what_is_no_number_of_days(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("section:has(> #teams) tbody th a").first.click()
    before = page.url
    for wrong in ("0", "-1", "1000000", ""):
        page.get_by_label("It would promise, in days").fill(wrong)
        page.get_by_role("button", name="Ask").click()
        assert page.url == before
        assert page.locator("input[name=days]:invalid").count() == 1

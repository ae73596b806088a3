import re
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.unit.board.documents import NOW, FakeReading, at, commitment, overdue, points, summary, unjudged
from troth.gateway.board import board_router

PAGES = ["/", "/teams/Payments", "/customers/Sales", "/goals/Open%20the%20Nordic%20market", "/commitments", "/commitments/nordic-cards"]
PAGES += ["/commitments/receipts", "/deliveries", "/deliveries/d1", "/teams/Nobody", "/?at=2026-03-31", "/?at=nonsense"]
HOSTILE = '<script>alert("x")</script>'


def client(reading: FakeReading | None = None, **options: Any) -> TestClient:
    app = FastAPI()
    app.include_router(board_router(reading or FakeReading(), 0.8, lambda: NOW, **options))
    return TestClient(app, raise_server_exceptions=True)


def text_of(html: str) -> str:
    """A page's words, without its markup and the text of its charts."""
    body = re.sub(r"<title>.*?</title>", "", html.partition("<main")[2], flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", body))


class Markup(HTMLParser):
    """What a page is made of: its elements with their attributes, and ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_nothing_that_the_content_security_policy_forbids(path: str) -> None:
    for tag, attributes in Markup(client().get(path).text).elements:
        assert tag not in ("script", "style", "iframe", "object", "embed")
        assert not any(name == "style" or name.startswith("on") for name in attributes)
        if tag in ("link", "img", "form"):
            assert (attributes.get("href") or attributes.get("action") or "").startswith("/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_by_a_screen_reader(path: str) -> None:
    elements = Markup(client().get(path).text).elements
    tags = [tag for tag, _ in elements]
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert tags.count("h1") == tags.count("main") == 1
    assert len(ids) == len(set(ids))
    for position, (tag, attributes) in enumerate(elements):
        assert attributes.get("aria-labelledby", ids[0]) in ids
        if attributes.get("role") == "img":
            assert elements[position + 1][0] == "title"
        if tag == "table":
            assert elements[position + 1][0] == "caption"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_never_kept_by_a_cache_and_answers_head(path: str) -> None:
    board = client()
    assert board.get(path).headers["cache-control"] == "no-store"
    assert board.head(path).status_code == board.get(path).status_code


def test_the_front_page_says_how_it_stands_and_what_is_next() -> None:
    text = text_of(client().get("/").text)
    assert "The teams keep about 79 of 100 promises; it is open whether they reach the target of 80." in text
    assert "One promise is overdue" in text
    assert "Receipts in four languages" in text
    assert "Receipts went past its date" in text


def test_an_empty_ledger_is_met_with_the_first_thing_to_do() -> None:
    html = client(FakeReading(teams=[])).get("/").text
    assert "curl http://testserver/v1/events" in html
    assert "2026-12-07" in html


def test_a_team_without_enough_promises_has_no_figure_and_no_colour() -> None:
    html = client(FakeReading(teams=[unjudged()])).get("/").text
    row = html[html.index("/teams/Payments") :].partition("</tr>")[0]
    assert "no figure" in row
    assert 'class="unsure"' in row


def test_a_team_below_the_target_even_at_best_is_red_and_says_so_in_words() -> None:
    html = client(FakeReading(teams=[summary(low=0.3, high=0.6, reliability=0.45)])).get("/").text
    row = html[html.index("/teams/Payments") :].partition("</tr>")[0]
    assert 'class="below"' in row
    assert "Below the target even at best" in row


def test_beside_a_young_score_it_says_that_it_flatters() -> None:
    reading = FakeReading()
    assert "its score flatters" not in client(reading).get("/teams/Payments").text
    reading.trend = points([(0.5, 0.0)] * 300 + [(0.9, 5.0)] * 20)
    assert "its score flatters" in client(reading).get("/teams/Payments").text


@pytest.mark.parametrize("name", ["a/b", "/lead", "a//b", "..", ".", "x/../y", "50% & more?", "#", HOSTILE, "🚀 فريق", "'\""])
def test_a_team_is_found_by_the_link_that_leads_to_it_whatever_its_name(name: str) -> None:
    board = client(FakeReading(teams=[summary(team=name)]))
    links = [attributes["href"] for tag, attributes in Markup(board.get("/").text).elements if tag == "a"]
    address = next(link for link in links if link and link.startswith("/teams/"))
    page = board.get(address)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "keeps about 79 of 100 promises" in text_of(page.text)


def test_what_a_sender_wrote_is_shown_as_text() -> None:
    hostile = commitment(title=HOSTILE, conditions=HOSTILE, customer=HOSTILE, goal=HOSTILE, url="javascript:alert(1)")
    html = client(FakeReading(promises=[hostile])).get("/commitments/nordic-cards").text
    assert "<script" not in html
    assert "javascript:" not in html
    assert "&lt;script&gt;" in html


def test_a_promise_shows_its_verdicts_terms_and_history() -> None:
    text = text_of(client().get("/commitments/nordic-cards").text)
    assert "Card payments in Norway: kept, delivered 1 day before the date." in text
    assert "moved to 9 Oct" in text
    assert "The rule: Delivered on 8 Oct, by its date 9 Oct." in text
    assert "15,000 EUR more" in text
    assert "3,600 EUR under" in text
    assert "History, not in force: the customer refused." in text
    assert "late news: recorded 5 Aug" in text


def test_a_page_of_the_past_leads_on_to_pages_of_that_past_and_leaves_out_what_is_known_of_now_only() -> None:
    html = client().get("/?at=2026-03-31").text
    assert "As it stood on Tuesday 31 March 2026" in html
    assert "/teams/Payments?at=2026-03-31" in html
    assert "Overdue, and due next" not in html


def test_today_is_now_and_tomorrow_is_refused() -> None:
    board = client()
    assert "As it stood" not in board.get("/?at=2026-11-23").text
    refused = board.get("/?at=2026-11-24")
    assert refused.status_code == 422
    assert "is in the future" in refused.text


def test_an_unknown_team_is_answered_with_the_name_that_may_be_meant() -> None:
    page = client().get("/teams/Payment")
    assert page.status_code == 404
    assert 'href="/teams/Payments"' in page.text


@pytest.mark.parametrize("path", ["/commitments/none", "/deliveries/none", "/goals/none", "/customers/none"])
def test_what_is_not_there_is_a_404_with_a_way_on(path: str) -> None:
    page = client().get(path)
    assert page.status_code == 404
    assert 'href="/commitments"' in page.text


@pytest.mark.parametrize("query", ["state=odd", "order=odd", "cursor=forged"])
def test_a_list_that_cannot_be_is_refused_on_a_page(query: str) -> None:
    page = client().get(f"/commitments?{query}")
    assert page.status_code == 422
    assert "does not exist" in page.text


def test_a_list_is_filtered_and_its_next_page_keeps_the_filter() -> None:
    reading = FakeReading()
    html = client(reading).get("/commitments?team=A+%26+B&q=norway").text
    asked = reading.asked[-1]
    assert (asked["team"], asked["q"], asked["customer"], asked["order"]) == ("A & B", "norway", None, "id")
    assert "<option selected>A &amp; B</option>" in html
    following = next(attributes["href"] for _, attributes in Markup(html).elements if attributes.get("rel") == "next")
    assert following == "/commitments?team=A+%26+B&q=norway&order=id&cursor=more%2F2"


def test_what_came_in_is_filtered_by_source_and_result_and_leads_to_the_promises() -> None:
    reading = FakeReading()
    html = client(reading).get("/deliveries?source=github&result=empty").text
    assert {key: reading.asked[-1][key] for key in ("source", "result", "cursor")} == {
        "source": "github",
        "result": "empty",
        "cursor": None,
    }
    assert "<option selected>github</option>" in html
    assert '<option value="empty" selected>' in html
    links = [attributes["href"] for tag, attributes in Markup(html).elements if tag == "a"]
    assert "/commitments/nordic-cards" in links
    assert "/deliveries?source=github&result=empty&cursor=00-00000000-0" in links


@pytest.mark.parametrize("query", ["result=odd", "cursor=forged"])
def test_a_list_of_what_came_in_that_cannot_be_is_refused_on_a_page(query: str) -> None:
    page = client().get(f"/deliveries?{query}")
    assert page.status_code == 422
    assert "does not exist" in page.text


def test_a_delivery_that_was_mapped_again_leads_to_that() -> None:
    html = client().get("/deliveries/d1").text
    assert 'href="/deliveries/d2"' in html
    assert 'href="/deliveries?source=github"' in html
    assert "Promised" in text_of(html)


def test_open_promises_are_asked_for_by_due_date_and_only_where_there_are_any() -> None:
    reading = FakeReading()
    client(reading).get("/teams/Payments")
    assert [asked["state"] for asked in reading.asked] == ["overdue", "pending"]
    assert {asked["order"] for asked in reading.asked} == {"due"}


def test_the_overdue_promises_of_a_relationship_are_those_of_both() -> None:
    links = [attributes["href"] for tag, attributes in Markup(client().get("/customers/Sales").text).elements if tag == "a"]
    assert "/commitments?team=Payments&customer=Sales&state=overdue" in links


def test_a_folder_alone_leads_to_the_list() -> None:
    board = client()
    assert board.get("/teams/", follow_redirects=False).headers["location"] == "/#teams"
    assert board.get("/commitments/", follow_redirects=False).headers["location"] == "/commitments"


def test_the_style_sheet_is_served_and_may_be_kept_because_its_address_changes_with_it() -> None:
    board = client()
    address = next(attributes["href"] for tag, attributes in Markup(board.get("/").text).elements if attributes.get("rel") == "stylesheet")
    assert address is not None
    sheet = board.get(address)
    assert sheet.headers["content-type"].startswith("text/css")
    assert "immutable" in sheet.headers["cache-control"]
    assert re.search(r"\?v=\w{12}$", address)
    assert board.get("/static/../pages.py").status_code == 404
    assert "url(" not in sheet.text


def test_a_banner_is_on_every_page() -> None:
    board = client(banner="Simulated data.")
    assert all("Simulated data." in board.get(path).text for path in PAGES)


def test_long_titles_are_shortened_in_lists_and_whole_on_their_own_page() -> None:
    title = "word " * 399 + "end"
    board = client(FakeReading(promises=[overdue(title=title, made_at=at(-50))]))
    assert title not in board.get("/commitments").text
    assert title in board.get("/commitments/receipts").text

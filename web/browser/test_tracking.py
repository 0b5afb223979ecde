"""The customer's page: without JavaScript, in five languages, and telling no more than it should."""

import datetime
import re

import pytest
from playwright.sync_api import expect

from conftest import no_overflow, shoot, until


def announce(server, id, now, **more):
    created = server.call("POST", "/v1/deliveries", {
        "delivery_id": id, "carrier": "Hanse Express", "tracking_number": "HX4471098263", "order_reference": f"LO-{id}",
        "promised": {"earliest": now.strftime("%Y-%m-%dT08:00:00Z"), "latest": now.strftime("%Y-%m-%dT18:00:00Z")},
        "destination": {"city": "München", "postcode": "80337", "country": "DE"},
        "recipient": {"name": "Annika Vogel", "email": "annika@example.com", "street": "Lindwurmstraße 88"}, **more})
    return created["tracking_url"]


def scan(server, id, kind, at, city, lat, lon, **more):
    server.send({"type": kind, "id": f"{kind}-{at}", "delivery_id": id, "occurred_at": at, "source": "hanse/scanners",
                 "location": {"name": f"{city} Hub", "city": city, "country": "DE", "lat": lat, "lon": lon}, **more})


def ago(minutes):
    """By the server's clock: the page is written by the server."""
    instant = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def travel(server, id):
    scan(server, id, "dispatched", ago(1500), "Berlin", 52.5, 13.4)
    scan(server, id, "departed_hub", ago(900), "Leipzig", 51.4, 12.2)
    scan(server, id, "out_for_delivery", ago(90), "München", 48.1, 11.6)
    until(lambda: server.call("GET", f"/v1/deliveries/{id}")["status"] == "out_for_delivery", "the scans")


@pytest.mark.parametrize("language,word", [("en", "Arriving"), ("de", "Kommt"), ("fr", "Arrivée"), ("nl", "Komt"), ("pl", "Dotrze")])
def test_the_page_speaks_five_languages_without_javascript(server, open_page, now, language, word):
    url = announce(server, f"T-{language}", now, promised={"earliest": "2036-01-02T08:00:00Z", "latest": "2036-01-02T12:00:00Z"})
    travel(server, f"T-{language}")
    page = open_page(url, 390, 844, locale=language, script=False, theme="dark" if language == "de" else "light")
    expect(page.locator("h1")).to_contain_text(word)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".steps [aria-current]")).to_have_count(1)
    no_overflow(page)
    shoot(page, f"tracking-{language}-390")
    # Nobody's name, address or mail is on it, and no staff note.
    for secret in ("Annika", "Lindwurm", "annika@", "80337" if language == "xx" else "Vogel"):
        assert secret not in page.content()


def test_all_of_it_is_small_and_needs_nobody_else(server, open_page, now):
    url = announce(server, "T-size", now)
    travel(server, "T-size")
    sizes = {}
    page = open_page("about:blank", 390, 844, fixed_time=False)
    page.on("response", lambda response: sizes.__setitem__(response.url, len(response.body())))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 30_000, sizes
    assert not page.locator("script:not([type=module])").count(), "a script that blocks"
    expect(page.locator("svg.map")).to_be_visible()


def test_headers_keep_the_link_to_its_owner(server, open_page, now):
    url = announce(server, "T-head", now)
    page = open_page("about:blank", fixed_time=False)
    headers = page.request.get(url).headers
    assert headers["referrer-policy"] == "no-referrer" and "noindex" in headers["x-robots-tag"]
    assert headers["cache-control"] == "private, no-store" and "unsafe" not in headers["content-security-policy"]
    assert re.fullmatch(r".*/t/[A-Za-z0-9_-]{22}", url)


def test_unknown_and_revoked_links_answer_alike(server, open_page, now):
    url = announce(server, "T-gone", now)
    page = open_page("about:blank", fixed_time=False)
    unknown = page.request.get(server.url + "/t/AAAAAAAAAAAAAAAAAAAAAA")
    server.call("POST", "/v1/deliveries/T-gone/tracking-links/revoke", {})
    revoked = page.request.get(url)
    assert unknown.status == revoked.status == 404
    strip = lambda headers: {k: v for k, v in headers.items() if k not in ("date",)}
    assert unknown.text() == revoked.text() and strip(unknown.headers) == strip(revoked.headers)
    assert page.request.get(url + ".json").status == 404


def test_not_received_and_another_day_become_events_once(server, open_page, now):
    url = announce(server, "T-wish", now)
    travel(server, "T-wish")
    page = open_page(url, 390, 844, script=False)
    page.locator("button[name=day]").first.click()
    expect(page.locator(".said")).to_be_visible()
    events = lambda kind: [e for e in server.call("GET", "/v1/deliveries/T-wish/events")["data"] if e["type"] == kind]
    until(lambda: len(events("rescheduled")) == 1, "the new day")
    assert events("rescheduled")[0]["source"] == "recipient"
    scan(server, "T-wish", "delivered", ago(0), "München", 48.1, 11.6, place="neighbour")
    until(lambda: server.call("GET", "/v1/deliveries/T-wish")["status"] == "delivered", "the delivery")
    page.goto(url)
    expect(page.locator("h1")).to_contain_text("Delivered")
    shoot(page, "tracking-delivered-390")
    page.get_by_role("button", name="I did not receive it").click()
    until(lambda: len(events("exception")) == 1, "the claim")
    page.goto(url)
    expect(page.get_by_text("You told us that it did not arrive")).to_be_visible()
    contradiction = server.call("GET", "/v1/deliveries/T-wish")["contradiction"]
    assert contradiction and contradiction["type"] == "exception", "a person is to decide"


def test_the_page_is_live_with_javascript(server, open_page, now):
    url = announce(server, "T-live", now)
    page = open_page(url, 390, 844, fixed_time=False)
    page.clock.install()
    page.reload()
    before = page.locator("h1").inner_text()
    travel(server, "T-live")
    scan(server, "T-live", "delivered", ago(0), "München", 48.1, 11.6, place="door")
    until(lambda: server.call("GET", "/v1/deliveries/T-live")["status"] == "delivered", "the delivery")
    page.clock.run_for(25_000)
    expect(page.locator("h1")).to_contain_text("Delivered", timeout=5_000)
    assert page.locator("h1").inner_text() != before

"""Every screen, walked as a person would, against a real server."""

import time

import pytest
from playwright.sync_api import expect

from conftest import no_overflow, shoot, until

SCREENS = {
    "overview": "/", "deliveries": "/deliveries", "exceptions": "/exceptions", "notifications": "/notifications",
    "platform": "/platform",
}


def ready(page):
    expect(page.locator(".live")).to_contain_text("Live", timeout=15_000)


def figure(page, name):
    return page.locator(f"[data-figure={name}]")


def number(locator):
    return int("".join(c for c in locator.inner_text() if c.isdigit()))


def some_delivery(server, status):
    return server.call("GET", f"/v1/deliveries?status={status}&limit=5")["data"][0]["id"]


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("name", [*SCREENS, "delivery"])
def test_each_screen_fits_and_is_photographed(server, open_page, name, width):
    path = SCREENS.get(name) or f"/deliveries/{some_delivery(server, 'out_for_delivery,in_transit')}"
    theme = "dark" if width == 1920 else "light"
    page = open_page(server.url + path, width, 844 if width == 390 else 1080 if width == 1920 else 800, theme)
    expect(page.locator("main")).to_be_visible()
    ready(page)
    page.wait_for_function("document.fonts.status === 'loaded'")
    until(lambda: page.locator(".sk").count() == 0, "the skeleton to go")
    no_overflow(page)
    shoot(page, f"{name}-{width}-{theme}", full=name != "deliveries")


def test_tiles_table_map_and_server_agree(server, open_page):
    page = open_page(server.url + "/")
    ready(page)
    counts = server.call("GET", "/v1/stats")["deliveries"]["by_status"]
    active = sum(n for status, n in counts.items() if status not in ("delivered", "returned", "cancelled", "expired"))
    expect(figure(page, "active")).to_have_text(f"{active:,}")
    for status in ("created", "in_transit", "exception", "on_hold"):
        expect(page.locator(f"b[data-status={status}]")).to_have_text(f"{counts[status]:,}")
    page.locator(".side a[href='/deliveries']").click()
    page.goto(server.url + "/deliveries?status=active")
    expect(page.locator("[data-count]")).to_have_attribute("data-count", str(active))


def test_an_event_reaches_the_pixels(server, open_page, now):
    page = open_page(server.url + "/deliveries/LIVE-1", fixed_time=False)
    expect(page.get_by_text("No delivery LIVE-1")).to_be_visible()
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    server.send({"id": "l1", "type": "created", "delivery_id": "LIVE-1", "occurred_at": at, "carrier": "Rhein",
                 "destination": {"city": "Leipzig", "postcode": "04109", "country": "DE"}})
    expect(page.locator("h1")).to_have_text("LIVE-1", timeout=5_000)
    began = time.monotonic()
    server.send({"id": "l2", "type": "out_for_delivery", "delivery_id": "LIVE-1", "occurred_at": at, "source": "courier/leipzig"})
    expect(page.locator(".who .st")).to_have_text("Out for delivery", timeout=5_000)
    assert time.monotonic() - began < 2, "from event to pixel"
    page.goto(server.url + "/")
    ready(page)
    before = number(figure(page, "active"))
    server.send({"id": "l3", "type": "delivered", "delivery_id": "LIVE-1", "occurred_at": at, "place": "door"})
    expect(figure(page, "active")).to_have_text(f"{before - 1:,}", timeout=3_000)


def picture(page):
    """What the overview says, without what moves by itself."""
    return page.evaluate("""() => [...document.querySelectorAll('[data-figure], [data-status], .cases b.num, .carriers td, .clusters text')]
        .map(element => element.textContent).join('|')""")


def test_a_cut_is_told_and_repaired_without_a_reload(server, wire, open_page, now):
    page = open_page(wire.url + "/", fixed_time=False)
    ready(page)
    page.evaluate("window.notReloaded = true")
    wire.cut()
    expect(page.locator(".banner.cut")).to_be_visible(timeout=8_000)
    expect(page.locator(".live")).to_contain_text("Cut")
    shoot(page, "cut-1280-light", full=False)
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    server.send(*[{"id": "c", "type": "created", "delivery_id": f"CUT-{i}", "occurred_at": at, "carrier": "Cut Express"} for i in range(40)])
    server.send(*[{"id": "d", "type": "exception", "delivery_id": f"CUT-{i}", "occurred_at": at} for i in range(7)])
    # Ten seconds in all, most of them here: long enough for several attempts to fail.
    page.wait_for_timeout(5_000)
    wire.mend()
    expect(page.locator(".banner.ok")).to_contain_text("none missed", timeout=15_000)
    assert page.evaluate("window.notReloaded")
    fresh = open_page(wire.url + "/", fixed_time=False)
    ready(fresh)
    until(lambda: picture(page) == picture(fresh), "the repaired page to equal a fresh one", 10)
    assert "Cut Express" in page.content()


def test_find_filter_sort_and_page_by_keyboard(server, open_page):
    wanted = some_delivery(server, "in_transit")
    page = open_page(server.url + "/deliveries")
    expect(page.locator("tbody tr[data-id]").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(wanted)
    page.keyboard.press("Enter")
    expect(page.locator("[data-count]")).to_have_attribute("data-count", "1")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(wanted)
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Delivered", exact=True).check()
    page.keyboard.press("Escape")
    expect(page.locator(".chip .v").first).to_have_text("Delivered")
    statuses = set(page.locator("tbody .st").all_inner_texts())
    assert statuses == {"Delivered"}, statuses
    page.get_by_role("button", name="Delivery", exact=True).click()
    ids = page.locator("tbody a.id").all_inner_texts()
    assert ids == sorted(ids)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Everywhere")
    page.keyboard.press("Escape")


def test_many_are_noted_at_once_and_taken_back(server, open_page):
    page = open_page(server.url + "/deliveries?status=created", settings={"waybill.actor": "Jana Weber"})
    expect(page.locator("tbody tr[data-id]").first).to_be_visible()
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator(".bulk")).to_contain_text("2 selected")
    chosen = [row.get_attribute("data-id") for row in page.locator("tr[aria-selected]").all()]
    page.keyboard.press("n")
    page.get_by_role("textbox", name="Note").fill("The shop called.")
    shoot(page, "bulk-note-1280-light", full=False)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".toast")).to_contain_text("2 deliveries")
    noted = lambda id: [e for e in server.call("GET", f"/v1/deliveries/{id}/events")["data"] if e["type"] == "note"]
    until(lambda: all(noted(id) for id in chosen), "the notes")
    assert noted(chosen[0])[0]["actor"] == "Jana Weber"
    page.keyboard.press("u")
    until(lambda: all(noted(id)[0]["effect"] == "corrected" for id in chosen), "the notes to be taken back")


def test_csv_holds_what_the_view_shows(server, open_page):
    page = open_page(server.url + "/deliveries?status=returned")
    expect(page.locator("tbody tr[data-id]").first).to_be_visible()
    count = int(page.locator("[data-count]").get_attribute("data-count"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    lines = open(download.value.path(), encoding="utf-8", newline="").read().split("\r\n")
    assert lines[0].startswith("delivery_id,status,carrier") and len(lines) == count + 2


def test_a_correction_is_seen_on_the_timeline(server, open_page, now):
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    server.send({"id": "1", "type": "created", "delivery_id": "FIX-1", "occurred_at": at},
                {"id": "2", "type": "delivered", "delivery_id": "FIX-1", "occurred_at": at, "detail": "wrong pallet"})
    page = open_page(server.url + "/deliveries/FIX-1", fixed_time=False)
    expect(page.locator(".who .st")).to_have_text("Delivered")
    page.locator("[data-event='2'] button").first.click()
    expect(page.locator(".raw")).to_contain_text("wrong pallet")
    page.get_by_role("button", name="Correct this event").click()
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(page.locator(".who .st")).to_have_text("Created", timeout=5_000)
    expect(page.locator("[data-event='2']")).to_contain_text("corrected")


def test_dead_letters_show_their_bytes(server, open_page, now):
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    for detail in ("one", "another"):
        server.send({"id": "same", "type": "note", "delivery_id": "DEAD-1", "occurred_at": at, "detail": detail})
    until(lambda: server.call("GET", "/v1/stats")["dead_letters"] > 0, "the dead letter")
    page = open_page(server.url + "/platform", fixed_time=False)
    expect(page.locator(".bytes")).to_contain_text("|", timeout=8_000)
    expect(page.locator(".dl")).to_contain_text("default/DEAD-1")
    shoot(page, "dead-letter-1280-light")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".toast")).to_contain_text("Discarded")
    until(lambda: server.call("GET", "/v1/stats")["dead_letters"] == 0, "the letter to be discarded")


def test_german_and_the_theme_are_kept(server, open_page):
    page = open_page(server.url + "/", locale="de-DE")
    expect(page.locator("h1")).to_have_text("Überblick")
    assert page.locator("html").get_attribute("lang") == "de"
    shoot(page, "overview-1280-german")
    page.keyboard.press("t")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_first_run_offers_a_simulation_and_fills_itself(empty_server, open_page):
    page = open_page(empty_server.url + "/", fixed_time=False)
    expect(page.get_by_text("No deliveries yet")).to_be_visible()
    shoot(page, "first-run-1280-light", full=False)
    page.get_by_role("button", name="Simulate 500 deliveries").click()
    expect(figure(page, "active")).to_be_visible(timeout=10_000)
    until(lambda: number(figure(page, "active")) > 5, "deliveries to appear", 20)


def test_files_are_cached_for_good_and_the_page_is_not(server, open_page):
    page = open_page(server.url + "/")
    ready(page)
    script = page.locator("script[type=module]").get_attribute("src")
    answer = page.request.get(server.url + script)
    assert "immutable" in answer.headers["cache-control"] and answer.headers["content-encoding"] in ("br", "gzip")
    document = page.request.get(server.url + "/")
    assert document.headers["cache-control"] == "no-cache"
    policy = document.headers["content-security-policy"]
    assert "unsafe" not in policy and policy.startswith("default-src 'none'")
    assert page.request.get(server.url + "/assets/none.js").status == 404
    assert "MIT" in page.request.get(server.url + "/LICENSES.txt").text()

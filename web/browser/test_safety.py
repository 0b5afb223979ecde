"""Text that attacks, and what a reader with other senses finds."""

import itertools
import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import until

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENS = ["/", "/deliveries", "/exceptions", "/notifications", "/platform"]

MARKUP = [
    "<script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", "<svg onload=window.hit=1>", "\"><b onmouseover=window.hit=1>x</b>",
    "'><iframe src=javascript:window.hit=1>", "javascript:window.hit=1", "<a href=javascript:window.hit=1>x</a>", "</title><script>window.hit=1</script>",
    "<math><mi xlink:href=data:x,1>x", "{{constructor.constructor('window.hit=1')()}}", "${window.hit=1}", "<style>*{display:none}</style>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "--><script>window.hit=1</script>", "]]><script>window.hit=1</script>",
    "<body onload=window.hit=1>", "<input autofocus onfocus=window.hit=1>", "<details open ontoggle=window.hit=1>", "<video><source onerror=window.hit=1>",
    "%3Cscript%3Ewindow.hit=1%3C/script%3E", "&lt;script&gt;window.hit=1&lt;/script&gt;", "\\u003cscript\\u003ewindow.hit=1", "<ScRiPt>window.hit=1</sCrIpT>",
    "<img src=`x` onerror=window.hit=1>", "<object data=javascript:window.hit=1>", "<form action=javascript:window.hit=1><button>x", "\u202e<b>", "<link rel=stylesheet href=//evil.example>",
    "<template><script>window.hit=1</script></template>",
]
FIELDS = 10


def attack(server, now):
    """Thirty deliveries, ten fields each: three hundred payloads, every kind in every field over the run."""
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    kinds = itertools.cycle(MARKUP)
    links, used = [], 0
    for number in range(30):
        for _ in range(number % 3):
            next(kinds)
        p = lambda: next(kinds)[:120]
        id = f"X<{number}>\"'&"
        link = server.call("POST", "/v1/deliveries", {
            "delivery_id": id, "carrier": p(), "tracking_number": p(), "order_reference": p(), "metadata": {p(): p()},
            "destination": {"city": p(), "postcode": "1", "country": "DE"}, "origin": {"name": p(), "city": "Köln", "lat": 50.9, "lon": 6.9}})
        links.append(link["tracking_url"])
        server.send({"id": "e", "type": "exception", "delivery_id": id, "occurred_at": at, "source": p(), "detail": p(), "raw_code": p(),
                     "location": {"city": p(), "name": p(), "lat": 48.1, "lon": 11.6}})
        used += FIELDS + 2
    assert used >= 300
    return links


def test_three_hundred_payloads_execute_nowhere(server, open_page, now):
    links = attack(server, now)
    page = open_page(server.url + "/", fixed_time=False)
    for path in ["/", "/deliveries?status=exception", "/platform", "/deliveries?q=" + "%3Cscript%3Ewindow.hit%3D1%3C%2Fscript%3E"]:
        page.goto(server.url + path)
        expect(page.locator(".live")).to_contain_text("Live", timeout=15_000)
        assert page.evaluate("window.hit") is None, path
    for number in range(0, 30, 3):
        page.goto(server.url + "/deliveries")
        page.evaluate("id => { history.pushState(null, '', '/deliveries/' + encodeURIComponent(id)); dispatchEvent(new PopStateEvent('popstate')) }", f"X<{number}>\"'&")
        expect(page.locator("h1")).to_have_text(f"X<{number}>\"'&", timeout=8_000)
        for row in page.locator(".tl li button").all():
            row.click()
        assert page.evaluate("window.hit") is None, number
    for link in links[::3]:
        page.goto(link)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("window.hit") is None, link


def violations(page):
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{one['id']}: {node['target']} {node.get('failureSummary', '')}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(server, empty_server, open_page, now, theme):
    delivery = server.call("GET", "/v1/deliveries?status=in_transit,out_for_delivery&limit=1")["data"][0]["id"]
    link = server.call("POST", f"/v1/deliveries/{delivery}/tracking-links", {})["tracking_url"]
    found = []
    page = open_page(server.url + "/", theme=theme)
    for path in [*SCREENS, f"/deliveries/{delivery}"]:
        page.goto(server.url + path)
        expect(page.locator(".live")).to_contain_text("Live", timeout=15_000)
        until(lambda: page.locator(".sk").count() == 0, "the skeleton to go")
        found += [f"{path} {one}" for one in violations(page)]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += [f"keys {one}" for one in violations(page)]
    for address in (link, server.url + "/t/unknown", server.url + "/sign-in"):
        page.goto(address)
        found += [f"{address} {one}" for one in violations(page)]
    assert not found, "\n".join(found)


def test_axe_finds_what_is_wrong_on_a_bad_page(browser):
    """The control: were axe silent on everything, it would be silent here too."""
    page = browser.new_page()
    page.set_content("<html><body><img src='data:,'><input><p style='color:#bbb;background:#fff'>faint</p><button></button></body></html>")
    rules = {one.split(":")[0] for one in violations(page)}
    page.close()
    assert {"image-alt", "label", "color-contrast", "html-has-lang", "button-name"} <= rules, rules


def test_english_and_german_have_the_same_keys():
    from conftest import ROOT
    texts = {name: json.loads((ROOT / f"web/src/text/{name}.json").read_text()) for name in ("en", "de")}
    assert texts["en"].keys() == texts["de"].keys()
    tracking = json.loads((ROOT / "Sources/HTTPAPI/Resources/tracking-texts.json").read_text())
    assert len({frozenset(one) for one in tracking.values()}) == 1

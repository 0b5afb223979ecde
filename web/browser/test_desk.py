"""The desk and the messages. Where the server does not have them yet, their answers are written here, in the API's shapes."""

import datetime
import json
import re

import pytest
from playwright.sync_api import expect

from conftest import no_overflow, shoot

KINDS = [("late", "red"), ("exception", "red"), ("failed_attempt", "amber"), ("stalled", "red"), ("delayed", "amber"), ("on_hold", "amber")]


def instant(now, minutes):
    return (now + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Desk:
    """Fifty open cases on real deliveries of the server, and what was done to them."""

    def __init__(self, server, now):
        deliveries = server.call("GET", "/v1/deliveries?status=in_transit,out_for_delivery&limit=50")["data"]
        self.now, self.done = now, []
        self.cases = {f"case-{i:02}": self.case(i, delivery) for i, delivery in enumerate(deliveries)}

    def case(self, i, delivery):
        kind, severity = KINDS[i % len(KINDS)]
        return {"id": f"case-{i:02}", "kind": kind, "occurrence": 1, "state": "open", "severity": severity,
                "owner": ["Jana Weber", "Tomasz Nowak", None][i % 3], "snoozed_until": None, "until_next_event": False,
                "opened_at": instant(self.now, -90 - i), "changed_at": instant(self.now, -90), "changed_by": None,
                "escalates_at": instant(self.now, 7 * i - 14), "resolution": None, "version": 1, "delivery_id": delivery["id"],
                "explanation": {"rule": kind, "version": 3, "inputs": {"promised_until": instant(self.now, -90), "grace_minutes": 0},
                                "threshold": "the promised window has passed", "evidence": [delivery["last_event"]["id"]],
                                "clears_when": "it is delivered"}, "delivery": delivery}

    def answer(self, route):
        request = route.request
        match = re.search(r"/v1/cases(?:/([^/?]+))?(?:/(\w+))?(?:\?|$)", request.url)
        id, action = match.groups()
        if id is None:
            return route.fulfill(json={"data": [c for c in self.cases.values() if c["state"] == "open"], "next_cursor": None})
        case = self.cases[id]
        if action:
            body = json.loads(request.post_data)
            self.done.append((id, action, body))
            if body.get("version", case["version"]) != case["version"]:
                return route.fulfill(status=409, content_type="application/problem+json", json={
                    "type": "", "title": "", "status": 409, "code": "conflict", "detail": "Tomasz Nowak resolved this at 14:33."})
            case["version"] += 1
            if action == "assign":
                case["owner"] = body["owner"]
            elif action == "snooze":
                case["snoozed_until"] = body["until"]
            elif action == "resolve":
                case.update(state="resolved", resolution=body["resolution"])
            elif action == "reopen":
                case["state"] = "open"
            return route.fulfill(json=case)
        return route.fulfill(json={**case, "changes": [{"id": "1", "at": case["opened_at"], "actor": None, "case": {"change": "opened"}}]})


def ledger(server, now):
    deliveries = server.call("GET", "/v1/deliveries?status=delivered&limit=40")["data"]
    states = [("sent", None, 1), ("suppressed", "no_consent", 0), ("retryable", None, 4), ("scheduled", None, 0), ("sent", None, 1),
              ("suppressed", "capped", 0), ("discarded", "attempts_exhausted", 8), ("sent", None, 2)]
    return [{"id": f"m-{i}", "merchant": "default", "delivery_id": d["id"], "occasion": ["delivered", "out_for_delivery", "delayed"][i % 3],
             "instance": "e", "audience": "webhook" if i % 8 in (2, 6) else "recipient", "party": "recipient/r", "template": "delivered",
             "channel": "webhook" if i % 8 in (2, 6) else ["email", "sms"][i % 2], "state": state, "reason": reason, "attempts": attempts,
             "due_at": instant(now, 20) if state in ("retryable", "scheduled") else None, "sequence": 1,
             "last_result": "502 Bad Gateway" if state in ("retryable", "discarded") else "202 accepted" if state == "sent" else None,
             "created_at": instant(now, -3 * i), "updated_at": instant(now, -3 * i), "sent_at": instant(now, -3 * i) if state == "sent" else None}
            for i, d in enumerate(deliveries) for state, reason, attempts in [states[i % len(states)]]]


@pytest.fixture
def staffed(server, now, open_page):
    """Opens a page of a server with a desk and messages."""
    desk = Desk(server, now)
    messages = ledger(server, now)
    endpoints = [{"id": "ep_1", "url": "https://shop.example/hooks", "description": "Shop", "events": ["delivery.*"], "ordered": True, "disabled": False, "disabled_because": None},
                 {"id": "ep_2", "url": "https://old.example/in", "description": "Data team", "events": [], "ordered": False, "disabled": True, "disabled_because": "no answer for 5 days"}]

    def open_one(path, **options):
        page = open_page("about:blank", settings={"waybill.actor": "Jana Weber"}, **options)
        page.route(re.compile(r"/v1/cases"), desk.answer)
        page.route(re.compile(r"/v1/notifications"), lambda route: route.fulfill(json={"data": messages, "next_cursor": None}))
        page.route(re.compile(r"/v1/deliveries/[^/]+/notifications"), lambda route: route.fulfill(json={"data": messages[:6], "next_cursor": None}))
        page.route(re.compile(r"/v1/webhook-endpoints"), lambda route: route.fulfill(json={"data": endpoints, "next_cursor": None}))
        page.route(re.compile(r"/v1/templates$|/v1/templates\?"), lambda route: route.fulfill(json={"data": [{"id": "delivered.de", "content": {"subject": "Zugestellt", "text": "Guten Tag"}, "updated_at": "2026-01-01T00:00:00Z"}], "next_cursor": None}))
        page.route(re.compile(r"/v1/templates/preview"), lambda route: route.fulfill(json={"language": "en", "subject": "Your parcel arrives today", "text": "Hello Ada,\n\nyour parcel arrives today.", "html": None, "sms": None}))
        page.goto(server.url + path)
        expect(page.locator(".live")).to_contain_text("Live", timeout=15_000)
        return page

    open_one.desk = desk
    return open_one


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_desk_and_messages_fit(staffed, width):
    theme = "dark" if width == 1920 else "light"
    for name, path in (("desk", "/exceptions"), ("messages", "/notifications"), ("endpoints", "/notifications/endpoints"), ("template", "/notifications/templates"), ("overview-cases", "/")):
        page = staffed(path, width=width, height=844 if width == 390 else 1080 if width == 1920 else 800, theme=theme)
        if name == "template":
            expect(page.locator(".mail")).to_be_visible()
        no_overflow(page)
        shoot(page, f"{name}-{width}-{theme}", full=name not in ("desk", "template"))


def test_cases_are_cleared_by_keyboard(staffed):
    page = staffed("/exceptions")
    act = page.locator(".seg [aria-pressed=true] .num")
    before = int(act.inner_text())
    first = page.locator(".q [aria-current] .dim").inner_text()
    page.keyboard.press("j")
    second = page.locator(".q [aria-current] .dim").inner_text()
    assert second != first
    page.keyboard.press("k")
    expect(page.locator(".q [aria-current] .dim")).to_have_text(first)
    page.keyboard.press("s")
    expect(page.locator(".toast")).to_contain_text("Snoozed")
    expect(page.locator(".q [aria-current] .dim")).to_have_text(second)
    expect(act).to_have_text(str(before - 1))
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text("is yours")
    page.keyboard.press("r")
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(act).to_have_text(str(before - 2))
    actions = [(action, body.get("actor")) for _, action, body in staffed.desk.done]
    assert actions == [("snooze", "Jana Weber"), ("assign", "Jana Weber"), ("resolve", "Jana Weber")]
    assert staffed.desk.done[0][2]["until_next_event"] is True
    page.keyboard.press("u")
    expect(act).to_have_text(str(before - 1))


def test_whoever_acts_second_is_told(staffed):
    page = staffed("/exceptions")
    id = re.search(r"case-\d+", page.locator(".q [aria-current] a").get_attribute("href")).group()
    staffed.desk.cases[id]["version"] = 9
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text("Tomasz Nowak resolved this")


def test_sidebar_overview_and_desk_count_the_same(staffed):
    page = staffed("/")
    red = sum(1 for case in staffed.desk.cases.values() if case["severity"] == "red")
    expect(page.locator(".side .count.hot")).to_have_text(str(red))
    expect(page.locator(".cases .sev.red")).to_contain_text(str(red))
    page.locator(".side a[href='/exceptions']").click()
    expect(page.locator(".seg [aria-pressed=true] .num")).to_have_text(str(red))

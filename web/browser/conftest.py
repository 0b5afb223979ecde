"""A real server with lifelike deliveries, a network between it and the browser that can be cut, and a browser."""

import contextlib
import datetime
import json
import os
import pathlib
import re
import socket
import subprocess
import threading
import time
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WAYBILL_PROGRAM", str(ROOT / ".build/release/waybill"))
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SHOTS = ROOT / "web/build/shots"
DELIVERIES = 500
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-proxy-server"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`waybill serve` in a directory of its own; spoken to directly, past the browser's network."""

    def __init__(self, directory):
        self.port, self.admin = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = open(directory / "server.log", "wb")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(directory / "data"), "--port", str(self.port), "--admin-port", str(self.admin),
             "--dashboard", str(ROOT / "web/dist")], stdout=self.output, stderr=self.output)
        until(lambda: self.is_ready(), "the server to be ready", 30)

    def is_ready(self):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/ready", timeout=2).status == 200
        except OSError:
            assert self.process.poll() is None, "the server has stopped"
            return False

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def send(self, *events):
        answer = self.call("POST", "/v1/events", {"events": list(events)})
        assert not answer["rejected"], answer["rejected"]

    def simulate(self, deliveries, until_instant):
        subprocess.run([PROGRAM, "simulate", "--deliveries", str(deliveries), "--seed", "7", "--quiet", "--target", self.url,
                        "--until", until_instant], check=True, timeout=60)
        until(lambda: self.call("GET", "/v1/stats")["lag"]["records"] == 0, "the tracker to catch up", 30)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.output.close()


def until(condition, what, seconds=10):
    """Waits for something that can be observed, and says what was missing."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)


class Wire:
    """A TCP relay between browser and server that can be cut: open connections die and new ones are refused."""

    def __init__(self, target):
        self.target, self.is_cut, self.pairs = target, False, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.target))
                self.pairs.append((near, far))
                for a, b in ((near, far), (far, near)):
                    threading.Thread(target=self.pump, args=(a, b), daemon=True).start()

    @staticmethod
    def pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.is_cut = True
        for pair in self.pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()

    def mend(self):
        self.is_cut = False


@pytest.fixture(scope="session")
def now():
    """The middle of a European afternoon: the day's charts have something to show. Events up to a day ahead are taken."""
    real = datetime.datetime.now(datetime.timezone.utc)
    afternoon = real.replace(hour=14, minute=35, second=0, microsecond=0)
    return max(real, afternoon)


@pytest.fixture(scope="session")
def server(tmp_path_factory, now):
    server = Server(tmp_path_factory.mktemp("waybill"))
    server.simulate(DELIVERIES, now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("empty"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def wire(server):
    return Wire(server.port)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page that writes down whatever should not happen on it."""

    def __init__(self, page):
        self.page, self.faults = page, []
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", self.console)
        page.on("request", self.request)

    def console(self, message):
        # A 404 for a capability that this server does not have is an answer, not a fault.
        if message.type == "error" and not re.search(r"status of (404|409)|ERR_", message.text):
            self.faults.append(f"console: {message.text}")

    def request(self, request):
        if not re.match(r"(http://127\.0\.0\.1:|data:|blob:)", request.url):
            self.faults.append(f"third-party request: {request.url}")


@pytest.fixture
def open_page(browser, now):
    """Opens a page as somebody in Berlin in the afternoon; closes it, and fails on what should not have happened."""
    opened = []

    def open_one(url, width=1280, height=800, theme="light", locale="en-GB", script=True, fixed_time=True, settings=None):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, locale=locale,
                                      timezone_id="Europe/Berlin", java_script_enabled=script)
        page = context.new_page()
        watched = Watched(page)
        if script and fixed_time:
            page.clock.install(time=now)
        if settings:
            kept = "".join(f"localStorage.setItem({json.dumps(k)}, {json.dumps(v)});" for k, v in settings.items())
            page.add_init_script(f"if (location.protocol === 'http:') {{ {kept} }}")
        opened.append((context, watched))
        page.goto(url)
        page.watched = watched
        return page

    yield open_one
    faults = [fault for _, watched in opened for fault in watched.faults]
    for context, _ in opened:
        context.close()
    assert not faults, "\n".join(faults)


def shoot(page, name, full=True):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=full)


def no_overflow(page):
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, f"{page.url} is {wide} px wide in {room}"

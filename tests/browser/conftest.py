"""Chromium over the kit: sample pages served by the product's own static route, middleware and policy."""

import importlib.util
import shutil
import socket
import threading
from pathlib import Path

import pytest
import uvicorn

from b2b_dvizhenie.entrypoints.http.kit.__main__ import create_app

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESK = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def site():
    """Address of the kit, served on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        options = {"ws": "none", "lifespan": "off", "timeout_graceful_shutdown": 1}
        server = uvicorn.Server(uvicorn.Config(create_app(), log_level="critical", **options))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            thread.join(0.05)
            assert thread.is_alive()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def browser():
    """One Chromium per module: while it runs, its driver keeps the event loop that asynchronous tests need."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core, fetched by the lock file."""
    spec = importlib.util.spec_from_file_location("assets", ROOT / "tools/assets.py")
    assets = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(assets)
    assets.prepare(dev=True)
    return assets.AXE.read_text("utf-8")


class Watched:
    """A page that remembers every complaint: console errors, exceptions, failed requests."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        page.on(
            "console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text)
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "response", lambda answer: answer.status >= 400 and self.complaints.append(f"{answer.status} {answer.url}")
        )


def new_context(browser, **options):
    context = browser.new_context(**{"locale": "ru-RU", "viewport": DESK, **options})
    context.set_default_timeout(10_000)
    return context


def watch(page, address):
    watched = Watched(page)
    watched.page.goto(address, wait_until="load")
    return watched


@pytest.fixture
def first_visit(site, browser):
    """Opens a path of the kit with nothing fetched before."""
    contexts = []

    def opened(path):
        contexts.append(new_context(browser))
        return watch(contexts[-1].new_page(), site + path)

    yield opened
    for context in contexts:
        context.close()


class Visitor:
    """Opens one path after another in one page: what was fetched once is not fetched again."""

    def __init__(self, browser, *, script):
        self._context = new_context(browser, java_script_enabled=script)
        self._watched = Watched(self._context.new_page())
        self._is_leaving = False
        self._watched.page.on("framenavigated", self._arrive)

    def _arrive(self, frame):
        if self._is_leaving and frame.parent_frame is None:
            self._is_leaving = False
            self._watched.complaints.clear()  # they are of the page before

    def open(self, address, scheme, viewport):
        """The page at an address, with nothing left of what was chosen, held or pointed at before."""
        page = self._watched.page
        self._context.clear_cookies()
        page.unroute_all(behavior="ignoreErrors")
        page.mouse.move(0, 0)
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        self._is_leaving = True
        answer = page.goto(address, wait_until="load")
        assert answer.ok, answer.status
        return self._watched

    def close(self):
        self._context.close()


@pytest.fixture(scope="module")
def visitors(browser):
    """Makes the module's visitor with script or without."""
    made = {}

    def visitor(*, script):
        if script not in made:
            made[script] = Visitor(browser, script=script)
        return made[script]

    yield visitor
    for one in made.values():
        one.close()


@pytest.fixture
def open_page(site, visitors):
    """Opens a path of the kit."""

    def opened(path, *, script=True, scheme="light", viewport=DESK):
        return visitors(script=script).open(site + path, scheme, viewport)

    return opened

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
    context = browser.new_context(**{"locale": "ru-RU", "viewport": {"width": 1440, "height": 900}, **options})
    context.set_default_timeout(10_000)
    return context


def watch(context, address):
    watched = Watched(context.new_page())
    watched.page.goto(address, wait_until="load")
    return watched


@pytest.fixture
def open_page(site, browser):
    """Opens a path of the kit as a first visit; keyword arguments go to the browser context."""
    contexts = []

    def opened(path, **options):
        contexts.append(new_context(browser, **options))
        return watch(contexts[-1], site + path)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def visitors(browser):
    """One returning visitor for each colour scheme: what was fetched for one page is not fetched for the next."""
    contexts = {scheme: new_context(browser, color_scheme=scheme) for scheme in ("light", "dark")}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def revisit(site, visitors):
    """Opens a path of the kit in a colour scheme, for checks that leave nothing behind."""
    pages = []

    def opened(path, scheme):
        pages.append(watch(visitors[scheme], site + path))
        return pages[-1]

    yield opened
    for watched in pages:
        watched.page.close()

"""Nobody meets a dead end: every link and every form of every page leads somewhere, for every role."""

import re
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import anyio
import pytest
from commands import command
from litestar import Litestar
from litestar.testing import AsyncTestClient

from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.demo import DEMO_LOGINS, NODE_LOGIN, PASSWORD, attach_buyers, load_demo
from b2b_dvizhenie.testing.wholesaler import Wholesaler, write_catalog

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

MOST_PAGES = 60
"""Pages per role; paths that differ only in an id count as one kind, of which three are visited."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Links(HTMLParser):
    """Targets of links and of forms that a page offers."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.posts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in ("href", "hx-get"):
            if given.get(name) and tag != "use":
                self.pages.append(given[name] or "")
        if tag == "img" and given.get("src"):
            self.pages.append(given["src"] or "")
        if tag == "form":
            target = given.get("action") or ""
            (self.pages if (given.get("method") or "get").lower() == "get" else self.posts).append(target)
        self.posts += [given[name] or "" for name in ("hx-post", "hx-put", "hx-delete") if given.get(name)]
        if tag == "button" and given.get("formaction"):
            self.posts.append(given["formaction"] or "")


@pytest.fixture
async def demo(container: Container, database_url: str, app_settings: object, tmp_path: Path) -> None:
    """The demonstration with a small assortment, imported by the product's own command."""
    await load_demo(container, lambda _: None)
    write_catalog(Wholesaler(size=120, seed=2026), tmp_path / "export")
    environment = {"B2B_DATABASE_URL": database_url, "B2B_DATA_DIR": str(container.settings().data)}
    arguments = ("exchange", "import", str(tmp_path / "export"), "--node", NODE_LOGIN)
    answer = await anyio.to_thread.run_sync(partial(command, *arguments, folder=tmp_path, **environment))
    assert answer.returncode == 0, answer.stderr
    assert await attach_buyers(container) == 12


def known_path(app: Litestar, path: str) -> bool:
    """Whether some route answers at this path with a method other than GET."""
    for route in app.routes:
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", route.path)
        if re.fullmatch(pattern, path) and {"POST", "PUT", "PATCH", "DELETE"} & set(getattr(route, "methods", ())):
            return True
    return False


async def dead_ends(client: AsyncTestClient, start: list[str]) -> list[tuple[str, object]]:
    """Where links and forms lead nowhere, following pages from the given ones."""
    waiting, seen, kinds, dead = [*start], set[str](), dict[str, int](), list[tuple[str, object]]()
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        kind = _ID.sub("ID", urlsplit(url).path)
        if url in seen or kinds.get(kind, 0) >= 3 or kind.startswith(("/static/", "/logout", "/api/schema")):
            continue
        seen.add(url)
        kinds[kind] = kinds.get(kind, 0) + 1
        page = await client.get(url, headers={"Accept": "text/html"}, follow_redirects=True)
        if page.status_code != 200:
            dead.append((url, page.status_code))
            continue
        if not page.headers["content-type"].startswith("text/html"):
            continue
        links = Links()
        links.feed(page.text)
        for target in links.pages:
            absolute = urldefrag(urljoin(url, target)).url
            if not urlsplit(absolute).netloc and absolute.startswith("/"):
                waiting.append(absolute)
        dead += [
            (url, f"form to {post}") for post in links.posts if post and not known_path(client.app, urlsplit(post).path)
        ]
    assert len(seen) > 1
    return dead


async def test_every_link_and_form_leads_somewhere(client: AsyncTestClient, demo: None) -> None:
    dead = {"nobody": await dead_ends(client, ["/login"])}
    for person in DEMO_LOGINS:
        answer = await client.post("/api/v1/auth/login", json={"login": person.login, "password": PASSWORD})
        client.cookies.set("b2b_session", answer.json()["token"])
        dead[person.role] = await dead_ends(client, ["/"])
    told = [f"{role}: {place} {what}" for role, ends in dead.items() for place, what in ends]
    assert not told, "\n" + "\n".join(told)

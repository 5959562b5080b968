"""Pages, fragments, preferences and static files over HTTP."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.testing import TestClient

from b2b_dvizhenie.domain.shared.errors import DomainError, VersionConflict
from b2b_dvizhenie.entrypoints.http.kit import buyer
from b2b_dvizhenie.entrypoints.http.kit.__main__ import create_app
from b2b_dvizhenie.entrypoints.http.kit.shell import portal_shell
from b2b_dvizhenie.entrypoints.http.portal.refusals import error_page
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.problems import on_domain_error, on_http_error, on_unexpected
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.requests import RequestContext
from b2b_dvizhenie.entrypoints.http.responses import local_path, page, preferences_of, preferences_route, static_route
from b2b_dvizhenie.entrypoints.http.static import StaticFiles
from b2b_dvizhenie.entrypoints.settings import Settings

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(scope="module")
def static():
    return StaticFiles()


@pytest.fixture(scope="module")
def client(static):
    renderer = Renderer(static)

    @get("/catalogue", sync_to_thread=False)
    def catalogue(request: Request) -> Response[bytes]:
        context = {"shell": portal_shell("catalogue", preferences_of(request)), "view": buyer.catalogue()}
        return page(request, renderer, "pages/catalogue.html", context, fragment="pages/catalogue/fragment.html")

    @get("/refused", sync_to_thread=False)
    def refused() -> None:
        raise VersionConflict

    @get("/forbidden", sync_to_thread=False)
    def forbidden() -> None:
        raise PermissionDeniedException

    @get("/broken", sync_to_thread=False)
    def broken() -> None:
        raise RuntimeError("a secret of ours")

    app = Litestar(
        [static_route(static), preferences_route(secure=True), catalogue, refused, forbidden, broken],
        middleware=[RequestContext()],
        exception_handlers={
            DomainError: on_domain_error,
            HTTPException: on_http_error,
            Exception: on_unexpected,
        },
        openapi_config=None,
    )
    app.state["error_page"] = error_page(Site(Settings()))
    with TestClient(app, raise_server_exceptions=False) as one:
        one.headers["Accept"] = "text/html"
        yield one


class TestPages:
    def test_a_person_gets_the_page_and_htmx_the_fragment(self, client):
        whole = client.get("/catalogue")
        part = client.get("/catalogue", headers=PARTIAL)
        assert whole.text.startswith("<!doctype html>")
        assert part.text.startswith("<title>")
        assert "<!doctype" not in part.text
        assert 'id="catalogue"' in part.text

    @pytest.mark.parametrize(
        "headers",
        [{"HX-Request": "true", "HX-Request-Type": "full"}, {**PARTIAL, "HX-History-Restore-Request": "true"}],
    )
    def test_whole_page_swaps_and_history_get_the_page(self, client, headers):
        assert client.get("/catalogue", headers=headers).text.startswith("<!doctype html>")

    def test_personal_pages_are_kept_nowhere_and_say_what_they_depend_on(self, client):
        answer = client.get("/catalogue")
        assert answer.headers["cache-control"] == "no-store"
        assert {"HX-Request", "Cookie"} <= set(answer.headers["vary"].split(", "))
        assert answer.headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'"
        )
        assert "unsafe" not in answer.headers["content-security-policy"]

    def test_pages_are_compressed_for_those_who_take_it(self, client):
        packed = client.get("/catalogue", headers={"Accept-Encoding": "gzip"})
        plain = client.get("/catalogue", headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.text == plain.text

    def test_the_language_follows_cookie_then_browser(self, client):
        assert '<html lang="en"' in client.get("/catalogue", headers={"Accept-Language": "en"}).text
        assert '<html lang="ru"' in client.get("/catalogue", headers={"Accept-Language": "de"}).text
        assert (
            '<html lang="en"'
            in client.get("/catalogue", headers={"Cookie": "language=en", "Accept-Language": "ru"}).text
        )


class TestPreferences:
    def test_a_choice_is_kept_and_leads_back(self, client):
        answer = client.post("/preferences", data={"theme": "dark", "next": "/orders?page=2"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/orders?page=2")
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("theme=dark")
        assert all(part in cookie for part in ("httponly", "secure", "samesite=lax", "path=/"))

    def test_nonsense_is_refused(self, client):
        assert client.post("/preferences", data={"theme": "pink"}, follow_redirects=False).status_code == 400

    def test_unknown_cookies_mean_the_defaults(self, client):
        html = client.get("/catalogue", headers={"Cookie": "theme=pink; density=<b>"}).text
        assert 'data-theme="auto" data-density="comfortable"' in html

    @pytest.mark.parametrize(
        "address",
        [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "",
            "/a\nb",
            "/\t/evil.example",
            "evil",
        ],
    )
    def test_nobody_is_sent_elsewhere(self, address):
        assert local_path(address) == "/"

    @given(st.text(max_size=40))
    def test_where_one_is_sent_begins_with_a_single_slash(self, address):
        path = local_path(address)
        assert path.startswith("/")
        assert not path.startswith(("//", "/\\"))


class TestStatic:
    def test_the_current_version_is_kept_for_ever(self, client, static):
        answer = client.get(static.url("app.css"))
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["content-encoding"] == "gzip"

    def test_an_old_version_gets_the_current_file_but_is_not_kept(self, client):
        answer = client.get("/static/0123456789ab/js/main.js")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"

    def test_fonts_travel_as_they_are(self, client, static):
        answer = client.get(static.url("vendor/fonts/golos-cyrillic.woff2"))
        assert "content-encoding" not in answer.headers
        assert answer.headers["content-type"] == "font/woff2"

    @pytest.mark.parametrize("path", ["../app.py", "..%2f..%2fapp.py", "%2e%2e/app.py", "vendor", "nothing.css"])
    def test_only_static_files_can_be_named(self, client, static, path):
        assert client.get(f"{static.base}/{path}").status_code == 404

    def test_the_version_is_the_content(self, tmp_path):
        for name in ("css", "js"):
            (tmp_path / name).mkdir()
        from b2b_dvizhenie.entrypoints.http.static import STYLESHEETS

        for sheet in STYLESHEETS:
            (tmp_path / f"css/{sheet}.css").write_text("a{}")
        one = StaticFiles(tmp_path)
        assert StaticFiles(tmp_path).version == one.version
        (tmp_path / "css/base.css").write_text("b{}")
        assert StaticFiles(tmp_path).version != one.version
        with pytest.raises(KeyError, match=r"tools/assets\.py"):
            one.url("vendor/htmx.min.js")

    def test_every_style_sheet_is_either_in_the_bundle_or_linked(self):
        from b2b_dvizhenie.entrypoints.http.static import STATIC_FOLDER, STYLESHEETS

        assert {path.stem for path in (STATIC_FOLDER / "css").glob("*.css")} == {*STYLESHEETS, "dark", "print"}

    def test_the_compressed_twin_is_the_same_file(self, static):
        file = static.get("app.css")
        assert gzip.decompress(file.compressed) == file.content


class TestErrors:
    def test_a_person_sees_a_page(self, client):
        answer = client.get("/refused")
        assert answer.status_code == 409
        assert "Данные уже изменились" in answer.text
        assert "Данные уже изменил кто-то другой." in answer.text

    def test_htmx_gets_a_message_and_leaves_the_page_alone(self, client):
        answer = client.get("/refused", headers=PARTIAL)
        assert answer.status_code == 409
        assert answer.text.strip().startswith('<hx-partial hx-target="#toasts"')
        assert "<html" not in answer.text

    def test_a_fault_of_ours_tells_a_number_and_no_secret(self, client):
        answer = client.get("/broken")
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.headers["x-request-id"] in answer.text


def test_the_kit_serves_every_sample():
    from b2b_dvizhenie.entrypoints.http.kit.samples import SAMPLES

    with TestClient(create_app()) as client:
        assert client.get("/_kit").status_code == 200
        for sample in SAMPLES:
            assert client.get(f"/_kit/{sample.name}").status_code == 200, sample.name
        assert client.get("/_kit/nothing").status_code == 404

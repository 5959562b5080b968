"""What pages do under fingers and keys, and what is left of them without script."""

import re

import pytest
from playwright.sync_api import expect

SUM_OF_24 = "4\u00a0017,36\u00a0₽"


def quantity(page, number):
    return page.locator(f'input[name="q.{number:04d}"]').first


def posts(page):
    bodies = []
    page.on("request", lambda request: request.method == "POST" and bodies.append(request.post_data))
    return bodies


def saved(page, number):
    page.wait_for_selector(f'.stepper[data-state="saved"] [name="q.{number:04d}"]')


def hold(page, addresses):
    """Requests to these addresses, held until the test lets them go."""
    held = []

    def catch(route):
        held.append(route)

    page.route(addresses, catch)
    return held


def asked(page, held):
    """The request that is held, once there is one."""
    for _ in range(500):
        if held:
            return held.pop()
        page.wait_for_timeout(20)
    raise AssertionError("nothing is asked for")


class TestQuantities:
    def test_steps_follow_the_pack_show_the_sum_at_once_and_are_saved_without_a_button(self, open_page):
        page = open_page("/_kit/catalogue").page
        bodies = posts(page)
        plus = page.locator("#row-0000 .step[data-step='1']")
        plus.click()
        plus.click()
        assert quantity(page, 0).input_value() == "48"
        assert page.locator("#sum-0000").inner_text() == "8\u00a0034,72\u00a0₽"
        saved(page, 0)
        assert len(bodies) == 1
        assert "q.0000=48" in bodies[0]
        assert "q.0001" not in bodies[0]

    def test_typed_quantities_are_rounded_up_to_the_pack(self, open_page):
        page = open_page("/_kit/catalogue").page
        quantity(page, 0).fill("13")
        quantity(page, 0).press("Tab")
        assert quantity(page, 0).input_value() == "24"
        saved(page, 0)
        assert page.locator("#sum-0000").inner_text() == SUM_OF_24

    def test_enter_goes_to_the_next_row_and_shift_enter_back(self, open_page):
        page = open_page("/_kit/catalogue").page
        quantity(page, 0).click()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "q.0001"
        page.keyboard.press("Shift+Enter")
        assert page.evaluate("document.activeElement.name") == "q.0000"
        page.keyboard.press("ArrowUp")
        assert quantity(page, 0).input_value() == "36"

    def test_nonsense_is_no_quantity(self, open_page):
        page = open_page("/_kit/catalogue").page
        quantity(page, 1).fill("много")
        quantity(page, 1).press("Tab")
        assert quantity(page, 1).input_value() == ""

    def test_changes_during_a_request_are_not_lost(self, open_page):
        page = open_page("/_kit/catalogue").page
        bodies = posts(page)
        held = hold(page, "**/cart/items*")
        plus = page.locator("#row-0000 .step[data-step='1']")
        plus.click()
        page.wait_for_selector("#row-0000 .stepper[data-state=saving]")
        first = asked(page, held)
        plus.click()
        page.wait_for_timeout(400)
        assert held == []
        first.continue_()
        asked(page, held).continue_()
        saved(page, 0)
        assert ["q.0000=36" in bodies[0], "q.0000=48" in bodies[1]] == [True, True]
        assert quantity(page, 0).input_value() == "48"

    def test_a_failed_save_is_said(self, open_page):
        watched = open_page("/_kit/catalogue")
        page = watched.page
        page.route("**/cart/items*", lambda route: route.abort())
        page.locator("#row-0001 .step[data-step='1']").click()
        page.wait_for_selector('.stepper[data-state="failed"]')
        assert "Не сохранено" in page.locator(".toast").inner_text()

    def test_the_cart_is_recounted_as_a_whole(self, open_page):
        page = open_page("/_kit/cart-ready").page
        page.locator("#row-0000 .step[data-step='1']").click()
        expect(page.locator("dd.total")).to_have_text("6\u00a0546,96\u00a0₽")
        assert page.locator("#row-0002").count() == 1
        quantity(page, 2).fill("0")
        quantity(page, 2).press("Tab")
        page.wait_for_selector("#row-0002", state="detached")


class TestKeysAndMenus:
    def test_slash_goes_to_the_search_and_arrows_choose_a_suggestion(self, open_page):
        page = open_page("/_kit/catalogue").page
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "search"
        page.keyboard.type("дифа")
        page.wait_for_selector("#suggestions:not([hidden]) [role=option]")
        page.keyboard.press("ArrowDown")
        assert page.locator("#option-1").get_attribute("aria-selected") == "true"
        assert page.locator("#search").get_attribute("aria-activedescendant") == "option-1"
        page.keyboard.press("Escape")
        assert page.locator("#suggestions").is_hidden()

    def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(self, open_page):
        page = open_page("/_kit/catalogue").page
        page.locator(".company-menu summary").click()
        assert page.locator(".company-menu .menu-list").is_visible()
        page.keyboard.press("Escape")
        assert page.locator(".company-menu .menu-list").is_hidden()
        page.locator(".company-menu summary").click()
        page.locator("h1").click()
        assert page.locator(".company-menu .menu-list").is_hidden()

    def test_the_reason_of_a_price_opens_beside_it_and_gives_the_focus_back(self, open_page):
        page = open_page("/_kit/catalogue").page
        link = page.locator("#row-0000 [data-reason]")
        link.click()
        page.wait_for_selector("#reason:popover-open")
        assert "Скидка на бренд" in page.locator("#reason").inner_text()
        assert link.get_attribute("aria-expanded") == "true"
        page.keyboard.press("Escape")
        expect(link).to_have_attribute("aria-expanded", "false")
        expect(link).to_be_focused()

    def test_a_password_can_be_shown(self, open_page):
        page = open_page("/_kit/login").page
        page.locator("[data-reveal]").click()
        assert page.locator("#password").get_attribute("type") == "text"

    def test_pictures_change_in_place(self, open_page):
        page = open_page("/_kit/product").page
        page.locator("[data-picture]").nth(1).click()
        assert page.locator(".gallery-main img").get_attribute("src").endswith("/_kit/picture-2.svg")

    def test_marks_open_the_bulk_bar(self, open_page):
        page = open_page("/_kit/users").page
        assert page.locator("[data-bulk-bar]").is_hidden()
        page.locator("[data-bulk-all]").click()
        assert page.locator("[data-bulk-bar]").is_visible()
        assert page.locator("tbody input:checked").count() == 5

    def test_filters_open_as_a_sheet_on_a_phone(self, open_page):
        page = open_page("/_kit/catalogue", viewport={"width": 390, "height": 844}).page
        assert page.locator("#facets").is_hidden()
        page.locator("main button[popovertarget=facets]").click()
        assert page.locator("#facets").is_visible()
        page.get_by_role("button", name=re.compile("Показать")).click()
        assert page.locator("#facets").is_hidden()

    def test_dialogs_close_by_escape_and_by_their_button(self, open_page):
        page = open_page("/_kit/order").page
        page.locator("[data-open=cancel-dialog]").click()
        assert page.locator("#cancel-dialog").is_visible()
        page.locator("#cancel-dialog [data-close]").click()
        assert page.locator("#cancel-dialog").is_hidden()


BACKGROUND = "getComputedStyle(document.documentElement).backgroundColor"
DARK, LIGHT = "rgb(14, 17, 22)", "rgb(245, 246, 248)"


class TestTheme:
    @pytest.mark.parametrize(("scheme", "colour"), [("dark", DARK), ("light", LIGHT)])
    def test_it_follows_the_system(self, open_page, scheme, colour):
        assert open_page("/_kit/catalogue", scheme=scheme).page.evaluate(BACKGROUND) == colour

    def test_a_choice_wins_at_once_and_is_kept(self, open_page):
        page = open_page("/_kit/catalogue", scheme="light").page
        page.locator(".top nav summary").click()
        with page.expect_response("**/preferences"):
            page.locator("[data-preferences] button[value=dark]").click()
        assert page.evaluate(BACKGROUND) == DARK
        page.reload()
        assert page.evaluate(BACKGROUND) == DARK
        assert page.locator("html").get_attribute("data-theme") == "dark"

    def test_density_changes_the_height_of_rows(self, open_page):
        page = open_page("/_kit/catalogue").page
        roomy = page.locator("#row-0002").bounding_box()["height"]
        page.locator(".top nav summary").click()
        page.locator("[data-preferences] button[value=compact]").click()
        assert page.locator("#row-0002").bounding_box()["height"] < roomy - 10

    def test_twelve_rows_fit_a_compact_screen(self, open_page):
        page = open_page("/_kit/catalogue?density=compact").page
        bar = page.locator("#cart-bar").bounding_box()["y"]
        bottoms = [row.bounding_box() for row in page.locator(".goods tbody tr").all()]
        assert sum(box["y"] + box["height"] <= bar for box in bottoms) >= 12


class TestWithoutScript:
    def test_pages_are_whole_and_forms_have_buttons(self, open_page):
        page = open_page("/_kit/catalogue", script=False).page
        assert page.locator(".goods tbody tr").count() == 13
        assert page.get_by_role("button", name="Применить фильтры").is_visible()
        assert page.get_by_role("button", name="Положить в корзину").is_visible()

    def test_the_theme_is_chosen_by_a_plain_form(self, open_page):
        page = open_page("/_kit/profile", script=False, scheme="light").page
        with page.expect_navigation():
            page.locator("main [data-preferences] button[value=dark]").click()
        assert {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}["theme"] == "dark"

    def test_the_reason_of_a_price_is_a_page(self, open_page):
        page = open_page("/_kit/catalogue", script=False).page
        page.locator("#row-0000 [data-reason]").click()
        assert page.locator("h1").inner_text() == "Почему такая цена"

    def test_menus_are_details(self, open_page):
        page = open_page("/_kit/catalogue", script=False).page
        page.locator(".top nav summary").click()
        assert page.get_by_role("button", name="Выйти").is_visible()


class TestFilters:
    def test_a_filter_changes_the_list_the_address_and_the_title_but_not_where_one_stands(self, open_page):
        page = open_page("/_kit/catalogue").page
        page.locator("#facets summary", has_text="Количество полюсов").click()
        box = page.locator('#facets input[value="se"]')
        box.check()
        expect(page).to_have_url(re.compile(r"/catalog\?.*brand=linel&brand=ektra&brand=se"))
        expect(page.locator(".chips .chip")).to_have_count(3)
        expect(box).to_be_focused()
        assert page.locator("#facets details:not([open]) summary").inner_text() == "Количество полюсов"

    def test_narrowing_and_going_back(self, open_page):
        page = open_page("/catalog?brand=linel").page
        before = page.locator(".goods tbody tr").count()
        page.locator('#facets input[value="ektra"]').check()
        expect(page.locator(".chips .chip")).to_have_count(2)
        assert page.locator(".goods tbody tr").count() > before
        page.go_back()
        expect(page.locator(".chips .chip")).to_have_count(1)
        expect(page.locator('#facets input[value="ektra"]')).not_to_be_checked()
        assert page.locator(".goods tbody tr").count() == before

    def test_quantities_work_in_a_list_that_came_later(self, open_page):
        page = open_page("/catalog?brand=linel").page
        page.locator('#facets input[value="ektra"]').check()
        expect(page.locator(".chips .chip")).to_have_count(2)
        page.locator("#row-0002 .step[data-step='1']").click()
        saved(page, 2)
        assert quantity(page, 2).input_value() == "12"


class TestLiveFeed:
    def test_new_rows_come_on_top_and_the_connection_is_said(self, open_page):
        watched = open_page("/_kit/dashboard")
        page = watched.page
        expect(page.locator("#feed li").first).to_contain_text("Заказ № 3")
        expect(page.locator("#feed li")).to_have_count(8)
        expect(page.locator("[data-live-for=feed]")).to_have_text("онлайн")
        assert watched.complaints == []

    def test_nothing_jumps_under_the_pointer(self, open_page):
        page = open_page("/_kit/login").page
        feed = hold(page, "**/_kit-feed")
        page.goto(page.url.replace("/login", "/dashboard"))
        page.locator("#feed li").last.hover()
        # The connection waits for the pointer, so that on any machine all three entries come when it is there.
        asked(page, feed).continue_()
        expect(page.locator("[data-live-for=feed]")).to_have_text("онлайн · +3")
        expect(page.locator("#feed li")).to_have_count(5)
        page.locator("h1").hover()
        expect(page.locator("#feed li")).to_have_count(8)
        expect(page.locator("#feed li").first).to_contain_text("Заказ № 3")

    def test_a_lost_connection_is_said(self, open_page):
        page = open_page("/_kit/login").page
        page.route("**/_kit-feed", lambda route: route.abort())
        page.goto(page.url.replace("/login", "/dashboard"))
        expect(page.locator("[data-live-for=feed]")).to_have_text("связи нет, подключаемся")
        assert page.locator(".toast").count() == 0

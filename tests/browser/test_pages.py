"""Every sample page: no complaint in the console, no sideways scroll from 320 to 1440 px, no axe violation."""

import pytest

from b2b_dvizhenie.entrypoints.http.kit.samples import KIT, SAMPLES

#: One state of every page always, the other states nightly: a sweep takes seconds a page.
FIRST = {sample.template: sample.name for sample in reversed((KIT, *SAMPLES))}
EVERY = [
    pytest.param(sample.name, marks=() if sample.name in FIRST.values() else pytest.mark.nightly)
    for sample in (KIT, *SAMPLES)
]
#: The kit holds every component, so in the dark it and the busiest pages speak for the others.
DARK = [
    pytest.param(
        sample.name, marks=() if sample.name in {"kit", "catalogue", "cart", "exchange"} else pytest.mark.nightly
    )
    for sample in (KIT, *SAMPLES)
]
WIDTHS = (320, 390, 640, 768, 821, 1025, 1180, 1440, 1920)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What passed is most of axe's answer and takes longer to carry out of the page than the check itself.
AUDIT = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(
    found => found.violations.flatMap(fault => fault.nodes.map(node => [fault.id, node.target])))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page, axe):
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    return [(rule, target) for rule, target in page.evaluate(AUDIT, TAGS)]


@pytest.mark.parametrize("name", EVERY)
def test_page_is_quiet_fits_every_width_and_is_accessible(open_page, axe, name):
    watched = open_page(f"/_kit/{name}")
    page = watched.page
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OVERFLOW) <= 0, f"sideways scroll at {width} px"
        if width in (390, 1440):
            assert violations(page, axe) == []
    assert watched.complaints == []


@pytest.mark.parametrize("name", DARK)
def test_page_is_accessible_in_the_dark(open_page, axe, name):
    watched = open_page(f"/_kit/{name}", scheme="dark")
    assert violations(watched.page, axe) == []
    assert watched.complaints == []


def test_the_checks_see_faults(first_visit, axe):
    watched = first_visit("/_kit/login")
    page = watched.page
    page.evaluate("document.querySelector('h1').style.color = '#999'")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/nowhere><p style=\"color:red\">')"
    )
    page.evaluate("document.querySelector('footer').style.width = '3000px'")
    page.wait_for_load_state("networkidle")
    assert {rule for rule, _target in violations(page, axe)} >= {"color-contrast", "image-alt"}
    assert page.evaluate(OVERFLOW) > 0
    assert any("Content Security Policy" in complaint for complaint in watched.complaints)
    assert any("404" in complaint for complaint in watched.complaints)


def test_first_visit_stays_light(first_visit):
    page = first_visit("/_kit/catalogue").page
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        "Object.fromEntries(['navigation', 'resource'].flatMap(type => performance.getEntriesByType(type))"
        ".map(entry => [new URL(entry.name).pathname, entry.encodedBodySize]))"
    )
    assert 60_000 < sum(sizes.values()) <= 120_000, sizes  # ux.md E3; the fonts alone are 61 KB

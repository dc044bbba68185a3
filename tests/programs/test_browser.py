"""report.html in a real browser, opened from a file: it filters, pages, copies, prints, and is there without its script.

Source: the page's own promises (reports/page.py); axe-core's rules for who reads with ears or keyboard.
"""

from datetime import date

import pytest
from made.builders import NEVER, invoice, job, result_of
from made.records import failed, record
from programs.browser import CHROMIUM, open_browser
from tools.make_golden import run_sample

from reconcile.batch.overview_html import overview_page
from reconcile.reports.html_page import page

pytest.importorskip("playwright", reason="playwright is not installed: no browser test is run")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: no browser test is run"),
]


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    run_sample(folder)
    return folder / "report.html"


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """5,000 fixes, one of each invoice without a Reference."""
    invoices = [invoice("", no=f"INV-{n}", contact=f"Client {n}") for n in range(5_000)]
    result = result_of(
        invoices=invoices,
        jobs=[job(f"J{n}", f"CLI-{n}", client=f"Client {n}") for n in range(5_000)],
        xpm_invoices=NEVER,
    )
    assert len(result.fixes) == 5_000
    path = tmp_path_factory.mktemp("many") / "report.html"
    path.write_bytes(page(result, result.findings.ledger.assign(fix=""), "1"))
    return path


@pytest.fixture
def opened(browser):
    """Opens a page; afterwards nothing may have been said on its console, and nothing asked of a network."""
    said, asked, contexts = [], [], []

    def open_page(path, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        sheet = context.new_page()
        sheet.on("console", lambda message: said.append(message.text))
        sheet.on("pageerror", lambda error: said.append(str(error)))
        sheet.on("request", lambda request: asked.append(request.url))
        sheet.goto(path.as_uri())
        return sheet

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert all(
        url.startswith("file:") and url.split("#")[0].endswith("report.html") for url in asked
    )


def shown(sheet):
    """The numbers of the fixes that can be seen."""
    return sheet.eval_on_selector_all(
        "#cards .card", "all => all.filter(one => one.offsetParent !== null).map(one => one.id)"
    )


def test_it_filters_by_words_client_owner_cause_and_state(opened, sample):
    sheet = opened(sample)
    assert len(shown(sheet)) == 25 and "fixes 1 to 25 of 29" in sheet.inner_text("#fixes")
    sheet.fill("#f-words", "inv-2351 cli-1409")
    assert shown(sheet) == ["FX-0009"]
    sheet.click("text=Show all")
    sheet.select_option("#f-cause", "T3")
    causes = sheet.eval_on_selector_all(
        "#cards .card", "all => all.filter(one => !one.hidden).map(one => one.dataset.cause)"
    )
    assert set(causes) == {"T3"} and len(causes) == 5
    sheet.select_option("#f-owner", "Priya Nair")
    assert 0 < len(shown(sheet)) < 5
    sheet.click("text=Show all")
    sheet.select_option("#f-state", "tonight")
    assert len(shown(sheet)) == 8
    sheet.select_option("#f-client", "Lindqvist Interiors Pty Ltd")
    assert shown(sheet) == ["FX-0007"]
    sheet.fill("#f-words", "no such thing")
    assert shown(sheet) == [] and "no fixes" in sheet.inner_text("#fixes")


def test_it_pages(opened, sample):
    sheet = opened(sample)
    first = shown(sheet)
    sheet.click("#fixes .pager >> text=Next")
    assert shown(sheet) == [f"FX-{n:04d}" for n in range(26, 30)]
    sheet.click("#fixes .pager >> text=Back")
    assert shown(sheet) == first


def test_a_link_to_a_fix_turns_to_its_page_whatever_is_filtered(opened, sample):
    sheet = opened(sample)
    sheet.fill("#f-words", "inv-2351")
    sheet.evaluate("location.hash = '#FX-0027'")
    sheet.wait_for_function("document.querySelector('#FX-0027').offsetParent !== null")
    assert (
        shown(sheet) == [f"FX-{n:04d}" for n in range(26, 30)]
        and sheet.input_value("#f-words") == ""
    )


@pytest.mark.parametrize("granted", [True, False], ids=["clipboard given", "clipboard refused"])
def test_it_copies_a_value_to_the_letter(opened, sample, granted):
    sheet = opened(
        sample, permissions=["clipboard-read", "clipboard-write"] if granted else ["clipboard-read"]
    )
    if not granted:
        sheet.evaluate(
            "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }"
        )
    button = sheet.locator("#FX-0007 .copy").first
    wanted = sheet.locator("#FX-0007 .paste code").first.text_content()
    button.click()
    sheet.wait_for_function("document.querySelector('#voice').textContent.startsWith('Copied ')")
    assert sheet.evaluate("navigator.clipboard.readText()") == wanted == "CLI-1405"
    assert button.text_content() == "Copied"


def test_all_of_it_is_there_without_its_script(opened, sample):
    sheet = opened(sample, java_script_enabled=False)
    seen = [
        card.get_attribute("id")
        for card in sheet.locator("#cards .card").all()
        if card.is_visible()
    ]
    assert len(seen) == 29
    for hidden in ("#filter", ".copy >> nth=0"):
        assert not sheet.locator(hidden).is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_for_who_reads_with_ears_or_keyboard(opened, sample, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: not checked"
    ).Axe()
    sheet = opened(sample, color_scheme=scheme, bypass_csp=True)
    found = axe.run(sheet).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_the_keyboard_reaches_the_fixes_and_copies(opened, sample):
    sheet = opened(sample, permissions=["clipboard-read", "clipboard-write"])
    sheet.keyboard.press("Tab")
    assert sheet.evaluate("document.activeElement.textContent") == "To the fixes"
    sheet.keyboard.press("Enter")
    for _ in range(40):
        sheet.keyboard.press("Tab")
        if sheet.evaluate("document.activeElement.className") == "copy":
            break
    sheet.keyboard.press("Enter")
    sheet.wait_for_function("document.querySelector('#voice').textContent.startsWith('Copied ')")


def test_it_prints_every_fix_on_a4(opened, sample, tmp_path):
    sheet = opened(sample)
    sheet.fill("#f-words", "")
    content = sheet.pdf(prefer_css_page_size=True)
    assert content.startswith(b"%PDF") and b"/MediaBox [0 0 594.95996 841.91998]" in content
    sheet.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert len(shown(sheet)) == 29
    sheet.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert len(shown(sheet)) == 25


def test_five_thousand_fixes_stay_usable(opened, many):
    sheet = opened(many)
    assert len(shown(sheet)) == 25 and "of 5000" in sheet.inner_text("#fixes .pager")
    sheet.fill("#f-words", "inv-4321")
    assert sheet.eval_on_selector_all("#cards .card:not([hidden])", "all => all.length") == 1


def test_narrow_screens_do_not_scroll_sideways(opened, sample):
    sheet = opened(sample, viewport={"width": 390, "height": 800})
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 390


# The page over many practices --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def overview(tmp_path_factory):
    """120 practices: of each three one is clean, one has to act on T26 before tonight, one on T3; and two more failed."""
    causes = ([], [("fix", "T26", 1, 900)], [("fix", "T3", 2, 500)])
    records = [
        record(
            f"Practice {at:03d}",
            causes=causes[at % 3],
            before_tonight=int(at % 3 == 1),
            set_aside=int(at == 2),
        )
        for at in range(120)
    ]
    records += [
        failed("a.csv: empty. Export it again.", practice=f"Broken {at}") for at in range(2)
    ]
    path = tmp_path_factory.mktemp("overview") / "report.html"
    path.write_bytes(overview_page(records, date(2026, 11, 23), "Northern Group", "1"))
    return path


def listed(sheet):
    """The names of the practices that can be seen, without what stands under them."""
    rows = "all => all.filter(one => one.offsetParent !== null).map(one => one.cells[0].firstChild.textContent.trim())"
    return sheet.eval_on_selector_all("#list > tbody > tr", rows)


def test_the_practices_are_filtered_by_words_state_and_cause(opened, overview):
    sheet = opened(overview)
    assert len(listed(sheet)) == 50 and "practices 1 to 50 of 122" in sheet.inner_text("#practices")
    sheet.fill("#f-words", "practice 01")
    assert len(listed(sheet)) == 12
    sheet.select_option("#f-cause", "T26")
    assert listed(sheet) == [
        "Practice 001",
        "Practice 010",
        "Practice 013",
        "Practice 016",
        "Practice 019",
    ]
    sheet.click("text=Show all")
    for state, count in (
        ("clean", 40),
        ("to act on", 79),
        ("set aside", 1),
        ("failed", 2),
        ("tonight", 40),
    ):
        sheet.select_option("#f-state", state)
        assert sheet.locator("#list > tbody > tr:not([hidden])").count() == min(count, 50)
        assert count <= 50 or f"of {count}" in sheet.inner_text("#practices .pager")
    sheet.fill("#f-words", "no such thing")
    assert listed(sheet) == [] and "no practices" in sheet.inner_text("#practices")


def test_the_practices_are_turned_by_pages_and_all_printed(opened, overview):
    sheet = opened(overview)
    sheet.click("#practices .pager >> text=Next")
    sheet.click("#practices .pager >> text=Next")
    assert listed(sheet)[-2:] == ["Broken 0", "Broken 1"] and len(listed(sheet)) == 22
    sheet.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert len(listed(sheet)) == 122


def test_all_practices_are_there_without_the_script(opened, overview):
    sheet = opened(overview, java_script_enabled=False)
    assert (
        sheet.locator("#list > tbody > tr").count() == 122
        and sheet.locator("#list > tbody > tr >> nth=121").is_visible()
    )
    assert not sheet.locator("#filter").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_in_the_page_over_many_practices(opened, overview, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: not checked"
    ).Axe()
    found = axe.run(opened(overview, color_scheme=scheme, bypass_csp=True)).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_the_page_over_many_practices_does_not_scroll_sideways(opened, overview):
    sheet = opened(overview, viewport={"width": 390, "height": 800})
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 390

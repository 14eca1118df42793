"""A person's day in the browser: from a lead to a won opportunity, and a ticket from open to closed."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from deploy.local import web
from deploy.local.credentials import load_credentials
from deploy.local.services import NAMES
from tests.e2e.browser import DESK, PHONE, card_named, chromium_at, drag, picture, reader, sign_in
from tests.e2e.stack import Stack
from tests.e2e.stack import expect as answered
from tests.figures import Figures
from tests.gateway.conftest import chromium  # noqa: F401 - A fixture.

# A crowded machine is slow, not broken; what must be fast is measured, not waited for.
expect.set_options(timeout=20_000)
STAGES = {"Qualified": "open", "Proposal": "open", "Negotiation": "open", "Won": "won", "Lost": "lost"}
FOLLOWS = 15_000  # Milliseconds until a report must show on a crowded machine what a card did.
PAGES = ("/", "/leads", "/opportunities", "/accounts", "/contacts", "/tickets", "/settings")
AXE = "node_modules/axe-core/axe.min.js"


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:  # noqa: F811 - It is that fixture.
    async with chromium_at(chromium) as started:
        yield started


@pytest.fixture
def origin(stack: Stack) -> str:
    return stack.url.removesuffix("/api/v1")


@pytest.fixture
def login(stack: Stack) -> tuple[str, str]:
    known = load_credentials(stack.state.path, NAMES)
    return known.admin_email, known.admin_password


@pytest.fixture
async def pipeline(administrator: httpx.AsyncClient) -> str:
    """A pipeline of this run, with a few opportunities on their way."""
    stages = [{"name": name, "kind": kind} for name, kind in STAGES.items()]
    body = {"name": f"Journey {len(await _pipelines(administrator)) + 1}", "stages": stages}
    made = answered(await administrator.post("/pipelines", json=body), 201)
    places = [stage["id"] for stage in made["stages"][:3]]
    items = [
        {
            "name": f"Flow meters, line {number}",
            "pipeline_id": made["id"],
            "stage_id": places[number % 3],
            "amount_minor": 480_000 + 125_000 * number,
            "currency": "USD",
        }
        for number in range(9)
    ]
    answered(await administrator.post("/opportunities/batch", json={"items": items}), 200)
    return str(made["id"])


async def _pipelines(administrator: httpx.AsyncClient) -> list[object]:
    return list(answered(await administrator.get("/pipelines?limit=200"), 200)["items"])


class TestJourney:
    async def test_from_a_lead_to_a_won_opportunity_and_a_closed_ticket(
        self, browser: Browser, origin: str, login: tuple[str, str], pipeline: str
    ) -> None:
        async with reader(browser, origin) as (context, watch):
            page = await context.new_page()
            await page.goto("/leads")
            await sign_in(page, *login)

            await create_lead(page)
            await convert_lead(page, pipeline)
            await win_and_see_the_funnel_move(page, await context.new_page(), pipeline)
            await work_on_a_ticket(page)

        figures = Figures("web")
        figures.exactly("refused by the page's own policy, or failed in its script", watch.errors, [])
        figures.exactly("requests to third parties", watch.strangers, [])
        assert figures.done(part=True), figures.failures()


async def create_lead(page: Page) -> None:
    await page.get_by_role("button", name="New lead").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Family name").fill("Okafor")
    await dialog.get_by_label("Given name").fill("Grace")
    await dialog.get_by_label("Company").fill("Harmattan Instruments")
    await dialog.get_by_label("E-mail").fill("grace@harmattan.example.com")
    await page.get_by_role("button", name="Create lead").click()
    await expect(page.get_by_role("complementary", name="Lead")).to_contain_text("Harmattan Instruments")
    await expect(page.get_by_role("row", name="Grace Okafor").first).to_be_visible()


async def convert_lead(page: Page, pipeline: str) -> None:
    await page.get_by_role("button", name="Convert", exact=True).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("New account “Harmattan Instruments”")
    await dialog.get_by_label("Amount").fill("64,000")
    await dialog.get_by_label("Currency").select_option("USD")
    await dialog.get_by_label("Pipeline").select_option(pipeline)
    await picture(page, "convert-en")
    await dialog.get_by_role("button", name="Convert lead").click()
    await expect(page.get_by_role("dialog", name="Grace Okafor is converted")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Done").click()
    await expect(page.get_by_role("complementary", name="Lead")).to_contain_text("Converted")


async def win_and_see_the_funnel_move(page: Page, second: Page, pipeline: str) -> None:
    card = "Harmattan Instruments"
    await second.goto(f"/?pipeline={pipeline}")
    funnel = second.get_by_role("region", name="Sales funnel")
    won = funnel.get_by_role("listitem").filter(has_text="Won")
    await expect(won).to_contain_text("0")
    await expect(second.get_by_text("Live", exact=True)).to_be_visible()
    await second.evaluate("window.untouched = true")

    await page.goto(f"/opportunities?pipeline={pipeline}")
    await expect(page.get_by_role("region", name="Qualified")).to_contain_text(card)
    # First by the keyboard, one column on; then by the mouse, to the end.
    await card_named(page, card).focus()
    for key in ("Space", "ArrowRight"):
        await page.keyboard.press(key)
        await page.wait_for_timeout(300)
    await expect(page.locator("[id^=DndLiveRegion]")).to_contain_text(f"{card} is over Proposal")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("region", name="Proposal")).to_contain_text(card)
    await expect(page.get_by_text(f"{card} moved to Proposal")).to_be_visible()
    await drag(page, card, "Won")
    await expect(page.get_by_role("region", name="Won")).to_contain_text(card)

    await expect(won).to_contain_text("1", timeout=FOLLOWS)
    assert await second.evaluate("window.untouched"), "The page was loaded again."


async def work_on_a_ticket(page: Page) -> None:
    await page.goto("/tickets")
    await page.get_by_role("button", name="New ticket").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Subject").fill("The meter reads zero")
    await dialog.get_by_label("Description").fill("Since this morning, on line 3.")
    await dialog.get_by_label("Priority").select_option("high")
    await page.get_by_role("button", name="Create ticket").click()
    panel = page.get_by_role("complementary", name="Ticket")
    await expect(panel).to_contain_text("The meter reads zero")
    await panel.get_by_role("button", name="Internal note").click()
    await panel.get_by_role("textbox").fill("Known fault of the older sensors.")
    await panel.get_by_role("button", name="Add note").click()
    await expect(panel.get_by_role("region", name="Conversation")).to_contain_text("older sensors")
    await panel.get_by_role("button", name="Close ticket").click()
    await expect(panel.get_by_role("button", name="Reopen")).to_be_visible()
    await expect(page.get_by_role("row", name="The meter reads zero").first).to_contain_text("Closed")


class TestSession:
    async def test_that_ended_asks_to_sign_in_and_comes_back(
        self, browser: Browser, origin: str, login: tuple[str, str]
    ) -> None:
        async with reader(browser, origin) as (context, _watch):
            page = await context.new_page()
            await page.goto("/contacts?owner=me")
            await sign_in(page, *login)
            await context.clear_cookies()

            await page.get_by_role("searchbox").fill("anybody")
            await expect(page.get_by_text("Your session has ended")).to_be_visible()
            await sign_in(page, *login)

            await expect(page.get_by_role("heading", name="Contacts", level=1)).to_be_visible()
            assert "owner=me" in page.url

    async def test_keeps_no_credential_where_a_script_could_read_it(
        self, browser: Browser, origin: str, login: tuple[str, str]
    ) -> None:
        async with reader(browser, origin) as (context, _watch):
            page = await context.new_page()
            await page.goto("/")
            await sign_in(page, *login)

            readable = await page.evaluate(
                "[document.cookie, JSON.stringify({...localStorage, ...sessionStorage})]"
            )
            cookies = {each.get("name"): each for each in await context.cookies()}

        assert readable[0] == ""
        assert "ey" not in readable[1].replace("key", "")
        assert cookies["__Host-plexus"].get("httpOnly")
        assert cookies["__Host-plexus"].get("secure")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh", "dark")])
async def test_every_page_is_drawn_and_usable_by_all(
    browser: Browser,
    origin: str,
    login: tuple[str, str],
    pipeline: str,
    language: str,
    theme: str,
) -> None:
    axe = await _axe()
    faults: list[str] = []
    async with reader(browser, origin, language=language, theme=theme, size=DESK) as (context, watch):
        page = await context.new_page()
        await page.goto("/")
        await page.locator("form").wait_for()
        faults += await barriers(page, axe, "sign-in")
        await picture(page, f"sign-in-{language}")
        await sign_in(page, *login)
        for path in PAGES:
            await open_page(page, path, pipeline)
            name = path.strip("/") or "dashboard"
            faults += await barriers(page, axe, name)
            await picture(page, f"{name}-{language}")

    assert watch.errors == []
    assert watch.strangers == []
    assert faults == [], "\n".join(faults)


async def test_fits_a_phone(browser: Browser, origin: str, login: tuple[str, str], pipeline: str) -> None:
    wide: list[str] = []
    async with reader(browser, origin, language="zh", size=PHONE) as (context, watch):
        page = await context.new_page()
        await page.goto("/")
        await sign_in(page, *login)
        for path in PAGES:
            await open_page(page, path, pipeline)
            if await page.evaluate("document.documentElement.scrollWidth") > PHONE[0]:
                wide.append(path)
            await picture(page, f"{path.strip('/') or 'dashboard'}-phone")

    assert wide == []
    assert watch.errors == []


async def open_page(page: Page, path: str, pipeline: str) -> None:
    await page.goto(f"{path}?pipeline={pipeline}" if path in {"/", "/opportunities"} else path)
    await page.locator("#main h1").wait_for()
    # What is still on its way is drawn as empty bars.
    await expect(page.locator("#main [role=status] .sr-only")).to_have_count(0)
    await page.wait_for_timeout(400)


async def _axe() -> str:
    """The accessibility checker's script, out of the web UI's own packages."""
    web.KEPT.mkdir(parents=True, exist_ok=True)
    async with web.alone():
        packages = await web.packages(web.KEPT / "tests.log", with_tests=True)
    return await asyncio.to_thread((packages.parent / AXE).read_text, "utf-8")


async def barriers(page: Page, axe: str, name: str) -> list[str]:
    """What keeps somebody out of this page by WCAG 2.2 A and AA, as axe finds it."""
    await page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = await page.evaluate("(values) => axe.run(document, {runOnly: {type: 'tag', values}})", tags)
    return [
        f"{name}: {each['id']} {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]

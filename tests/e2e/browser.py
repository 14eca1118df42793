"""Chromium before the running platform: what a person sees, and what the page must never do."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    async_playwright,
)

from deploy.local.places import ROOT
from tests.gateway.conftest import CHROMIUM_FLAGS

PICTURES = ROOT / "build" / "screenshots"
DESK, PHONE = (1440, 900), (360, 740)
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
# The page itself hears of everything that its policy refused.
LISTEN = """
window.violations = []
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)
})
"""


@dataclass
class Watch:
    """What went wrong behind the picture."""

    origin: str
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def hear(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.strangers.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal is an answer like any other; the browser calls each of them an error.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)


@asynccontextmanager
async def chromium_at(path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        await browser.close()


@asynccontextmanager
async def reader(
    browser: Browser, origin: str, *, language: str = "en", theme: str = "light", size: tuple[int, int] = DESK
) -> AsyncIterator[tuple[BrowserContext, Watch]]:
    """A person with his own cookies, language and theme; his pages are watched until they close."""
    options: dict[str, Any] = {
        "ignore_https_errors": True,
        "viewport": {"width": size[0], "height": size[1]},
        "locale": LANGUAGES[language],
        "color_scheme": theme,
        "reduced_motion": "reduce",
        "base_url": origin,
    }
    context = await browser.new_context(**options)
    context.set_default_timeout(30_000)
    await context.add_init_script(LISTEN)
    watch = Watch(origin)
    context.on("page", watch.hear)
    context.on("request", watch.request)
    yield context, watch
    for page in context.pages:
        watch.errors.extend(await page.evaluate("window.violations"))
    await context.close()


async def sign_in(page: Page, email: str, password: str) -> None:
    await page.locator("input[type=email]").fill(email)
    await page.locator("input[type=password]").fill(password)
    await page.keyboard.press("Enter")
    await page.locator("#main h1").wait_for()


async def picture(page: Page, name: str) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    return path


def card_named(page: Page, name: str) -> Locator:
    """A card of the board; all that is written on it is its name."""
    return page.get_by_role("button", name=re.compile(f"^{re.escape(name)}"))


async def drag(page: Page, card: str, column: str) -> None:
    """Carry a card over a column by mouse, in steps as a hand does, and let go."""
    source = await card_named(page, card).bounding_box()
    target = await page.get_by_role("region", name=column, exact=True).bounding_box()
    assert source
    assert target
    await page.mouse.move(source["x"] + 40, source["y"] + 16)
    await page.mouse.down()
    await page.mouse.move(source["x"] + 60, source["y"] + 30, steps=5)
    await page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 160, steps=15)
    await page.mouse.up()

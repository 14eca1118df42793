"""The web UI's files as a browser gets them."""

import re
from pathlib import Path

import httpx
import pytest

from deploy.local.places import ROOT
from gateway.web import PAGES, create_web

PAGE = "<!doctype html><title>Plexus</title>"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    files = {
        "index.html": PAGE,
        "favicon.svg": "<svg/>",
        "assets/index-abc.js": "1",
        "assets/index-abc.js.br": "brotli",
        "assets/index-abc.js.gz": "gzip",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")
    return tmp_path


def browser(root: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_web(root))
    return httpx.AsyncClient(transport=transport, base_url="http://web")


class TestPage:
    @pytest.mark.parametrize("path", ["/", "/leads", "/leads/anything", "/sign-in"])
    async def test_answers_every_address_of_the_ui(self, built: Path, path: str) -> None:
        async with browser(built) as client:
            answer = await client.get(path)

        assert (answer.status_code, answer.text) == (200, PAGE)
        assert answer.headers["cache-control"] == "no-cache"

    async def test_lets_nothing_run_or_load_that_is_not_ours(self, built: Path) -> None:
        async with browser(built) as client:
            headers = (await client.get("/")).headers

        policy = headers["content-security-policy"]
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"

    @pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/assets/gone.js", "/etc/passwd"])
    async def test_is_no_answer_to_an_unknown_address(self, built: Path, path: str) -> None:
        async with browser(built) as client:
            answer = await client.get(path)

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]

    async def test_is_shown_by_no_trace(self, built: Path) -> None:
        async with browser(built) as client:
            answer = await client.request("TRACE", "/", headers={"Cookie": "secret"})

        assert answer.status_code == 405
        assert "secret" not in answer.text

    async def test_never_leaves_its_folder(self, built: Path) -> None:
        async with browser(built / "assets") as client:
            answer = await client.get("/assets/../../index.html")

        assert answer.status_code == 404


class TestAsset:
    @pytest.mark.parametrize(
        ("accepted", "encoding", "content"),
        [
            ("gzip, deflate, br", "br", "brotli"),
            ("gzip;q=0.8", "gzip", "gzip"),
            ("identity", None, "1"),
        ],
    )
    async def test_comes_as_the_browser_takes_it(
        self, built: Path, accepted: str, encoding: str | None, content: str
    ) -> None:
        async with (
            browser(built) as client,
            client.stream("GET", "/assets/index-abc.js", headers={"Accept-Encoding": accepted}) as answer,
        ):
            raw = b"".join([part async for part in answer.aiter_raw()])

        assert answer.headers.get("content-encoding") == encoding
        assert raw.decode() == content
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"

    async def test_is_kept_for_ever(self, built: Path) -> None:
        async with browser(built) as client:
            asset = await client.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
            icon = await client.get("/favicon.svg")

        assert "immutable" in asset.headers["cache-control"]
        assert icon.headers["cache-control"] == "no-cache"


async def test_says_so_where_nothing_is_built(tmp_path: Path) -> None:
    async with browser(tmp_path / "missing") as client:
        answer = await client.get("/")
        health = await client.get("/readyz")

    assert answer.status_code == 503
    assert "is not built" in answer.text
    assert health.status_code == 200


def test_knows_the_addresses_that_the_ui_has() -> None:
    router = (ROOT / "web/src/app/router.tsx").read_text("utf-8")
    paths = {path.split("/")[1] for path in re.findall(r'path: "(/[^"]*)"', router)}

    assert paths == PAGES

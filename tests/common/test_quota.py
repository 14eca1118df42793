import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from libs.common.quota import HEADER, Quota, QuotaFields

QUOTA = Quota("api-key", 600, 60, 599, 23)
TEXT = '"api-key";q=600;w=60;r=599;t=23'


async def answered(told: dict[str, str]) -> httpx.Response:
    async def endpoint(_request: Request) -> Response:
        return PlainTextResponse("ok", 404)

    app = QuotaFields(Starlette(routes=[Route("/", endpoint)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        return await client.get("/", headers=told)


class TestQuota:
    def test_reads_what_it_writes(self) -> None:
        assert str(QUOTA) == TEXT
        assert Quota.parse(TEXT) == QUOTA

    @pytest.mark.parametrize(
        "text",
        ["", "600", TEXT + ";x=1", TEXT.replace("600", "-1"), TEXT.replace("api-key", "a\r\nb"), f" {TEXT}"],
        ids=["nothing", "a number", "more", "negative", "a line break", "a blank"],
    )
    def test_is_nothing_else(self, text: str) -> None:
        assert Quota.parse(text) is None


class TestQuotaFields:
    async def test_tell_what_is_left_whatever_the_answer(self) -> None:
        answer = await answered({HEADER: TEXT})

        assert answer.status_code == 404
        assert answer.headers["ratelimit-policy"] == '"api-key";q=600;w=60'
        assert answer.headers["ratelimit"] == '"api-key";r=599;t=23'

    @pytest.mark.parametrize("told", [{}, {HEADER: "rubbish"}], ids=["nothing", "rubbish"])
    async def test_stay_away_where_nobody_counts(self, told: dict[str, str]) -> None:
        answer = await answered(told)

        assert not {"ratelimit", "ratelimit-policy"} & answer.headers.keys()

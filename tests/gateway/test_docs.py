from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.docs import assets
from gateway.routes import Routes
from tests.gateway.conftest import free_port, serving, serving_docs
from tests.gateway.test_openapi import A, B, document


def upstream(body: dict[str, Any]) -> Starlette:
    async def answer(_request: Request) -> Response:
        return JSONResponse(body)

    return Starlette(routes=[Route("/openapi.json", answer)])


class TestDocument:
    async def test_is_made_of_the_services_own(self, routes: Routes) -> None:
        sales = upstream(document("/api/v1/leads", {"Read": A}))
        customer = upstream(document("/api/v1/accounts", {"Read": B}))

        async with (
            serving(sales) as one,
            serving(customer) as two,
            serving_docs(routes, {"sales": one, "customer": two}) as address,
            httpx.AsyncClient() as client,
        ):
            merged = (await client.get(f"http://{address}/openapi.json")).json()

        assert merged["openapi"] == "3.1.0"
        assert list(merged["paths"]) == ["/api/v1/accounts", "/api/v1/leads"]

    async def test_names_a_service_that_does_not_answer_and_asks_it_again(self, routes: Routes) -> None:
        sales = upstream(document("/api/v1/leads", {"Read": A}))
        nowhere = f"127.0.0.1:{free_port()}"

        async with (
            serving(sales) as one,
            serving_docs(routes, {"sales": one, "customer": nowhere}) as address,
            httpx.AsyncClient() as client,
        ):
            answers = [(await client.get(f"http://{address}/openapi.json")) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert "customer" in answers[1].json()["info"]["description"]
        assert list(answers[1].json()["paths"]) == ["/api/v1/leads"]


class TestPage:
    async def test_takes_scripts_from_files_of_ours_alone(self, routes: Routes) -> None:
        async with serving_docs(routes, {}) as address, httpx.AsyncClient() as client:
            page = await client.get(f"http://{address}/docs")

        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "//" not in page.text

    async def test_serves_every_asset(self, routes: Routes) -> None:
        async with serving_docs(routes, {}) as address, httpx.AsyncClient() as client:
            for name in assets():
                answer = await client.get(f"http://{address}/docs/assets/{name}")
                assert answer.status_code == 200
                assert len(answer.content) > 50

    @pytest.mark.parametrize(
        ("query", "accepted", "language"),
        [("", "en", "en"), ("", "zh-CN,en;q=0.5", "zh"), ("?lang=zh", "en", "zh"), ("?lang=x", "zh", "en")],
    )
    async def test_shows_the_events_in_both_languages(
        self, routes: Routes, query: str, accepted: str, language: str
    ) -> None:
        async with serving_docs(routes, {}) as address, httpx.AsyncClient() as client:
            answer = await client.get(
                f"http://{address}/docs/events{query}", headers={"Accept-Language": accepted}
            )

        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text
        assert "sales.opportunity.won.v1" in answer.text

    @pytest.mark.parametrize("path", ["/docs/assets/nothing.js", "/docs/assets/..%2fdocs.py", "/x"])
    async def test_answers_what_it_has_not_with_a_problem(self, routes: Routes, path: str) -> None:
        async with serving_docs(routes, {}) as address, httpx.AsyncClient() as client:
            answer = await client.get(f"http://{address}{path}")

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"

"""Every refusal is a problem document with a stable type, in the reader's language, echoing no value."""

import logging
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from asyncpg.exceptions import LockNotAvailableError, QueryCanceledError, UniqueViolationError
from fastapi import FastAPI, Query
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.common.problem_handlers import install
from libs.common.problem_texts import CODES, TITLES, Wording, preferred_language, register
from libs.common.problems import (
    BadFilter,
    Conflict,
    FieldError,
    Malformed,
    NotFound,
    Problem,
    StaleVersion,
    Unauthenticated,
    Unavailable,
    responses,
)
from tests.api import slug


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    amount_minor: Annotated[int, Field(ge=0, le=1000)]
    code: UUID | None = None


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lines: list[Line]


def make_app() -> FastAPI:
    app = FastAPI()
    install(app)

    @app.post("/orders", status_code=201, responses=responses(409))
    async def create_order(order: Order) -> dict[str, int]:
        return {"lines": len(order.lines)}

    @app.get("/orders/{order_id}")
    async def get_order(order_id: UUID, page: Annotated[int, Query()] = 1) -> dict[str, Any]:
        return {"id": order_id, "page": page}

    @app.put("/orders/{order_id}")
    async def replace_order(order_id: UUID) -> dict[str, Any]:
        return {"id": order_id}

    @app.get("/raise/{name}")
    async def fail(name: str) -> None:
        raise RAISED[name]

    return app


RAISED: dict[str, Exception] = {
    "not-found": NotFound(),
    "taken": Conflict("external-id-taken", id="7"),
    "stale": StaleVersion(),
    "anonymous": Unauthenticated(),
    "behind": Unavailable("directory-behind", retry_after=2),
    "defect": ValueError("the secret is 4711"),
    "busy": PoolTimeout("QueuePool limit"),
    "slow": QueryCanceledError("canceling statement due to statement timeout"),
    "waiting": DBAPIError("SELECT 1", None, LockNotAvailableError("canceling statement due to lock timeout")),
    "broken": DBAPIError("SELECT 1", None, UniqueViolationError("the secret is 4711")),
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(make_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


class TestProblem:
    def test_document_has_type_title_and_status(self) -> None:
        document = Conflict("external-id-taken", id="7").document("en")

        assert document == {
            "type": "https://plexus-crm.org/problems/external-id-taken",
            "title": "The external id is already in use",
            "status": 409,
            "id": "7",
        }

    def test_detail_is_in_the_readers_language(self) -> None:
        problem = Problem("conflict", status=409, detail=Wording("Closed already", "已关闭"))

        assert problem.document("en")["detail"] == "Closed already"
        assert problem.document("zh")["detail"] == "已关闭"

    def test_errors_are_worded(self) -> None:
        document = Malformed(errors=[FieldError("out-of-range", pointer="/amount_minor")]).document("zh")

        assert document["errors"] == [
            {"pointer": "/amount_minor", "code": "out-of-range", "message": "超出范围"}
        ]

    def test_facts_cannot_replace_the_status(self) -> None:
        assert NotFound(type="x").document()["type"].endswith("/not-found")

    @given(st.text(st.characters(categories=["Cs", "Cc", "L"])))
    def test_renders_whatever_a_caller_sent(self, text: str) -> None:
        _, _, body = BadFilter(detail=text, errors=[FieldError("not-valid", parameter=text)]).render(None)

        assert body.startswith(b"{")

    def test_every_text_has_both_languages(self) -> None:
        assert all(text.en and text.zh and text.en != text.zh for text in [*TITLES.values(), *CODES.values()])


class TestRegister:
    def test_adds_a_services_own_slug(self) -> None:
        register({"test-own-slug": ("Own", "自有")})

        assert Conflict("test-own-slug").document("zh")["title"] == "自有"

    def test_rejects_a_second_wording(self) -> None:
        with pytest.raises(ValueError, match="not-found"):
            register({"not-found": ("Gone", "没了")})


class TestPreferredLanguage:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "en"),
            ("", "en"),
            ("zh", "zh"),
            ("zh-Hans-CN,zh;q=0.9,en;q=0.8", "zh"),
            ("en;q=0.5, zh;q=0.9", "zh"),
            ("zh;q=0.2,en", "en"),
            ("fr, zh;q=0.1", "zh"),
            ("zh;q=0", "en"),
            ("zh;q=nonsense", "en"),
            ("*;q=0.5, zh;q=0.4", "en"),
            ("fr", "en"),
            ("en;q=0, *", "zh"),
        ],
    )
    def test_follows_the_weights(self, header: str | None, language: str) -> None:
        assert preferred_language(header) == language

    @given(st.text())
    def test_takes_any_header(self, header: str) -> None:
        assert preferred_language(header) in {"en", "zh"}


class TestInstall:
    async def test_answers_a_problem(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/raise/taken", headers={"Accept-Language": "zh-CN"})

        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == "zh"
        assert answer.json()["title"] == "外部编号已被使用"
        assert answer.json()["id"] == "7"

    @pytest.mark.parametrize(
        ("name", "header", "value"),
        [("anonymous", "www-authenticate", "Bearer"), ("behind", "retry-after", "2")],
    )
    async def test_sends_the_header_the_status_demands(
        self, client: httpx.AsyncClient, name: str, header: str, value: str
    ) -> None:
        answer = await client.get(f"/raise/{name}")

        assert answer.headers[header] == value

    async def test_points_at_each_bad_field_without_its_value(self, client: httpx.AsyncClient) -> None:
        order = {"lines": [{"amount_minor": 5}, {"amount_minor": -1, "code": "SECRET", "a/b~c": 1}]}

        answer = await client.post("/orders", json=order)

        assert answer.status_code == 422
        assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
            ("/lines/1/amount_minor", "out-of-range"),
            ("/lines/1/code", "wrong-type"),
            ("/lines/1/a~1b~0c", "unknown-field"),
        }
        assert "SECRET" not in answer.text

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"nonsense", b"\xff\xfe", b"[" * 100_000, b'{"\\ud800": 1}', b"9" * 5000, b"null"]
    )
    async def test_refuses_what_is_not_the_json_it_wants(
        self, client: httpx.AsyncClient, body: bytes
    ) -> None:
        answer = await client.post("/orders", content=body, headers={"Content-Type": "application/json"})

        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_a_path_that_is_no_id_names_nothing(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/orders/seven")).json()["type"].endswith("/not-found")

    async def test_a_bad_query_parameter_is_a_400(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/orders/{UUID(int=7)}?page=x")

        assert answer.status_code == 400
        assert answer.json()["errors"] == [
            {"parameter": "page", "code": "wrong-type", "message": "has the wrong type"}
        ]

    @pytest.mark.parametrize(("path", "slug"), [("/nowhere", "not-found"), ("/orders", "method-not-allowed")])
    async def test_answers_routings_own_refusals(
        self, client: httpx.AsyncClient, path: str, slug: str
    ) -> None:
        answer = await client.get(path)

        assert answer.json()["type"].endswith("/" + slug)
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_a_defect_is_a_500_that_tells_nothing(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            answer = await client.get(
                "/raise/defect", headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
            )

        assert answer.status_code == 500
        assert answer.json()["trace_id"] == "ab" * 16
        assert "4711" not in answer.text + caplog.text
        assert "builtins.ValueError" in caplog.text

    async def test_an_exhausted_pool_asks_to_come_again(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/raise/busy")

        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"

    @pytest.mark.parametrize("name", ["slow", "waiting"])
    async def test_what_the_database_broke_off_may_be_tried_again(
        self, client: httpx.AsyncClient, name: str
    ) -> None:
        answer = await client.get(f"/raise/{name}")

        assert (answer.status_code, slug(answer)) == (503, "too-slow")
        assert answer.headers["retry-after"] == "1"

    async def test_another_refusal_of_the_database_is_a_defect(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/raise/broken")

        assert (answer.status_code, slug(answer)) == (500, "internal")
        assert "4711" not in answer.text

    @pytest.mark.parametrize("content", [b"\xff\xfe{}", b"[" * 100_000, b'{"lines": ' * 50_000])
    async def test_a_body_that_cannot_be_read_is_malformed(
        self, client: httpx.AsyncClient, content: bytes
    ) -> None:
        answer = await client.post("/orders", content=content, headers={"Content-Type": "application/json"})

        assert answer.status_code == 422
        assert [error["code"] for error in answer.json()["errors"]] == ["bad-json"]

    async def test_another_method_is_told_all_that_there_are(self, client: httpx.AsyncClient) -> None:
        answer = await client.request("TRACE", "/orders/many")

        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, PUT"


class TestDeclaration:
    def test_every_error_is_a_problem_document(self) -> None:
        document = make_app().openapi()

        errors = [
            answer
            for item in document["paths"].values()
            for operation in item.values()
            for status, answer in operation["responses"].items()
            if not status.startswith("2")
        ]
        assert errors
        assert all(list(answer["content"]) == ["application/problem+json"] for answer in errors)
        assert "HTTPValidationError" not in document["components"]["schemas"]
        assert "Problem" in document["components"]["schemas"]

    def test_422_is_declared_where_there_is_a_payload_and_nowhere_else(self) -> None:
        paths = make_app().openapi()["paths"]

        assert "422" in paths["/orders"]["post"]["responses"]
        assert "422" not in paths["/orders/{order_id}"]["get"]["responses"]

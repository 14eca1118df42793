"""The generated part is the one of today's documents, and its names follow one rule."""

import ast
from pathlib import Path
from typing import Any

import httpx
import pytest
from plexus_crm.pages import parsed, request_of

from sdk.python.generator import contracts
from sdk.python.generator.forms import Forms
from sdk.python.generator.names import attribute, class_name, parameter, singular
from sdk.python.generator.operations import FILE, operations
from sdk.python.generator.package import PACKAGE, generated
from tests.sdk.documents import merged, schemas

PAGE: dict[str, Any] = {"items": {"type": "array"}, "next_cursor": {"anyOf": [{"type": "null"}]}}


class TestPackage:
    def test_is_generated_from_the_documents_of_today(self) -> None:
        files = generated(merged(), schemas())

        stale = [str(path.relative_to(PACKAGE)) for path, text in files.items() if path.read_text() != text]
        left = {*(PACKAGE / "api").glob("*.py"), *(PACKAGE / "events").glob("*.py")} - files.keys()

        assert stale == [], "python -m tests.sdk.write renews them"
        assert {path.name for path in left} == {"__init__.py"}

    def test_has_a_method_for_every_operation_of_json(self) -> None:
        document = merged()
        found = operations(document)
        named = {(one.method.lower(), one.path) for one in found}
        every = {
            (method, path)
            for path, item in document["paths"].items()
            for method, given in item.items()
            if path.startswith("/api/v1/") and _answers_json(given)
        }

        assert every - named == set()
        assert len(named) > 100

    @pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
    def test_imports_nothing_of_the_platform(self, path: Path) -> None:
        imported = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])

        assert imported & {"libs", "services", "gateway", "deploy", "tests", "sdk"} == set()


class TestFiles:
    def test_are_sent_and_answered_as_bytes(self) -> None:
        found = {one.name: one for one in operations(merged()) if one.resource == "imports"}

        sends = [name for name, one in found.items() if one.takes_file]
        answers = [name for name, one in found.items() if one.answer == FILE]

        assert (sends, answers) == (["create"], ["template", "errors"])
        assert request_of("POST", "/imports", file=b"a,b").file == b"a,b"
        assert parsed(httpx.Response(200, content=b"PK"), bytes) == b"PK"


def _answers_json(given: dict[str, Any]) -> bool:
    good = [each for status, each in given["responses"].items() if status.startswith("2")]
    return any("application/json" in each.get("content", {}) for each in good[:1])


def names(paths: dict[str, Any]) -> set[str]:
    return {f"{one.resource}.{one.name}" for one in operations({"paths": paths, "components": {}})}


def op(status: str = "200", schema: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": schema or {"type": "object"}}}}
    return {"responses": {status: answer if status != "204" else {}}}


class TestOperations:
    def test_are_named_by_path_and_method(self) -> None:
        page = op(schema={"properties": PAGE})

        found = names(
            {
                "/api/v1/toy-boxes": {"get": page, "post": op("201")},
                "/api/v1/toy-boxes/batch": {"post": op()},
                "/api/v1/toy-boxes/{id}": {"get": op(), "patch": op(), "delete": op("204")},
                "/api/v1/toy-boxes/{id}/close": {"post": op()},
                "/api/v1/toy-boxes/{id}/toys": {"get": page, "post": op("201")},
                "/api/v1/toy-boxes/{id}/members": {"get": page, "post": op()},
                "/api/v1/toy-boxes/{id}/members/{contact_id}": {"delete": op("204")},
                "/api/v1/search": {"get": op()},
            }
        )

        mine = "list create batch get update delete close toys add_toy members add_members remove_member"
        assert found == {f"toy_boxes.{name}" for name in mine.split()} | {"search.get"}

    def test_that_answer_no_json_are_left_out(self) -> None:
        stream: dict[str, Any] = {"responses": {"200": {"content": {"text/event-stream": {}}}}}

        assert names({"/api/v1/events/stream": {"get": stream}, "/l/u": {"get": op()}}) == set()

    def test_of_one_name_are_refused(self) -> None:
        with pytest.raises(ValueError, match="a second time"):
            names({"/api/v1/toys/mend": {"post": op()}, "/api/v1/toys/{id}/mend": {"post": op()}})


class TestNames:
    @pytest.mark.parametrize(
        ("key", "name"),
        [
            ("AccountCreate", "AccountCreate"),
            ("sales.Duplicate", "SalesDuplicate"),
            ("Batch_LeadCreate_", "BatchLeadCreate"),
            ("services__customer__accounts__schemas__MergeInto", "CustomerAccountsMergeInto"),
        ],
    )
    def test_of_classes(self, key: str, name: str) -> None:
        assert class_name(key) == name

    def test_of_fields_and_parameters(self) -> None:
        assert [attribute(name) for name in ("name", "class", "copy")] == ["name", "class_", "copy_"]
        assert [parameter(name) for name in ("from", "name[in]", "id")] == ["from_", "name__in", "id"]
        assert [singular(word) for word in ("replies", "members", "staff")] == ["reply", "member", "staff"]


UUID = {"type": "string", "format": "uuid"}
NULL = {"type": "null"}


class TestForms:
    @pytest.mark.parametrize(
        ("schema", "read", "sent"),
        [
            (UUID, "UUID", "UUID | str"),
            ({"anyOf": [UUID, NULL]}, "UUID | None", "UUID | str | None"),
            ({"type": "array", "items": UUID}, "tuple[UUID, ...]", "Sequence[UUID | str]"),
            ({"enum": ["a", "b"], "type": "string"}, "str", "Literal['a', 'b']"),
            (
                {"anyOf": [{"type": "number"}, {"type": "string"}, NULL]},
                "Decimal | None",
                "Decimal | float | str | None",
            ),
            ({"type": "object"}, "dict[str, Any]", "Mapping[str, Any]"),
            ({}, "Any", "Any"),
        ],
        ids=["uuid", "null", "list", "words", "decimal", "object", "anything"],
    )
    def test_are_open_when_read_and_exact_when_sent(
        self, schema: dict[str, Any], read: str, sent: str
    ) -> None:
        assert Forms({}, "").annotation(schema) == read
        assert Forms({}, "", is_sent=True).annotation(schema) == sent


class TestContracts:
    def test_of_one_name_are_refused(self) -> None:
        one = {"title": "ToyMade", "x-topic": "t", "x-key": "id", "properties": {"id": UUID}}

        with pytest.raises(ValueError, match="ToyMade"):
            contracts.modules({"a.toy.made.v1": one, "b.toy.made.v1": one})

"""The published documents are what the public tools take them for: AsyncAPI, JSON Schema, CloudEvents."""

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import validator_for

from tests.contracts import parser
from tests.contracts.catalogue import PAGES, page
from tests.contracts.documents import ASYNCAPI, EXAMPLES, SCHEMAS, contracts, example_of, read

NAMES = sorted(contracts())
ERROR, WARNING = 0, 1


def validate(name: str, body: object) -> None:
    """Raise ValidationError for a body that is not of its published schema, formats included."""
    schema = read(SCHEMAS / f"{name}.json")
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(body)


@pytest.mark.parametrize("name", NAMES)
class TestSchema:
    def test_is_valid_by_the_metaschema_it_names(self, name: str) -> None:
        schema = read(SCHEMAS / f"{name}.json")

        assert validator_for(schema) is Draft202012Validator
        Draft202012Validator.check_schema(schema)

    def test_holds_for_the_example_of_its_first_day(self, name: str) -> None:
        validate(name, read(EXAMPLES / f"{name}.json"))

    def test_holds_for_the_example_of_the_catalogue(self, name: str) -> None:
        validate(name, example_of(contracts()[name]))

    def test_refuses_a_body_without_its_key(self, name: str) -> None:
        body = read(EXAMPLES / f"{name}.json") | {"occurred_at": 1}

        with pytest.raises(ValidationError):
            validate(name, body)


@pytest.fixture(scope="module")
def public_parser() -> Path:
    """Lend the public parser's folder; where npm reaches nothing, say what was left out, and fail in CI."""
    try:
        return parser.installed()
    except parser.NotInstalled as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Left out: AsyncAPI by its public parser, which npm could not fetch. {missing}")


class TestAsyncApi:
    def test_is_without_fault_for_the_public_parser(self, public_parser: Path) -> None:
        found = parser.parse(ASYNCAPI, public_parser)

        assert found["version"] == "3.0.0"
        assert sorted(found["messages"]) == NAMES
        assert [fault for fault in found["faults"] if fault["severity"] in {ERROR, WARNING}] == []

    def test_with_a_planted_fault_is_refused(self, public_parser: Path, tmp_path: Path) -> None:
        planted = read(ASYNCAPI)
        planted["operations"]["send-nothing"] = {"action": "shout"}
        path = tmp_path / "asyncapi.json"
        path.write_text(json.dumps(planted), "utf-8")

        found = parser.parse(path, public_parser)

        assert any(fault["severity"] == ERROR for fault in found["faults"])

    def test_that_npm_cannot_install_is_said_so(self, tmp_path: Path) -> None:
        source = tmp_path / "source"
        source.mkdir()
        for name in parser.FILES:
            (source / name).write_text("{", "utf-8")

        with pytest.raises(parser.NotInstalled):
            parser.installed(source, tmp_path / "cache")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
class TestCatalogue:
    def test_is_the_published_one(self, path: Path) -> None:
        assert path.read_text("utf-8") == page(path)

    def test_names_every_type_and_every_topic(self, path: Path) -> None:
        text = path.read_text("utf-8")

        assert [name for name in NAMES if name not in text] == []
        assert [event.topic for event in contracts().values() if event.topic not in text] == []

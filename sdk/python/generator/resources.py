"""The OpenAPI document as modules: models, bodies, and the same resources for threads and for asyncio."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sdk.python.generator.forms import Forms, docstring, typed_dictionary
from sdk.python.generator.names import class_name, parameter, snake
from sdk.python.generator.operations import Operation, is_paged, operations, resolved

type Json = dict[str, Any]

_HEAD = '"""{}; generated from the OpenAPI document by `python -m tests.sdk.write`."""\n\n'
_TYPES = (
    "from collections.abc import Mapping, Sequence\nfrom datetime import date, datetime, time\n"
    "from decimal import Decimal\nfrom typing import Any, Literal, NotRequired, Required, TypedDict\n"
    "from uuid import UUID\n\n"
)
_RESOURCES = (
    "from __future__ import annotations\n\nfrom collections.abc import Mapping\n"
    "from typing import TYPE_CHECKING, Any, Unpack\n\n"
    "from plexus_crm.api import models\nfrom plexus_crm.{module} import {names}\n\n"
    "if TYPE_CHECKING:\n    from plexus_crm.api import bodies\n\n"
)


def modules(document: Json) -> dict[str, str]:
    """Return the text of each module of `plexus_crm.api`, not yet formatted."""
    return _Writer(document).modules()


class _Writer:
    def __init__(self, document: Json) -> None:
        self.document = document
        self.operations = operations(document)
        schemas = document["components"]["schemas"]
        self.read = Forms(schemas, "models.")
        self.sent = Forms(schemas, "bodies.", is_sent=True)
        self.queries: dict[str, str] = {}

    def modules(self) -> dict[str, str]:
        sync = _HEAD.format("The API's resources, blocking")
        sync += _RESOURCES.format(module="pages", names="ID, Pages, Resource") + self._resources(
            is_async=False
        )
        aio = _HEAD.format("The API's resources, for asyncio")
        aio += _RESOURCES.format(module="pages", names="ID, AsyncPages, AsyncResource")
        aio += self._resources(is_async=True)
        for forms in (self.read, self.sent):
            forms.prefix = ""
        models = _HEAD.format("What the API answers") + "from __future__ import annotations\n\n" + _TYPES
        models += "from pydantic import Field\n\nfrom plexus_crm.model import Model\n\n"
        bodies = _HEAD.format("What the API takes") + "from __future__ import annotations\n\n" + _TYPES
        return {
            "models.py": models + "\n\n\n".join(self.read.closure()) + "\n",
            "bodies.py": bodies + "\n\n\n".join([*self.sent.closure(), *self.queries.values()]) + "\n",
            "sync.py": sync,
            "aio.py": aio,
        }

    def _resources(self, *, is_async: bool) -> str:
        groups = groupby(self.operations, key=lambda one: one.resource)
        classes = {name: self._resource(name, [*each], is_async=is_async) for name, each in groups}
        base = "AsyncResource" if is_async else "Resource"
        owner = [f"class Resources({base}):", '    """Every resource of the API."""', ""]
        for name in classes:
            owner += ["    @property", f"    def {name}(self) -> {class_name(name)}:"]
            owner += [f'        """Return the resource /{name.replace("_", "-")}."""']
            owner += [f"        return {class_name(name)}(self._client)", ""]
        return "\n\n\n".join([*classes.values(), "\n".join(owner)])

    def _resource(self, name: str, group: list[Operation], *, is_async: bool) -> str:
        base = "AsyncResource" if is_async else "Resource"
        lines = [f"class {class_name(name)}({base}):"]
        lines += [f'    """/api/v1/{name.replace("_", "-")}."""', ""]
        return "\n".join([*lines, *("\n".join(self._method(one, is_async=is_async)) + "\n" for one in group)])

    def _method(self, one: Operation, *, is_async: bool) -> list[str]:
        paged = is_paged(self.document, one.answer)
        arguments, given = self._arguments(one)
        form = self._answer(one.answer, is_async=is_async, paged=paged)
        verb = "async def" if is_async and not paged else "def"
        lines = [f"    {verb} {one.name}({', '.join(['self', *arguments])}) -> {form}:"]
        lines += [f'        """{docstring({"description": one.summary}, one.name)}"""']
        place = one.path
        for index, name in enumerate(one.places):
            place = place.replace(f"{{{name}}}", f"{{{_place(index, one.places)}}}")
        path = f'f"{place}"' if one.places else f'"{one.path}"'
        if paged:
            item, whole = self._items(one.answer)
            query = "query" if one.query else "{}"
            return [*lines, f"        return self._pages({path}, {whole}, {item}, query={query})"]
        call = f'self._call("{one.method}", {path}, {", ".join([*given, self._parser(one.answer)])})'
        given_back = "return " if one.answer is not None else ""
        return [*lines, f"        {given_back}{'await ' if is_async else ''}{call}"]

    def _arguments(self, one: Operation) -> tuple[list[str], list[str]]:
        """Return what a method takes, and what it hands on."""
        arguments = [f"{_place(index, one.places)}: ID" for index in range(len(one.places))]
        arguments += ["/"] if one.places else []
        keywords: list[str] = []
        given: list[str] = []
        if one.needs_version:
            keywords.append("version: int")
            given.append("version=version")
        if one.takes_key:
            keywords.append("idempotency_key: str | None = None")
            given.append("key=idempotency_key")
        rest = ""
        if one.takes_file:
            arguments.insert(len(one.places), "file: bytes")
            given.append("file=file")
        if one.body is not None:
            form = self.sent.annotation(one.body)
            if "properties" in resolved(self.document, one.body):
                rest = f"**body: Unpack[{form}]"
                given.append("body=body")
            else:
                arguments.insert(len(one.places), f"body: {form}")
                given.append("body=body")
        if one.query:
            form = self._query(one)
            if rest:
                keywords.append(f"query: {form} | None = None")
                given.append("query=query or {}")
            else:
                rest = f"**query: Unpack[{form}]"
                given.append("query=query")
        star = ["*"] if keywords else []
        return [*arguments, *star, *keywords, *([rest] if rest else [])], given

    def _query(self, one: Operation) -> str:
        name = f"{class_name(one.resource)}{class_name(snake(one.name))}Query"
        if name not in self.queries:
            forms = {
                parameter(each["name"]): (
                    f"{'Required' if each.get('required') else 'NotRequired'}[{self._parameter(each)}]"
                )
                for each in one.query
                if each["name"] != "cursor" or not is_paged(self.document, one.answer)
            }
            self.sent.prefix = "bodies."
            self.queries[name] = typed_dictionary(name, forms, f"What {one.method} {one.path} can be asked.")
        return f"bodies.{name}"

    def _parameter(self, given: Json) -> str:
        prefix, self.sent.prefix = self.sent.prefix, ""
        try:
            return self.sent.annotation(given.get("schema", {}))
        finally:
            self.sent.prefix = prefix

    def _answer(self, answer: Json | None, *, is_async: bool, paged: bool) -> str:
        if answer is None:
            return "None"
        if not paged:
            return self.read.annotation(answer)
        _, whole = self._items(answer)
        return f"AsyncPages[{whole}]" if is_async else f"Pages[{whole}]"

    def _items(self, answer: Json | None) -> tuple[str, str]:
        """Return a page's item, any field of which may be left out, and the record that it is otherwise."""
        schemas = self.document["components"]["schemas"]
        given = resolved(self.document, answer or {})["properties"]["items"]["items"]
        item = self.read.annotation(given)
        key = given.get("$ref", "").rsplit("/", 1)[-1]
        whole = key.removesuffix("ListItem") + "Read"
        alike = [schemas.get(each, {}).get("properties", {}).keys() for each in (whole, key)]
        return item, self.read.annotation({"$ref": f"/{whole}"}) if alike[0] == alike[1] and alike[
            0
        ] else item

    def _parser(self, answer: Json | None) -> str:
        return "answer=None" if answer is None else f"answer={self.read.annotation(answer)}"


def _place(index: int, places: Iterable[str]) -> str:
    """Return the name of a path's parameter: the first is the record's id."""
    names = [*places]
    return (
        "id" if index == 0 else snake(names[index]) if names[index] not in {"id", "identity"} else "other_id"
    )

"""Kong's configuration: what it says, by Kong's own schema, and its Lua as LuaJIT runs it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import lupa.luajit21  # type: ignore[import-untyped]  # It ships neither annotations nor stubs.
import pytest
import yaml
from jsonschema.validators import validator_for

from gateway.__main__ import KONG_FILE, golden_kong, main
from gateway.kong import Kong, declarative_config
from gateway.routes import Routes

type Json = dict[str, Any]

# Kong's own tool for declarative files publishes the schema that it holds them to, in this Go module.
MODULE, SUM = (
    "github.com/kong/go-database-reconciler@v1.31.0",
    "h1:LITt0L/EhajVaSNDMj/TOxh4Cst7CRhiTykYMMlOoLk=",
)
# The plugins that every open-source Kong Gateway 3 has.
BUNDLED = {
    "pre-function",
    "rate-limiting",
    "request-size-limiting",
    "request-transformer",
    "response-transformer",
}


def config(routes: Routes) -> Json:
    return declarative_config(
        routes, Kong({name: f"{name}:8000" for name in routes.enabled}, "exchange:8443")
    )


def plugins(document: Json) -> list[Json]:
    """Every plugin, wherever it stands."""
    own = [
        each for one in document["services"] for route in one["routes"] for each in route.get("plugins", [])
    ]
    return [*document["plugins"], *own]


def route_of(document: Json, path: str) -> tuple[str, Json]:
    """The service and the route that Kong's router finds: of those that match, the highest priority."""
    found = [
        (route["regex_priority"], one["name"], route)
        for one in document["services"]
        for route in one["routes"]
        if any(re.match(pattern.removeprefix("~"), path) for pattern in route["paths"])
    ]
    _, name, route = max(found, key=lambda each: each[0])
    return name, route


def names_of(route: Json) -> list[str]:
    return [plugin["name"] for plugin in route.get("plugins", [])]


class TestGolden:
    def test_is_what_the_route_table_says(self, routes: Routes) -> None:
        assert KONG_FILE.read_text("utf-8") == golden_kong(routes), "Run: python -m gateway kong"

    def test_drifts_when_a_route_is_added(self, routes: Routes) -> None:
        sales = routes.services["sales"]
        grown = sales.model_copy(update={"prefixes": (*sales.prefixes, "/api/v1/quotes")})
        changed = routes.model_copy(update={"services": {**routes.services, "sales": grown}})

        assert golden_kong(changed) != golden_kong(routes)

    def test_is_written_by_one_command(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.__main__.KONG_FILE", tmp_path / "kong.yaml")

        main(["kong"])

        assert (tmp_path / "kong.yaml").read_text("utf-8") == KONG_FILE.read_text("utf-8")


class TestRoutes:
    def test_send_each_path_to_its_service(self, routes: Routes) -> None:
        document = config(routes)

        for name, service in routes.services.items():
            for prefix in service.prefixes:
                for path in (prefix, f"{prefix}/0193/verb"):
                    assert route_of(document, path)[0] == name, path

    def test_give_everything_else_to_the_web_application(self, routes: Routes) -> None:
        for path in ("/", "/leads", "/assets/app.js", "/apiary"):
            assert route_of(config(routes), path)[0] == "web"

    def test_know_nothing_else_without_one(self, routes: Routes) -> None:
        document = config(routes.without("web"))

        assert route_of(document, "/nothing")[1]["name"] == "unknown"
        assert route_of(document, "/")[1]["name"] == "docs"

    @pytest.mark.parametrize("path", ["/api", "/api/v1/users-of-others", "/l/x/y"])
    def test_answer_an_unknown_path_with_a_problem(self, routes: Routes, path: str) -> None:
        name, route = route_of(config(routes), path)

        assert (name, route["name"]) == ("docs", "unknown")
        assert route["plugins"][1]["config"] == {"replace": {"uri": "/problems/404"}}

    def test_lead_from_http_to_https(self, routes: Routes) -> None:
        found = [route for one in config(routes)["services"] for route in one["routes"]]

        assert {(*route["protocols"], route["https_redirect_status_code"]) for route in found} == {
            ("https", 308)
        }

    def test_ask_the_exchange_everywhere_but_where_nobody_needs_a_token(self, routes: Routes) -> None:
        document = config(routes)
        assert "resty.http" in document["plugins"][0]["config"]["access"][0]

        for name, service in routes.services.items():
            for path in service.public:
                assert "pre-function" in names_of(route_of(document, path)[1])
            if not (service.fallback or service.catches_all):
                assert "pre-function" not in names_of(route_of(document, f"{service.prefixes[0]}/x")[1]), name

    def test_slow_guessing_down(self, routes: Routes) -> None:
        for one in routes.strict:
            _, route = route_of(config(routes), one.path)
            assert route["plugins"][1]["config"]["second"] == one.requests_per_second

    def test_hold_no_stream_back_and_cut_none(self, routes: Routes) -> None:
        document = config(routes)
        silences = {one["name"]: one["read_timeout"] for one in document["services"]}

        for name, service in routes.services.items():
            for path in service.streams:
                owner, route = route_of(document, path)
                assert (owner, route["response_buffering"]) == (f"{name}-streams", False)
                assert silences[owner] > silences[name] == routes.limits.timeout_seconds * 1000


class TestPlugins:
    def test_are_those_of_every_open_source_kong(self, routes: Routes) -> None:
        found = {each["name"] for each in plugins(config(routes))}

        assert found == BUNDLED

    def test_stand_once_in_each_place(self, routes: Routes) -> None:
        document = config(routes)
        assert len({each["name"] for each in document["plugins"]}) == len(document["plugins"])
        for one in document["services"]:
            for route in one["routes"]:
                assert len(set(names_of(route))) == len(names_of(route))

    def test_force_https_on_a_companys_own_name_alone(self, routes: Routes) -> None:
        backends = {name: f"{name}:8000" for name in routes.enabled}

        kept = json.dumps(declarative_config(routes, Kong(backends, "x:1")))
        local = json.dumps(declarative_config(routes, Kong(backends, "x:1", hsts=False)))

        assert "Strict-Transport-Security" in kept
        assert "Strict-Transport-Security" not in local


@cache
def schema() -> Json:
    """Kong's schema out of the Go module, by its checksum."""
    go = shutil.which("go")
    if go is None and os.environ.get("CI"):
        pytest.fail("CI must hold Kong's file to Kong's schema, and there is no Go to fetch it with.")
    if go is None:
        pytest.skip("Kong's file is held to Kong's schema, which Go fetches, and there is no Go here.")
    fetched = subprocess.run([go, "mod", "download", "-json", MODULE], check=True, capture_output=True)
    found = json.loads(fetched.stdout)
    assert found["Sum"] == SUM
    return dict(json.loads((Path(found["Dir"]) / "pkg/file/kong_json_schema.json").read_text("utf-8")))


class TestSchema:
    def test_of_kong_accepts_the_committed_file(self) -> None:
        document = yaml.safe_load(KONG_FILE.read_text("utf-8"))

        assert faults(document) == []

    @pytest.mark.parametrize(
        "plant",
        [
            lambda document: document["services"][0].update(timeout=9),
            lambda document: document["services"][0]["routes"][0].update(paths="/x"),
            lambda document: document["plugins"][0].pop("name"),
            lambda document: document.update(middlewares=[]),
        ],
        ids=["unknown field", "wrong type", "missing name", "unknown section"],
    )
    def test_of_kong_finds_what_is_planted(self, routes: Routes, plant: Callable[[Json], None]) -> None:
        document = config(routes)

        plant(document)

        assert faults(document)


def faults(document: Json) -> list[str]:
    found = schema()
    return [str(error.message)[:200] for error in validator_for(found)(found).iter_errors(document)]


@dataclass
class Request:
    """A request as Kong's Lua sees it: what it does to the headers, whom it asks, how it ends."""

    headers: Mapping[str, str | list[str]]
    answer: tuple[int, dict[str, str]] | None = (200, {})
    upstream: dict[str, str | None] = field(default_factory=dict)
    asked: list[tuple[str, Json]] = field(default_factory=list)
    exit: tuple[int, Any, Json] | None = None

    def run(self, code: str) -> "Request":
        """Run one function of `pre-function` in a LuaJIT of its own."""
        lua = lupa.luajit21.LuaRuntime(unpack_returned_tuples=True)
        lowered = {
            name.lower(): lua.table_from(value) if isinstance(value, list) else value
            for name, value in self.headers.items()
        }

        def exit_with(status: int, body: Any = None, headers: Any = None) -> None:
            self.exit = (status, body, dict(headers or {}))

        def request_uri(_client: Any, url: str, options: Any) -> Any:
            self.asked.append((url, {name: options["headers"][name] for name in options["headers"]}))
            if self.answer is None:
                return None, "connection refused"
            status, headers = self.answer
            return lua.table_from({"status": status, "body": "body", "headers": lua.table_from(headers)})

        client = {"set_timeouts": lambda *_: None, "request_uri": request_uri}
        http = lua.table_from({"new": lambda: lua.table_from(client)})
        request = {
            "get_headers": lambda _most: lua.table_from(lowered),
            "get_method": lambda: "POST",
            "get_scheme": lambda: "https",
            "get_path_with_query": lambda: "/api/v1/leads?limit=1",
        }
        service = {
            "clear_header": lambda name: self.upstream.__setitem__(name, None),
            "set_header": self.upstream.__setitem__,
        }
        kong = {
            "client": lua.table_from({"get_ip": lambda: "203.0.113.9"}),
            "log": lua.table_from({"err": lambda *_: None}),
            "request": lua.table_from(request),
            "response": lua.table_from({"exit": exit_with}),
            "service": lua.table_from({"request": lua.table_from(service)}),
        }
        lua.globals().kong = lua.table_from(kong)
        lua.globals().require = {"resty.http": http}.__getitem__
        lua.execute(code)
        return self


@pytest.fixture
def lua(routes: Routes) -> dict[str, str]:
    functions = config(routes)["plugins"][0]["config"]
    return {phase: functions[phase][0] for phase in ("rewrite", "access")}


class TestStrip:
    def test_removes_every_identity_header_and_its_aliases(self, routes: Routes, lua: dict[str, str]) -> None:
        forged = dict.fromkeys(routes.headers.strip, "root") | {"X_User": "root", "X.Plexus.User": "root"}
        forged |= {"X-Forwarded-For": "203.0.113.9", "X-Real-Ip": "203.0.113.9"}

        done = Request({**forged, "Accept": "*/*", "Authorization": "Bearer eyJ.b.c"}).run(lua["rewrite"])

        assert done.upstream == {name.lower(): None for name in forged}


class TestExchange:
    TOLD = {"Authorization": "Bearer eyJ.x.y", "X-Plexus-Quota": '"api-key";q=1;w=60;r=0;t=5'}  # noqa: RUF012 - Never changed.

    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": "bearer  plx_abcdefgh_x"},
            {"Cookie": "theme=dark; __Host-plexus=x"},
            {"Cookie": "__Host-plexus=x"},
        ],
        ids=["key", "cookie", "cookie alone"],
    )
    def test_replaces_an_opaque_credential_by_a_token(
        self, lua: dict[str, str], headers: dict[str, str]
    ) -> None:
        done = Request({"Host": "crm.example.com", **headers}, (200, self.TOLD)).run(lua["access"])

        assert done.upstream == {**self.TOLD, "Cookie": None}
        ((url, asked),) = done.asked
        assert url == "https://exchange:8443/exchange"
        assert asked == {
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Host": "crm.example.com",
            "X-Forwarded-Method": "POST",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Uri": "/api/v1/leads?limit=1",
            **headers,
        }

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Bearer eyJ.b.c", "Cookie": "__Host-plexus=x"},
            {"Cookie": "other__Host-plexus=x"},
            {"Cookie": "theme=dark"},
        ],
        ids=["nothing", "token", "other cookie", "no cookie of ours"],
    )
    def test_is_skipped_by_everybody_else(self, lua: dict[str, str], headers: dict[str, str]) -> None:
        done = Request(headers).run(lua["access"])

        assert (done.asked, done.exit, done.upstream) == ([], None, {"Cookie": None})

    def test_is_not_passed_by_a_key_beside_a_token(self, lua: dict[str, str]) -> None:
        done = Request({"Authorization": ["Bearer eyJ.b.c", "Bearer plx_x"]}, (401, {})).run(lua["access"])

        assert done.exit is not None
        assert done.exit[0] == 401

    def test_removes_what_the_client_said_in_auths_name(self, lua: dict[str, str]) -> None:
        token = {"Authorization": "Bearer eyJ.x.y"}

        done = Request({"Cookie": "__Host-plexus=x"}, (200, token)).run(lua["access"])

        assert done.upstream == {**token, "X-Plexus-Quota": None, "Cookie": None}

    def test_passes_a_refusal_on_in_auths_words(self, lua: dict[str, str]) -> None:
        told = {"Content-Type": "application/problem+json", "Retry-After": "7", "Server": "secret"}

        done = Request({"Cookie": "__Host-plexus=x"}, (429, told)).run(lua["access"])

        shown = {"Content-Type": "application/problem+json", "Retry-After": "7"}
        assert done.exit == (429, "body", shown)
        assert done.upstream == {}

    def test_says_when_auth_does_not_answer(self, lua: dict[str, str]) -> None:
        done = Request({"Cookie": "__Host-plexus=x"}, None).run(lua["access"])

        assert done.exit is not None
        status, body, headers = done.exit
        assert (status, headers["Content-Type"]) == (502, "application/problem+json")
        assert json.loads(body)["status"] == 502

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.__main__ import GOLDEN, golden, main, parse_backends
from gateway.entry import Entry, static_config
from gateway.routes import Routes
from gateway.traefik import dynamic_config

HERE = Path("/tls")
ENTRY = Entry("127.0.0.1", 8081, 8444, HERE / "a.pem", HERE / "a-key.pem", "127.0.0.1:9", HERE / "ca.pem")


def backends(routes: Routes) -> dict[str, list[str]]:
    return {name: [f"{name}:8000"] for name in routes.services}


class TestGolden:
    def test_is_what_the_route_table_says(self, routes: Routes) -> None:
        committed = {name: (GOLDEN / name).read_text("utf-8") for name in ("static.yml", "dynamic.yml")}

        assert committed == golden(routes), "Run: python -m gateway traefik --golden"

    def test_drifts_when_a_route_is_added(self, routes: Routes) -> None:
        sales = routes.services["sales"]
        grown = sales.model_copy(update={"prefixes": (*sales.prefixes, "/api/v1/quotes")})
        changed = routes.model_copy(update={"services": {**routes.services, "sales": grown}})

        assert golden(changed) != golden(routes)


class TestStaticConfig:
    def test_listens_on_the_given_address_without_dashboard_or_call_home(self, routes: Routes) -> None:
        config = static_config(ENTRY, routes.limits, GOLDEN)

        assert config["entryPoints"]["web"]["address"] == "127.0.0.1:8081"
        assert "api" not in config
        assert config["entryPoints"]["websecure"]["address"] == "127.0.0.1:8444"
        assert config["global"] == {"checkNewVersion": False, "sendAnonymousUsage": False}

    def test_answers_http_with_the_way_to_https(self, routes: Routes) -> None:
        plain = static_config(ENTRY, routes.limits, GOLDEN)["entryPoints"]["web"]

        redirection = plain["http"]["redirections"]["entryPoint"]
        assert redirection == {"to": ":8444", "scheme": "https", "permanent": True}


class TestDynamicConfig:
    def test_routes_nothing_by_http(self, routes: Routes) -> None:
        routers = dynamic_config(routes, backends(routes), ENTRY)["http"]["routers"]

        assert {tuple(router["entryPoints"]) for router in routers.values()} == {("websecure",)}

    def test_forces_https_on_a_companys_own_name_alone(self, routes: Routes) -> None:
        kept = dynamic_config(routes, backends(routes), ENTRY)
        local = dynamic_config(routes, backends(routes), replace(ENTRY, hsts=False))

        assert "stsSeconds" in kept["http"]["middlewares"]["headers"]["headers"]
        assert "stsSeconds" not in local["http"]["middlewares"]["headers"]["headers"]

    def test_strips_what_auth_will_answer_with(self, routes: Routes) -> None:
        assert set(routes.exchange.answers_with) <= {*routes.headers.strip, "Authorization"}

    def test_exchanges_on_no_public_path_and_never_without_auth(self, routes: Routes) -> None:
        with_auth = dynamic_config(routes, backends(routes), ENTRY)["http"]
        alone = dynamic_config(routes, backends(routes), replace(ENTRY, exchange=None))["http"]

        for name, router in with_auth["routers"].items():
            assert ("exchange" in router["middlewares"]) is name.endswith("-exchange")
        assert (
            with_auth["routers"]["auth-public"]["priority"]
            > with_auth["routers"]["auth-exchange"]["priority"]
        )
        assert not [name for name in alone["routers"] if name.endswith("-exchange")]
        assert "exchange" not in alone["middlewares"]

    def test_never_buffers(self, routes: Routes) -> None:
        middlewares = dynamic_config(routes, backends(routes), ENTRY)["http"]["middlewares"]

        assert middlewares
        assert not [name for name, body in middlewares.items() if "buffering" in body]

    def test_spreads_over_all_backends_of_a_service(self, routes: Routes) -> None:
        two = {**backends(routes), "sales": ["10.0.0.1:80", "10.0.0.2:80"]}

        upstream = dynamic_config(routes, two, ENTRY)["http"]["services"]["sales"]["loadBalancer"]

        assert upstream["servers"] == [{"url": "http://10.0.0.1:80"}, {"url": "http://10.0.0.2:80"}]

    def test_demands_a_backend_for_every_enabled_service(self, routes: Routes) -> None:
        with pytest.raises(KeyError, match="sales"):
            dynamic_config(routes, {n: a for n, a in backends(routes).items() if n != "sales"}, ENTRY)

    def test_leaves_a_disabled_service_and_its_strict_paths_out(self, routes: Routes) -> None:
        http = dynamic_config(routes.without("auth"), backends(routes), ENTRY)["http"]

        assert "auth" not in http["services"]
        assert not [name for name, router in http["routers"].items() if router["service"] == "auth"]


class TestCommand:
    def test_writes_both_files(self, routes: Routes, tmp_path: Path) -> None:
        names = [f"--backend={name}=127.0.0.1:{9000 + i}" for i, name in enumerate(routes.services)]

        main(["traefik", f"--out={tmp_path}", "--port=8085", *names])

        written = (tmp_path / "static.yml").read_text("utf-8")
        assert "127.0.0.1:8085" in written

    def test_reads_backends(self) -> None:
        assert parse_backends(["a=h:1", "a=h:2", "b=h:3"]) == {"a": ["h:1", "h:2"], "b": ["h:3"]}

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.routes import Routes, load_routes


def table(**services: dict[str, Any]) -> dict[str, Any]:
    limits = {
        "requests_per_second": 10,
        "burst": 10,
        "timeout_seconds": 9,
        "connect_seconds": 2,
        "request_read_seconds": 30,
        "body_mebibytes": 8,
    }
    docs = {"title": "Docs", "prefixes": ["/docs"], "fallback": True}
    exchange = {"path": "/e", "cookie": "c", "key_prefix": "k_", "asks_with": [], "answers_with": []}
    whole = {"reserved": ["/api"], "limits": limits, "headers": {"strip": []}, "exchange": exchange}
    return {**whole, "services": {"docs": docs, **services}}


def service(*prefixes: str) -> dict[str, Any]:
    return {"title": "A service", "prefixes": list(prefixes)}


class TestOwner:
    @pytest.mark.parametrize(
        ("path", "owner"),
        [
            ("/api/v1/users", "auth"),
            ("/api/v1/accounts/0193/merge", "customer"),
            ("/api/v1/opportunities/batch", "sales"),
            ("/api/v1/metrics/funnel", "analytics"),
            ("/api/v1/operations/sales", "sales"),
            ("/docs/assets/page.js", "docs"),
        ],
    )
    def test_is_the_service_that_owns_the_path(self, path: str, owner: str) -> None:
        assert load_routes().owner(path) == owner

    @pytest.mark.parametrize("path", ["/api/v1/users-of-others", "/api/v1", "/api/v2/users", "/livez"])
    def test_is_nobody_for_a_path_that_only_looks_alike(self, path: str) -> None:
        with pytest.raises(LookupError):
            load_routes().owner(path)


class TestTable:
    def test_rejects_a_path_with_two_owners(self) -> None:
        claims = table(one=service("/api/v1/users"), two=service("/api/v1/users/groups"))

        with pytest.raises(ValidationError, match="also claimed by"):
            Routes.model_validate(claims)

    def test_rejects_a_strict_limit_on_a_path_of_nobody(self) -> None:
        strict = [{"path": "/api/v1/nobody", "requests_per_second": 1, "burst": 1}]

        with pytest.raises((ValidationError, LookupError)):
            Routes.model_validate({**table(), "strict": strict})

    @pytest.mark.parametrize("prefix", ["api/v1", "/api/", "/a`) || Path(`/b", "/Users", ""])
    def test_rejects_what_is_no_plain_path(self, prefix: str) -> None:
        with pytest.raises(ValidationError):
            Routes.model_validate(table(one=service(prefix)))

    def test_rejects_a_second_fallback(self) -> None:
        with pytest.raises(ValidationError, match="Exactly one"):
            Routes.model_validate(table(one={**service("/one"), "fallback": True}))

    def test_rejects_two_who_answer_everything(self) -> None:
        greedy = {**service(), "catches_all": True}

        with pytest.raises(ValidationError, match="Only one"):
            Routes.model_validate(table(one=greedy, two=greedy))

    def test_turns_services_off_by_name(self) -> None:
        routes = load_routes().without("sales")

        assert "sales" not in routes.enabled
        assert "customer" in routes.enabled

    def test_names_every_public_path_inside_its_service(self) -> None:
        for one in load_routes().services.values():
            assert all(one.answers(path) for path in one.public)

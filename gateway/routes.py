"""The route table, read from routes.toml: who answers which path, and within which limits."""

import tomllib
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints, model_validator

ROUTES = Path(__file__).with_name("routes.toml")
# What is data and no page: no browser keeps it, runs or loads anything of it, or lets a page frame it.
DATA = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}

UrlPath = Annotated[str, StringConstraints(pattern=r"^(/[a-z0-9.-]+)+$")]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Table):
    requests_per_second: PositiveInt
    burst: PositiveInt
    timeout_seconds: PositiveInt
    connect_seconds: PositiveInt
    request_read_seconds: PositiveInt
    body_mebibytes: PositiveInt


class Strict(Table):
    path: UrlPath
    requests_per_second: PositiveInt
    burst: PositiveInt


class Headers(Table):
    strip: tuple[str, ...]


def is_below(path: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a path is one of these or leads on from one, by whole steps."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


class Exchange(Table):
    """How opaque credentials look, and where auth exchanges them for a token."""

    path: UrlPath
    cookie: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_-]+$")]
    key_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z]+_$")]
    asks_with: tuple[str, ...]
    answers_with: tuple[str, ...]


class Service(Table):
    title: str
    prefixes: tuple[UrlPath, ...]
    exact: tuple[str, ...] = ()
    public: tuple[UrlPath, ...] = ()
    streams: tuple[UrlPath, ...] = ()
    explains: tuple[int, ...] = ()
    enabled: bool = True
    fallback: bool = False
    catches_all: bool = False

    def answers(self, path: str) -> bool:
        return is_below(path, self.prefixes) or path in self.exact

    def is_public(self, path: str) -> bool:
        return is_below(path, self.public)


class Routes(Table):
    reserved: tuple[UrlPath, ...]
    limits: Limits
    headers: Headers
    exchange: Exchange
    services: dict[str, Service]
    strict: tuple[Strict, ...] = Field(default=())

    @model_validator(mode="after")
    def _is_unambiguous(self) -> Self:
        if sum(service.fallback for service in self.services.values()) != 1:
            raise ValueError("Exactly one service must be the fallback.")
        if sum(service.catches_all for service in self.services.values()) > 1:
            raise ValueError("Only one service can answer everything else.")
        prefixes = [(prefix, name) for name, s in self.services.items() for prefix in s.prefixes]
        for prefix, name in prefixes:
            if claims := self._others(prefix, name):
                raise ValueError(f"{prefix} of {name} is also claimed by {claims}.")
        for strict in self.strict:
            self.owner(strict.path)
        return self

    def _others(self, path: str, name: str) -> list[str]:
        return [n for n, service in self.services.items() if n != name and service.answers(path)]

    def owner(self, path: str) -> str:
        """The name of the one service that answers this path; LookupError when none does."""
        for name, service in self.services.items():
            if service.answers(path):
                return name
        raise LookupError(f"No service answers {path}.")

    @property
    def enabled(self) -> dict[str, Service]:
        return {name: service for name, service in self.services.items() if service.enabled}

    def without(self, *names: str) -> "Routes":
        """This table with the named services turned off; KeyError for an unknown one."""
        off = {name: self.services[name].model_copy(update={"enabled": False}) for name in names}
        return self.model_copy(update={"services": {**self.services, **off}})


def load_routes(path: Path = ROUTES) -> Routes:
    return Routes.model_validate(tomllib.loads(path.read_text("utf-8")))

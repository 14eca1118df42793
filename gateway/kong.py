"""Kong's declarative configuration, generated from the same route table as Traefik's.

Only plugins that every open-source Kong Gateway 3 bundles. Kong has no ForwardAuth: `pre-function` asks
auth's exchange in its place (kong/exchange.lua), by HTTP/1.1, the only protocol that its client speaks.
What Kong itself refuses (too fast, too large, a dead service) is in Kong's own words: problem documents for
these would take a plugin of its enterprise edition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gateway.routes import DATA, Limits, Routes, Service, Strict
from libs.common.problems import TYPE_PREFIX

FOLDER = Path(__file__).with_name("kong")
LIMITED, OPEN, ROUTED, UNKNOWN, ANYTHING = 200, 150, 100, 2, 1
# What of a refusal by auth reaches the caller, beside its status and its body.
TELLS = (
    "Content-Language",
    "Content-Type",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Set-Cookie",
    "Vary",
    "WWW-Authenticate",
)
# Kong would pass these on, and put its own address behind them.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-Ip")
STREAM_SECONDS = 75

Json = dict[str, Any]


@dataclass(frozen=True)
class Kong:
    """One installation: where the services are (host:port by name), and auth's exchange."""

    backends: Mapping[str, str]
    exchange: str
    hsts: bool = True


def declarative_config(routes: Routes, kong: Kong) -> Json:
    """Services, routes and plugins; KeyError names an enabled service without a backend."""
    return {
        "_format_version": "3.0",
        "services": [
            each for name, one in routes.enabled.items() for each in _services(name, one, routes, kong)
        ],
        "plugins": _plugins(routes, kong),
    }


def _services(name: str, service: Service, routes: Routes, kong: Kong) -> list[Json]:
    """A service with its routes; its streams stand in a second one, since Kong limits by service."""
    found = [_service(name, kong.backends[name], routes.limits.timeout_seconds, routes)]
    found[0]["routes"] = _routes(name, service, routes)
    if service.streams:
        streams = _service(f"{name}-streams", kong.backends[name], STREAM_SECONDS, routes)
        paths = [f"~{path}$" for path in service.streams]
        streams["routes"] = [_route(f"{name}-streams", paths, OPEN)]
        found.append(streams)
    return found


def _service(name: str, backend: str, silence_seconds: int, routes: Routes) -> Json:
    host, _, port = backend.rpartition(":")
    return {
        "name": name,
        "protocol": "http",
        "host": host,
        "port": int(port),
        "connect_timeout": routes.limits.connect_seconds * 1000,
        "write_timeout": routes.limits.request_read_seconds * 1000,
        # Between two reads: a stream may be silent for longer than a request may take.
        "read_timeout": silence_seconds * 1000,
        # A request that may have had its effect is not sent again.
        "retries": 0,
    }


def _routes(name: str, service: Service, routes: Routes) -> list[Json]:
    opens = service.fallback or service.catches_all
    found = []
    if paths := [*_below(service.prefixes), *(f"~{path}$" for path in _exact(service, routes))]:
        found.append(_route(name, paths, ROUTED, *([_untouched()] if opens else [])))
    if service.public:
        found.append(_route(f"{name}-public", _below(service.public), OPEN, _untouched()))
    found += [_strict(one) for one in routes.strict if service.answers(one.path)]
    return found + _everything_else(name, service, routes)


def _exact(service: Service, routes: Routes) -> Sequence[str]:
    has_web = any(one.catches_all for one in routes.enabled.values())
    return () if has_web and service.fallback else service.exact


def _everything_else(name: str, service: Service, routes: Routes) -> list[Json]:
    has_web = any(one.catches_all for one in routes.enabled.values())
    if service.catches_all:
        return [_route(f"{name}-anything", ["~/"], ANYTHING, _untouched())]
    if service.fallback:
        nobodys = _below(routes.reserved) if has_web else ["~/"]
        replace = {"name": "request-transformer", "config": {"replace": {"uri": "/problems/404"}}}
        return [_route("unknown", nobodys, UNKNOWN, _untouched(), replace)]
    return []


def _strict(one: Strict) -> Json:
    name = one.path.strip("/").replace("/", "-")
    return _route(name, [f"~{one.path}$"], LIMITED, _untouched(), _rate(one.requests_per_second))


def _route(name: str, paths: Sequence[str], priority: int, *plugins: Json) -> Json:
    return {
        "name": name,
        "paths": list(paths),
        "regex_priority": priority,
        "protocols": ["https"],
        "https_redirect_status_code": 308,
        "strip_path": False,
        "preserve_host": True,
        # Neither a large body nor a stream waits in the gateway until it is whole.
        "request_buffering": False,
        "response_buffering": False,
        **({"plugins": list(plugins)} if plugins else {}),
    }


def _below(paths: Sequence[str]) -> list[str]:
    # A plain path would also match longer names: /users and /users-of-others.
    return [f"~{path}(?:/|$)" for path in paths]


def _plugins(routes: Routes, kong: Kong) -> list[Json]:
    """What holds for every request; a route's own plugin of the same name replaces it there."""
    return [
        {
            "name": "pre-function",
            "config": {"rewrite": [_strip(routes)], "access": [_exchange(routes, kong)]},
        },
        _rate(routes.limits.requests_per_second),
        {"name": "request-size-limiting", "config": _size(routes.limits)},
        {"name": "response-transformer", "config": _answers(kong)},
    ]


def _untouched() -> Json:
    """The exchange is not asked: who signs in, or follows a link, may carry a cookie that has expired."""
    return {"name": "pre-function", "config": {"access": [_lua("cookies", {})]}}


def _rate(per_second: int) -> Json:
    # auth's own fields tell a caller of his quota; Kong's would say something else under like names.
    limits = {"second": per_second, "limit_by": "ip", "policy": "local", "hide_client_headers": True}
    return {"name": "rate-limiting", "config": limits | {"fault_tolerant": True}}


def _size(limits: Limits) -> Json:
    size = {"allowed_payload_size": limits.body_mebibytes, "size_unit": "megabytes"}
    return size | {"require_content_length": False}


def _answers(kong: Kong) -> Json:
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        # Kong adds what an answer does not say itself: pages and their files do.
        **DATA,
    }
    if kong.hsts:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    told = [f"{name}:{value}" for name, value in headers.items()]
    return {"remove": {"headers": ["Server"]}, "add": {"headers": told}}


def _strip(routes: Routes) -> str:
    names = sorted({name.lower() for name in (*routes.headers.strip, *FORWARDED)})
    entries = "\n".join(f'  ["{name}"] = true,' for name in names)
    return _lua("strip", {"strip": f"{{\n{entries}\n}}"})


def _exchange(routes: Routes, kong: Kong) -> str:
    exchange, limits = routes.exchange, routes.limits
    return _lua(
        "exchange",
        {
            "asks_with": _list(exchange.asks_with),
            "answers_with": _list(exchange.answers_with),
            "tells": _list(TELLS),
            # In a pattern of Lua a hyphen repeats what is before it.
            "cookie": exchange.cookie.replace("-", "%-"),
            "key_prefix": exchange.key_prefix,
            "exchange": f"https://{kong.exchange}{exchange.path}",
            "connect_ms": str(limits.connect_seconds * 1000),
            "timeout_ms": str(limits.timeout_seconds * 1000),
            "problems": TYPE_PREFIX,
        },
    )


def _list(names: Sequence[str]) -> str:
    return "{ " + ", ".join(f'"{name}"' for name in names) + " }"


def _lua(name: str, values: Mapping[str, str]) -> str:
    text = (FOLDER / f"{name}.lua").read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{{{key}}}}}", value)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes Lua as the lines it has."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def render(routes: Routes, kong: Kong) -> str:
    """The file as text; what Kong itself must be told stands beside it, in kong.conf."""
    head = "# Generated from gateway/routes.toml; edit that and run: python -m gateway kong\n"
    config = yaml.dump(declarative_config(routes, kong), Dumper=_Dumper, sort_keys=False, width=1000)
    return head + config

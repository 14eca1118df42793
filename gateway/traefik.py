"""Traefik's static and dynamic configuration, generated from the route table.

There is no `buffering` middleware: it holds responses back and so kills server-sent events.
The limit on a body is a middleware of the services, which counts bytes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from gateway.entry import DYNAMIC, SECURE, Entry, static_config, tls_config
from gateway.routes import DATA, Exchange, Limits, Routes, Service, Strict

STATIC = "static.yml"

# What Traefik itself says in plain text, and the fallback service says as a problem document.
EXPLAINED = (429, 502, 504)
# A narrower rule goes first.
LIMITED, OPEN, EXCHANGED, ROUTED, UNKNOWN, ANYTHING = 200, 150, 110, 100, 2, 1

Backends = Mapping[str, Sequence[str]]
Json = dict[str, Any]


def dynamic_config(routes: Routes, backends: Backends, entry: Entry) -> Json:
    """Routers, middlewares and backends; KeyError names an enabled service without a backend."""
    enabled = routes.enabled
    return {
        "http": {
            "routers": _routers(routes, exchanges=entry.exchange is not None),
            "middlewares": _middlewares(routes, entry),
            "services": {name: _upstream(backends[name]) for name in enabled},
            "serversTransports": {"default": _transport(routes.limits)},
        },
        "tls": tls_config(entry),
    }


def _routers(routes: Routes, *, exchanges: bool) -> Json:
    enabled = routes.enabled
    routers: Json = {}
    for name, service in enabled.items():
        if rule := _rule(service, routes):
            routers[name] = _router(name, rule, ROUTED, _chain(service, name, *_data(service)))
        if exchanges and not (service.fallback or service.catches_all):
            routers |= _exchanged(name, service, routes)
        routers |= _public(name, service)
    routers |= _everything_else(enabled, routes)
    for one in _strict(routes):
        owner = routes.owner(one.path)
        chain = [*_chain(enabled[owner], owner, "data"), _slug(one.path)]
        routers[_slug(one.path)] = _router(owner, f"Path(`{one.path}`)", LIMITED, chain)
    return routers


def _exchanged(name: str, service: Service, routes: Routes) -> Json:
    """The same paths for callers with an opaque credential."""
    rule = f"({_rule(service, routes)}) && ({_is_opaque(routes.exchange)})"
    return {f"{name}-exchange": _router(name, rule, EXCHANGED, _chain(service, name, "data", "exchange"))}


def _public(name: str, service: Service) -> Json:
    """Where no credential is looked at: who signs in, or follows a link, may carry an expired cookie."""
    if not service.public:
        return {}
    # Links in our mails lead to pages, which say themselves what they may do.
    first = [] if any(path.startswith("/l/") for path in service.public) else ["data"]
    return {f"{name}-public": _router(name, _below(service.public), OPEN, _chain(service, name, *first))}


def _is_opaque(exchange: Exchange) -> str:
    key = f"HeaderRegexp(`Authorization`, `(?i)^bearer +{exchange.key_prefix}`)"
    cookie = f"HeaderRegexp(`Cookie`, `(^|; *){exchange.cookie}=`)"
    return f"{key} || ({cookie} && !HeaderRegexp(`Authorization`, `.`))"


def _everything_else(enabled: Mapping[str, Service], routes: Routes) -> Json:
    """What is nobody's path: the web application's, or unknown."""
    fallback = _fallback(enabled)
    unknown = [*_chain(enabled[fallback], fallback, "data"), "unknown"]
    web = next((name for name, service in enabled.items() if service.catches_all), None)
    if web is None:
        return {"unknown": _router(fallback, "PathPrefix(`/`)", ANYTHING, unknown)}
    return {
        "unknown": _router(fallback, _below(routes.reserved), UNKNOWN, unknown),
        web: _router(web, "PathPrefix(`/`)", ANYTHING, _chain(enabled[web], web)),
    }


def _fallback(enabled: Mapping[str, Service]) -> str:
    return next(name for name, service in enabled.items() if service.fallback)


def _strict(routes: Routes) -> list[Strict]:
    return [one for one in routes.strict if routes.owner(one.path) in routes.enabled]


def _rule(service: Service, routes: Routes) -> str:
    # The documentation is home only where there is no web application.
    has_web = any(one.catches_all for one in routes.enabled.values())
    exact = () if has_web and service.fallback else service.exact
    return " || ".join(filter(None, [_below(service.prefixes), *(f"Path(`{p}`)" for p in exact)]))


def _below(paths: Sequence[str]) -> str:
    # Without the slash a prefix would also match longer names: /users and /users-of-others.
    return " || ".join(f"Path(`{p}`) || PathPrefix(`{p}/`)" for p in paths)


def _router(service: str, rule: str, priority: int, chain: Sequence[str]) -> Json:
    return {
        "entryPoints": [SECURE],
        "rule": rule,
        "priority": priority,
        "middlewares": list(chain),
        "service": service,
    }


def _data(service: Service) -> Sequence[str]:
    """The documentation and the web application tell browsers themselves what their pages may do."""
    return [] if service.fallback or service.catches_all else ["data"]


def _chain(service: Service, name: str, *first: str) -> list[str]:
    """The middlewares in order; what auth refuses is outside of the explanations, and so stays its word."""
    explain = [] if service.fallback else [f"explain-{name}"]
    return ["headers", *first, "cookies", *explain, "rate"]


def _middlewares(routes: Routes, entry: Entry) -> Json:
    enabled, limits = routes.enabled, routes.limits
    fallback = _fallback(enabled)
    explain = {
        f"explain-{name}": _explain(service, fallback)
        for name, service in enabled.items()
        if not service.fallback
    }
    slow = {_slug(one.path): _rate(one.requests_per_second, one.burst) for one in _strict(routes)}
    exchange = {"exchange": _exchange(routes.exchange, entry)} if entry.exchange else {}
    return {
        "headers": {"headers": _headers(routes.headers.strip, hsts=entry.hsts)},
        "data": {"headers": {"customResponseHeaders": dict(DATA)}},
        # auth alone reads cookies, and it has read this one.
        "cookies": {"headers": {"customRequestHeaders": {"Cookie": ""}}},
        **exchange,
        "rate": _rate(limits.requests_per_second, limits.burst),
        "unknown": {"replacePath": {"path": "/problems/404"}},
        **explain,
        **slow,
    }


def _exchange(exchange: Exchange, entry: Entry) -> Json:
    return {
        "forwardAuth": {
            "address": f"https://{entry.exchange}{exchange.path}",
            # Traefik speaks HTTP/2 with whoever offers it in the handshake.
            "tls": {"ca": str(entry.authority)},
            "trustForwardHeader": False,
            "authRequestHeaders": list(exchange.asks_with),
            # What the client sent under these names is removed, whether auth answers with it or not.
            "authResponseHeaders": list(exchange.answers_with),
        }
    }


def _headers(strip: Sequence[str], *, hsts: bool) -> Json:
    return {
        # An empty value removes the header.
        "customRequestHeaders": dict.fromkeys(strip, ""),
        "customResponseHeaders": {"Server": ""},
        "contentTypeNosniff": True,
        "frameDeny": True,
        "referrerPolicy": "same-origin",
        # Sent over TLS only, as the standard demands.
        **({"stsSeconds": 31_536_000, "stsIncludeSubdomains": True} if hsts else {}),
    }


def _rate(per_second: int, burst: int) -> Json:
    return {"rateLimit": {"average": per_second, "period": "1s", "burst": burst}}


def _explain(service: Service, fallback: str) -> Json:
    statuses = [str(status) for status in EXPLAINED if status not in service.explains]
    return {"errors": {"status": statuses, "service": fallback, "query": "/problems/{status}"}}


def _upstream(addresses: Sequence[str]) -> Json:
    if not addresses:
        raise ValueError("A service needs at least one backend.")
    servers = [{"url": f"http://{address}"} for address in addresses]
    return {
        "loadBalancer": {
            "servers": servers,
            "passHostHeader": True,
            "serversTransport": "default",
            # Every event of a stream goes to the client at once.
            "responseForwarding": {"flushInterval": "-1ms"},
        }
    }


def _transport(limits: Limits) -> Json:
    return {
        "forwardingTimeouts": {
            "dialTimeout": f"{limits.connect_seconds}s",
            "responseHeaderTimeout": f"{limits.timeout_seconds}s",
            # Shorter than the services' keep-alive, so no request meets a closing connection.
            "idleConnTimeout": "4s",
        },
        "maxIdleConnsPerHost": 64,
    }


def _slug(path: str) -> str:
    return path.strip("/").replace("/", "-").replace(".", "-")


def render(routes: Routes, backends: Backends, entry: Entry, directory: Path) -> dict[str, str]:
    """Both files as text, by name. `directory` is where Traefik will find them."""
    static = static_config(entry, routes.limits, directory)
    return {STATIC: _yaml(static), DYNAMIC: _yaml(dynamic_config(routes, backends, entry))}


def _yaml(config: Json) -> str:
    head = "# Generated from gateway/routes.toml; edit that and run: python -m gateway traefik\n"
    return head + yaml.safe_dump(config, sort_keys=False, width=1000)


def write_config(directory: Path, routes: Routes, backends: Backends, entry: Entry) -> Path:
    """Writes both files into `directory`; returns the one for `traefik --configFile=`."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in render(routes, backends, entry, directory.resolve()).items():
        (directory / name).write_text(text, "utf-8")
    return directory / STATIC

"""Traefik's static and dynamic configuration, generated from the route table.

There is no `buffering` middleware: it holds responses back and so kills server-sent events.
The limit on a body is a middleware of the services, which counts bytes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from gateway.routes import Limits, Routes, Service, Strict

STATIC = "static.yml"
DYNAMIC = "dynamic.yml"

# What Traefik itself says in plain text, and the fallback service says as a problem document.
EXPLAINED = (429, 502, 504)

Backends = Mapping[str, Sequence[str]]
Json = dict[str, Any]


def static_config(routes: Routes, *, host: str, port: int, directory: Path) -> Json:
    """Traefik's start-up options: one listener, no dashboard, no call home, no trusted proxy."""
    limits = routes.limits
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "ERROR"},
        "entryPoints": {
            "web": {
                "address": f"{host}:{port}",
                "asDefault": True,
                # No proxy stands before us: X-Forwarded-* of a client are replaced, not extended.
                "forwardedHeaders": {"insecure": False, "trustedIPs": []},
                # X_User and X.User would slip past the list of headers to strip.
                "http": {"aliasHeadersStrategy": "delete"},
                "transport": {
                    "respondingTimeouts": {
                        "readTimeout": f"{limits.request_read_seconds}s",
                        # A stream of server-sent events has no end.
                        "writeTimeout": "0s",
                        "idleTimeout": "75s",
                    },
                    "lifeCycle": {"graceTimeOut": f"{limits.timeout_seconds}s"},
                },
            }
        },
        "providers": {"file": {"filename": str(directory / DYNAMIC), "watch": True}},
    }


def dynamic_config(routes: Routes, backends: Backends) -> Json:
    """Routers, middlewares and backends; KeyError names an enabled service without a backend."""
    enabled = routes.enabled
    strict = [one for one in routes.strict if routes.owner(one.path) in enabled]
    return {
        "http": {
            "routers": _routers(enabled, routes, strict),
            "middlewares": _middlewares(enabled, routes, strict),
            "services": {name: _upstream(backends[name]) for name in enabled},
            "serversTransports": {"default": _transport(routes.limits)},
        }
    }


def _routers(enabled: Mapping[str, Service], routes: Routes, strict: Sequence[Strict]) -> Json:
    routers: Json = {}
    for name, service in enabled.items():
        routers[name] = _router(name, _rule(service), 100, _chain(service, name))
        if service.fallback:
            chain = [*_chain(service, name), "unknown"]
            routers["fallback"] = _router(name, "PathPrefix(`/`)", 1, chain)
    for one in strict:
        owner = routes.owner(one.path)
        chain = [*_chain(enabled[owner], owner), _slug(one.path)]
        routers[_slug(one.path)] = _router(owner, f"Path(`{one.path}`)", 200, chain)
    return routers


def _rule(service: Service) -> str:
    # Without the slash a prefix would also match longer names: /users and /users-of-others.
    below = [f"Path(`{p}`) || PathPrefix(`{p}/`)" for p in service.prefixes]
    return " || ".join([*below, *(f"Path(`{p}`)" for p in service.exact)])


def _router(service: str, rule: str, priority: int, chain: Sequence[str]) -> Json:
    return {
        "entryPoints": ["web"],
        "rule": rule,
        "priority": priority,
        "middlewares": list(chain),
        "service": service,
    }


def _chain(service: Service, name: str) -> list[str]:
    explain = [] if service.fallback else [f"explain-{name}"]
    return ["headers", *explain, "rate"]


def _middlewares(enabled: Mapping[str, Service], routes: Routes, strict: Sequence[Strict]) -> Json:
    fallback = next(name for name, service in enabled.items() if service.fallback)
    limits = routes.limits
    explain = {
        f"explain-{name}": _explain(service, fallback)
        for name, service in enabled.items()
        if not service.fallback
    }
    slow = {_slug(one.path): _rate(one.requests_per_second, one.burst) for one in strict}
    return {
        "headers": {"headers": _headers(routes.headers.strip)},
        "rate": _rate(limits.requests_per_second, limits.burst),
        "unknown": {"replacePath": {"path": "/problems/404"}},
        **explain,
        **slow,
    }


def _headers(strip: Sequence[str]) -> Json:
    return {
        # An empty value removes the header.
        "customRequestHeaders": dict.fromkeys(strip, ""),
        "customResponseHeaders": {"Server": ""},
        "contentTypeNosniff": True,
        "frameDeny": True,
        "referrerPolicy": "same-origin",
        # Sent over TLS only, as the standard demands.
        "stsSeconds": 31_536_000,
        "stsIncludeSubdomains": True,
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


def render(routes: Routes, backends: Backends, *, host: str, port: int, directory: Path) -> dict[str, str]:
    """Both files as text, by name. `directory` is where Traefik will find them."""
    static = static_config(routes, host=host, port=port, directory=directory)
    return {STATIC: _yaml(static), DYNAMIC: _yaml(dynamic_config(routes, backends))}


def _yaml(config: Json) -> str:
    head = "# Generated from gateway/routes.toml; edit that and run: python -m gateway traefik\n"
    return head + yaml.safe_dump(config, sort_keys=False, width=1000)


def write_config(
    directory: Path, routes: Routes, backends: Backends, *, host: str = "127.0.0.1", port: int
) -> Path:
    """Writes both files into `directory`; returns the one for `traefik --configFile=`."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = render(routes, backends, host=host, port=port, directory=directory.resolve())
    for name, text in texts.items():
        (directory / name).write_text(text, "utf-8")
    return directory / STATIC

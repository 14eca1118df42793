"""Where Traefik listens, with which certificate, and whom it asks about opaque credentials."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.routes import Limits

DYNAMIC = "dynamic.yml"
PLAIN, SECURE = "web", "websecure"

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One installation of the gateway: its doors, its certificate, and auth's exchange."""

    host: str
    port: int
    https_port: int
    certificate: Path
    key: Path
    # host:port of auth's listener, which speaks HTTP/2 over TLS; None where there is no auth.
    exchange: str | None
    # Who vouches for that listener's certificate.
    authority: Path
    # The port that people type, where it is not the one listened on.
    public_port: int | None = None
    # Browsers would force HTTPS on every port of the host for a year: right for a company's own name,
    # wrong for localhost, which other programs of the same person serve by HTTP.
    hsts: bool = True


def static_config(entry: Entry, limits: Limits, directory: Path) -> Json:
    """Traefik's start-up options: two listeners, no dashboard, no call home, no trusted proxy."""
    secure = _entry_point(entry.host, entry.https_port, limits)
    plain = _entry_point(entry.host, entry.port, limits)
    # 301 for GET and HEAD, 308 for what has a body.
    secure["asDefault"] = True
    target = {"to": f":{entry.public_port or entry.https_port}", "scheme": "https", "permanent": True}
    plain["http"] |= {"redirections": {"entryPoint": target}}
    secure["http"] |= {"tls": {}}
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "ERROR"},
        "entryPoints": {PLAIN: plain, SECURE: secure},
        "providers": {"file": {"filename": str(directory / DYNAMIC), "watch": True}},
    }


def tls_config(entry: Entry) -> Json:
    """The certificate that every name is answered with, and nothing older than TLS 1.2."""
    held = {"certFile": str(entry.certificate), "keyFile": str(entry.key)}
    return {
        "certificates": [held],
        "stores": {"default": {"defaultCertificate": held}},
        "options": {"default": {"minVersion": "VersionTLS12"}},
    }


def _entry_point(host: str, port: int, limits: Limits) -> Json:
    return {
        "address": f"{host}:{port}",
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

"""Where a request comes from: its address, the browser's cookie, and whose pages may send it."""

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from libs.common.problem_texts import register
from libs.common.problems import Forbidden

# The prefix binds it to this very host: no subdomain and no plain HTTP can set or see it (RFC 6265bis).
NAME = "__Host-plexus"
# Whether a page of ours sent the request, or the user himself by the address bar.
_OWN_SITES = frozenset({"same-origin", "none"})
CLEARED = f'{NAME}=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure'
# Many programs name others beside themselves: whoever is named by most of them comes last.
_PROGRAMS = {
    "plexus": "Plexus",
    "MicroMessenger/": "WeChat",
    "DingTalk/": "DingTalk",
    "Lark/": "Feishu",
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "Linux": "Linux",
}
register({"foreign-origin": ("The request comes from another site's page", "请求来自其他网站的页面")})


class Origin(NamedTuple):
    """Who is at the other end of the gateway, and what his program calls itself."""

    address: str
    user_agent: str = ""

    @classmethod
    def of(cls, request: Request) -> Self:
        """Read a request; the last address is the gateway's word, and no caller's."""
        told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        address = told or (request.client.host if request.client else "")
        return cls(address, request.headers.get("user-agent", ""))

    @property
    def masked(self) -> str | None:
        """Return the half of the address that names a network, and not a home."""
        try:
            given = ip_address(self.address)
        except ValueError:
            return None
        if isinstance(given, IPv6Address):
            return ":".join(given.exploded.split(":")[:2]) + ":*"
        return ".".join(str(given).split(".")[:2]) + ".*.*"

    @property
    def device(self) -> str | None:
        """Return what a user would call it, `Chrome, Windows`; nothing else of what it says is kept."""
        parts = (_named(self.user_agent, names) for names in (_PROGRAMS, _SYSTEMS))
        return ", ".join(filter(None, parts)) or None


def set_cookie(response: Response, value: str, age: timedelta) -> Response:
    """Hand the browser its credential; return the same response."""
    seconds = int(age.total_seconds())
    response.set_cookie(NAME, value, max_age=seconds, secure=True, httponly=True, samesite="lax")
    return response


def clear_cookie(response: Response) -> None:
    """Make the browser forget its credential."""
    response.headers["Set-Cookie"] = CLEARED


def demand_ours(headers: Mapping[str, str], public_url: str) -> None:
    """Raise Forbidden for a request that another site's page made the browser send.

    Browsers say in Origin where an unsafe request comes from, and newer ones in Sec-Fetch-Site; a program
    that is no browser says neither, and carries no cookie against its user's will.
    """
    origin = headers.get("origin")
    if origin is None:
        if headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            raise Forbidden("foreign-origin")
    elif origin not in _ours(headers, public_url):
        raise Forbidden("foreign-origin")


def _named(user_agent: str, names: Mapping[str, str]) -> str | None:
    return next((name for mark, name in names.items() if mark in user_agent), None)


def _ours(headers: Mapping[str, str], public_url: str) -> set[str]:
    """Return our origins: where people reach us, and the name this request was sent to (by HTTPS alone)."""
    public = urlsplit(public_url)
    # The gateway replaces what a client says here; a page of another site cannot set it either.
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    return {f"{public.scheme}://{public.netloc}", f"https://{host}"}

"""Where a request comes from: its address, the browser's cookie, and whose pages may send it."""

from collections.abc import Mapping
from datetime import timedelta
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
register({"foreign-origin": ("The request comes from another site's page", "请求来自其他网站的页面")})


def address_of(request: Request) -> str:
    """Return who is at the other end of the gateway: the last address, which no caller can put there."""
    told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return told or (request.client.host if request.client else "")


def set_cookie(response: Response, value: str, age: timedelta) -> None:
    """Hand the browser its credential."""
    seconds = int(age.total_seconds())
    response.set_cookie(NAME, value, max_age=seconds, secure=True, httponly=True, samesite="lax")


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


def _ours(headers: Mapping[str, str], public_url: str) -> set[str]:
    """Return our origins: where people reach us, and the name this request was sent to (by HTTPS alone)."""
    public = urlsplit(public_url)
    # The gateway replaces what a client says here; a page of another site cannot set it either.
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    return {f"{public.scheme}://{public.netloc}", f"https://{host}"}

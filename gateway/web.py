"""The web UI's files: the page, its scripts and styles, and nothing that answers for a service.

`python -m libs.common.serving gateway.web:app --port 9002`; PLEXUS_WEB_ROOT names what Vite built.
"""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.docs import refuse
from libs.common.health import Health
from libs.common.problems import NotFound

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
SECURE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Vite puts a hash of its content into the name of every file below assets/.
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}
# The first steps of the UI's own addresses; a test holds them against web/src/app/router.tsx.
PAGES = frozenset(
    {
        "",
        "accept-invitation",
        "accounts",
        "contacts",
        "leads",
        "opportunities",
        "reset-password",
        "settings",
        "sign-in",
        "tickets",
    }
)
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Plexus</title>
<p>The web UI is not built on this machine. <code>make logs PART=web-build</code> says why; the API and its
<a href="/docs">documentation</a> work without it.</p>
<p lang="zh">本机尚未构建网页界面。<code>make logs PART=web-build</code> 会说明原因；
API 及其<a href="/docs">文档</a>不受影响。</p>
</html>"""


class Settings(BaseSettings):
    """The web process; variables begin with PLEXUS_WEB_."""

    model_config = SettingsConfigDict(env_prefix="PLEXUS_WEB_", frozen=True)

    root: Path = Path("web/dist")


@dataclass(frozen=True)
class File:
    """One file, as it is and as it was compressed when it was built."""

    content: bytes
    media_type: str
    compressed: Mapping[str, bytes] = field(default_factory=dict)

    def respond(self, accepted: str, caching: str) -> Response:
        offered = {part.partition(";")[0].strip() for part in accepted.split(",")}
        coding = next((name for name in ENCODINGS if name in offered and name in self.compressed), None)
        headers = {**SECURE, "Cache-Control": caching, "Vary": "Accept-Encoding"}
        if coding is None:
            return Response(self.content, media_type=self.media_type, headers=headers)
        headers["Content-Encoding"] = coding
        return Response(self.compressed[coding], media_type=self.media_type, headers=headers)


def read_files(root: Path) -> dict[str, File]:
    """Every file below the folder by its path in a URL; the whole UI is a few megabytes."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    plain = [path for path in found if path.suffix not in ENCODINGS.values()]
    return {f"/{path.relative_to(root).as_posix()}": _read(path) for path in plain}


def _read(path: Path) -> File:
    variants = {name: path.with_name(path.name + suffix) for name, suffix in ENCODINGS.items()}
    compressed = {name: file.read_bytes() for name, file in variants.items() if file.exists()}
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(path.read_bytes(), kind, compressed)


def create_web(root: Path) -> Starlette:
    """The application over one folder; without a built page it says so and stays up."""
    files = read_files(root)
    page = files.get("/index.html")

    async def answer(request: Request) -> Response:
        path, accepted = request.url.path, request.headers.get("accept-encoding", "")
        if found := files.get(path):
            return found.respond(accepted, FOR_EVER if path.startswith("/assets/") else ASK_AGAIN)
        if path.split("/")[1] not in PAGES:
            return refuse(request, NotFound())
        if page is None:
            return HTMLResponse(NOT_BUILT, status_code=503, headers=SECURE)
        return page.respond(accepted, ASK_AGAIN)

    health = Health()
    made = Starlette(routes=[*health.routes(), Route("/{path:path}", answer)])
    made.state.health = health
    return made


app = create_web(Settings().root)

"""The door for users: a bearer token becomes an Actor, a route names the permission behind it."""

from dataclasses import dataclass

from starlette.requests import Request

from libs.common.clock import Clock, SystemClock
from libs.common.problems import Unauthenticated, Unavailable
from libs.common.tokens import DEPLOYMENT, Audience, Claims, InvalidToken, TokenVerifier
from libs.platform.access.actor import Actor
from libs.platform.directory.entries import ApiKey
from libs.platform.directory.replica import DirectoryReplica


@dataclass(frozen=True)
class Needs:
    """Marks a route: its caller is a user who has this permission in some scope.

    Use it as the dependency that gives the actor: `Annotated[Actor, Depends(Needs("lead:read"))]`.
    """

    permission: str
    kind: str = "user"

    async def __call__(self, request: Request) -> Actor:
        """Return the actor; raises Forbidden without the permission."""
        actor: Actor = request.state.actor
        actor.demand(self.permission)
        return actor


@dataclass(frozen=True)
class SignedIn:
    """Marks a route that every signed-in user may use, for himself."""

    kind: str = "user"
    permission: str | None = None

    async def __call__(self, request: Request) -> Actor:
        """Return the actor."""
        actor: Actor = request.state.actor
        return actor


class Authenticator:
    """Verifies bearer tokens against the directory in memory; no request calls auth."""

    def __init__(
        self, replica: DirectoryReplica, clock: Clock | None = None, audience: Audience = DEPLOYMENT
    ) -> None:
        """Take the directory to trust."""
        self._replica = replica
        self._clock = clock or SystemClock()
        directory = replica.directory
        self._verifier = TokenVerifier(
            directory.signing_keys.get, directory.revoked_sessions.__contains__, audience
        )

    async def __call__(self, request: Request) -> str:
        """Put the Actor at `request.state.actor` and return the principal, `user:<id>`.

        Raises Unauthenticated for every credential that is not good, Unavailable `directory-behind` when this
        service has not heard of what the token was issued after.
        """
        token = _bearer(request)
        if not self._replica.directory.signing_keys:
            await self._replica.look()
        claims = self._verified(token)
        # Whoever is refused from here on is known, and his refusal is audited.
        request.state.principal = principal = f"user:{claims.user_id}"
        directory = self._replica.directory
        if directory.dv < claims.dv:
            await self._replica.wait_for(claims.dv)
        user = directory.users.get(claims.user_id)
        if user is None or not user.is_active or claims.session_id in directory.revoked_sessions:
            raise Unauthenticated
        key = self._key(claims) if claims.is_api_key else None
        request.state.actor = actor = Actor(claims.user_id, directory, claims.session_id, key)
        request.state.restricted = actor.restricted
        return principal

    def _key(self, claims: Claims) -> ApiKey:
        """Return the key that a token acts through: one that is not known allows nothing."""
        key = self._replica.directory.api_keys.get(claims.session_id)
        if key is None or key.user_id != claims.user_id or not key.is_alive(self._clock.now()):
            raise Unauthenticated
        return key

    def _verified(self, token: str) -> Claims:
        try:
            return self._verifier.verify(token, self._clock.now())
        except InvalidToken as error:
            if not self._replica.directory.signing_keys:
                raise Unavailable("directory-behind") from error
            raise Unauthenticated from error


def _bearer(request: Request) -> str:
    given = [value for name, value in request.scope["headers"] if name == b"authorization"]
    scheme, _, token = given[0].partition(b" ") if len(given) == 1 else (b"", b"", b"")
    if scheme.lower() != b"bearer" or not token:
        raise Unauthenticated
    return str(token, "latin-1")

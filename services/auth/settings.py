"""Settings of auth."""

from pathlib import Path

from pydantic import SecretStr

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has, and the administrator who is made when there is no user yet."""

    service: str = "auth"
    admin_email: str | None = None
    admin_password: SecretStr | None = None
    # The exchange's certificate and key (PEM): the gateway speaks HTTP/2 with it over TLS.
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    # Requests per minute of an API key that has no quota of its own.
    quota_per_minute: int = 600

"""Settings of auth."""

from pydantic import SecretStr

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has, and the administrator who is made when there is no user yet."""

    service: str = "auth"
    admin_email: str | None = None
    admin_password: SecretStr | None = None

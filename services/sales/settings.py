"""Settings of sales."""

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has; sales adds nothing yet."""

    service: str = "sales"

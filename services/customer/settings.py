"""Settings of customer."""

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has; customer adds nothing yet."""

    service: str = "customer"

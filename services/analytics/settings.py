"""Settings of analytics."""

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has; analytics adds nothing yet."""

    service: str = "analytics"

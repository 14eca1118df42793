"""Settings of marketing."""

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has; marketing adds nothing yet."""

    service: str = "marketing"

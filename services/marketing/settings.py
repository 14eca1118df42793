"""Settings of marketing."""

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has, and how fast a campaign goes that says nothing itself."""

    service: str = "marketing"
    # Mails a second of one campaign, when it names no throttle of its own.
    campaign_throttle: int = 50

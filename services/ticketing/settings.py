"""Settings of ticketing."""

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has, and how customers are asked how content they are."""

    service: str = "ticketing"
    # A contact is asked at most once in so many days; 0 asks after every ticket.
    survey_pause_days: int = 14
    # A score at or below it says that somebody should ask why.
    survey_low_score: int = 2
    # Whom mails come from, as people read it.
    support_name: str = "Support"
    # Where an answer to a mail goes; without one, to wherever the mail server sends them.
    support_address: str | None = None

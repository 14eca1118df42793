"""Settings of integration."""

from ipaddress import IPv4Network, IPv6Network

from pydantic import SecretStr

from libs.common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """What every service has, the mail server, and where webhooks may go; durations in seconds."""

    service: str = "integration"
    # smtp://user:password@host:587?starttls=required, or smtps://…; without one no mail leaves.
    smtp_url: SecretStr | None = None
    mail_from: str = "no-reply@plexus.localhost"
    smtp_connections: int = 8
    # Beyond these, webhooks go to public addresses alone, by https.
    webhook_allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    webhook_timeout: float = 10.0
    webhook_concurrency: int = 64
    webhook_concurrency_each: int = 4
    # A webhook whose receiver has failed for so long is turned off.
    webhook_disabled_after: float = 5 * 86400.0
    # How long an event stays for redelivery; the last attempt comes before that.
    webhook_retention: float = 8 * 86400.0
    webhook_secret_overlap: float = 86400.0

"""What every process reads from its environment; each service adds its own name and options."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process, from variables that begin with PLEXUS_; durations in seconds."""

    model_config = SettingsConfigDict(env_prefix="PLEXUS_", frozen=True)

    service: str
    database_url: str
    kafka_bootstrap: str
    kafka_security_protocol: str = "PLAINTEXT"
    kafka_sasl_mechanism: str = "PLAIN"
    kafka_sasl_username: str | None = None
    kafka_sasl_password: str | None = None
    kafka_ca_file: Path | None = None
    # 3 in production; aiokafka cannot ask for the broker's own default.
    kafka_replication_factor: int = 1
    redis_url: str | None = None
    kek_file: Path
    slot: str = "0"
    company_time_zone: str = "UTC"
    # Where people reach the platform, for links that leave the house.
    public_url: str = "https://localhost:8443"
    pool_size: int = 8
    body_limit_bytes: int = 1024 * 1024
    request_timeout: float = 8.0
    # How long a write waits for a record of another service that it names and no replica knows.
    reference_patience: float = 1.0
    # The same bound as the database role's transaction_timeout: no outbox id can commit later than this.
    transaction_timeout: float = 15.0
    # Metrics at /metrics, the log of slow and failed requests, heartbeats; off means that nothing of it is.
    telemetry: bool = True
    # Where traces go, by OTLP over HTTP: the collector's address without a path; unset, nothing is traced.
    otlp_endpoint: str | None = Field(default_factory=lambda: os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    # The share of traces that begin here; one that the caller began is kept or not as he says.
    trace_ratio: float = Field(0.1, ge=0, le=1)
    log_format: Literal["text", "json"] = "text"
    # From how many seconds on a request is told in the log.
    slow_request: float = 1.0

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The documentation process; variables begin with PLEXUS_, durations are seconds."""

    model_config = SettingsConfigDict(env_prefix="PLEXUS_", frozen=True)

    # PLEXUS_BACKENDS={"sales": "127.0.0.1:9001"}: where each service's own document is fetched.
    backends: dict[str, str] = Field(default_factory=dict)
    document_timeout: float = 3.0
    document_age: float = 30.0

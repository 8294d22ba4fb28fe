"""All settings, read once from the environment and `.env`. Every name is listed in `.env.example`."""

from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"


class Settings(BaseSettings):
    """Settings of the product's processes. Limits carry their unit in the name."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore")

    port: int = Field(default=8080, ge=1, le=65535)
    host: str = "127.0.0.1"
    database_url: str = "sqlite+aiosqlite:///var/assistant.db"
    redis_url: str | None = None
    amqp_url: str | None = None

    telegram_bot_token: SecretStr | None = None
    telegram_api_base_url: str = "https://api.telegram.org"
    telegram_webhook_url: str | None = None
    telegram_webhook_secret: SecretStr | None = None

    data_keys: SecretStr | None = None
    """Fernet keys, comma-separated, newest first: the first encrypts, all decrypt."""

    telegram_webhook_path: str = "/telegram/webhook"
    """Where this process answers the webhook; a reverse proxy may publish it under another path."""

    rate_limit_per_minute: int = Field(default=15, ge=1)

    engine_url: str = ""
    """Where the engine answers; without it, the host and port below."""
    engine_token: SecretStr | None = None
    engine_turn_timeout_seconds: float = 20.0
    """A turn's time budget."""
    engine_host: str = "127.0.0.1"
    engine_port: int = Field(default=5005, ge=1, le=65535)
    actions_host: str = "127.0.0.1"
    actions_port: int = Field(default=5055, ge=1, le=65535)

    message_max_chars: int = 2000
    """A longer message is refused with a sentence that says so."""
    request_max_bytes: int = 64 * 1024

    retention_transcript_days: int = Field(default=180, ge=1)
    """How long what was said is kept; a conversation that is silent for so long is deleted whole."""
    retention_inbox_days: int = Field(default=30, ge=1)
    """How long what came in a message that was put aside is kept for a replay; otherwise it is erased with its turn."""
    retention_outbox_days: int = Field(default=30, ge=1)
    """How long it is kept how the delivery of a reply went."""
    retention_vault_days: int = Field(default=90, ge=1)
    """How long an identifier is kept after it was typed last."""
    retention_button_days: int = Field(default=180, ge=1)
    """How long a button works after it was shown last."""

    chat_wait_seconds: float = 10.0
    """How long the chat API waits for a turn before it says that the answer comes later."""

    log_level: str = "INFO"

    @model_validator(mode="after")
    def _engine_url_from_host_and_port(self) -> Self:
        if not self.engine_url:
            self.engine_url = f"http://{self.engine_host}:{self.engine_port}"
        return self

    @field_validator("database_url")
    @classmethod
    def _absolute_sqlite_path(cls, url: str) -> str:
        prefix = "sqlite+aiosqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/") and url != prefix + ":memory:":
            return prefix + str(ROOT / url.removeprefix(prefix))
        return url


@lru_cache
def get_settings() -> Settings:
    """The process's settings; read on the first call, the same object after that."""
    return Settings()

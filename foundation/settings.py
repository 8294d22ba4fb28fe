"""All settings, read once from the environment and `.env`. Every name is listed in `.env.example`."""

from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"


class Settings(BaseSettings):
    """Settings of the product's processes. Limits carry their unit in the name."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore")

    port: int = Field(default=8080, ge=1, le=65535)
    host: str = "127.0.0.1"
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s?#]+)?$")
    """Scheme and host under which others reach this server; without it, addresses that are given out have none."""
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
    new_conversations_per_minute_per_address: int = Field(default=60, ge=1)
    """Web conversations begun from one address; a mobile network puts many citizens behind one."""
    new_conversations_per_minute: int = Field(default=1200, ge=1)
    """Web conversations begun by all together."""
    trusted_proxies: str = "127.0.0.1,::1"
    """Addresses and networks, comma-separated: whoever calls from there is believed what `X-Forwarded-For` says."""

    engine_url: str = ""
    """Where the engine answers; without it, the host and port below. Several, with commas, if they share a database."""
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
    console_session_idle_minutes: int = Field(default=60, ge=1)
    """A session of the console that was not used for so long is over."""
    console_session_hours: int = Field(default=12, ge=1)
    """A session of the console is over after so long, used or not."""
    console_logins_per_minute_per_address: int = Field(default=30, ge=1)
    """Attempts to enter the console from one address; an office behind one address enters in the morning."""
    console_failures_free: int = Field(default=4, ge=1)
    """So many wrong passwords in a row cost no wait."""
    console_lock_first_seconds: int = Field(default=30, ge=1)
    """The wait after the next one; it doubles with each."""
    console_lock_longest_seconds: int = Field(default=3600, ge=1)
    console_one_time_password_hours: int = Field(default=72, ge=1)
    """How long a password that somebody else made opens the page on which it is changed."""
    oidc_issuer: str = ""
    """The address of an OpenID Connect provider by which the staff may enter; off while it is empty."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None

    smtp_host: str = ""
    """The mail server of the morning letters to the staff; none are sent while it is empty."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_from: str = Field(default="", max_length=254, pattern=r"^[^\r\n]*$")
    """The sender's address."""
    digest_hour: int = Field(default=8, ge=0, le=23)
    """From this hour in Baghdad on, each of the staff gets the letter of the day."""

    handoff_lease_seconds: int = Field(default=90, ge=5)
    """A conversation goes back to the queue when the page of whoever took it was silent for so long."""
    handoff_answer_minutes: int = Field(default=15, ge=1)
    """It goes back as well when the citizen has waited for an answer for so long."""
    handoff_sensitive_topics: str = ""
    """Codes of services, comma-separated, with whose answers a person is offered."""

    retention_event_days: int = Field(default=3, ge=1)
    """How long an event is kept after it happened: once published, or, without AMQP_URL, in any case."""

    retention_result_days: int = Field(default=365, ge=1)
    """How long it is kept whose a result is, after the sample was taken; the bare figure stays."""
    retention_attempts_days: int = Field(default=7, ge=2)
    """How long wrong attempts are kept after the last; longer than ATTEMPTS_FORGOTTEN_HOURS and any lock."""

    dialogue_pause_hours: float = Field(default=6.0, gt=0)
    """After so long nothing that is typed counts as an answer to a form's question until the citizen resumes it."""
    retention_dialogue_days: int = Field(default=14, ge=1)
    """How long a form is kept that nobody goes on with."""

    retention_case_days: int = Field(default=730, ge=1)
    """How long a closed case is kept; its figures go with it."""

    case_received_hours: int = Field(default=24, ge=1)
    """Within so many hours a new case is given to somebody."""
    case_assigned_hours: int = Field(default=48, ge=1)
    """Within so many hours that person begins to investigate."""
    case_investigation_hours: int = Field(default=240, ge=1)
    """Within so many hours the investigation ends with a decision."""
    case_close_hours: int = Field(default=72, ge=1)
    """So many hours after the decision a case is closed by itself."""
    case_escalation_hours: int = Field(default=24, ge=1)
    """A late case is escalated at once, and again after so many hours."""
    case_reopen_hours: int = Field(default=72, ge=1)
    """So long after the decision or the closing the citizen may reopen a case."""
    case_reopen_max: int = Field(default=2, ge=0)
    """How often one case may be reopened."""
    case_undo_seconds: int = Field(default=20, ge=0)
    """A bulk assignment can be taken back for so long; citizens are told after it."""
    case_same_minutes: int = Field(default=10, ge=0)
    """The same complaint of the same citizen within so many minutes is one case."""
    case_files_max: int = Field(default=5, ge=0)
    """Pictures and documents of one case."""

    content_valid_days: int = Field(default=180, ge=1)
    """So long after its last verification an entry counts as stale, unless its editors said another day."""
    content_import_max_rows: int = Field(default=2000, ge=1)
    """More entries in one file are refused."""
    content_import_max_bytes: int = Field(default=8 * 1024 * 1024, ge=1024)
    retention_unanswered_days: int = Field(default=90, ge=1)
    """How long a line without an answer is kept after it was typed last."""
    unanswered_max_lines: int = Field(default=20_000, ge=100)
    """More different lines without an answer are not kept: the rarest go."""

    models_dir: Path = ROOT / "models"
    """Where engines load their model from and the trainer puts it; a shared volume where there are several machines."""
    engine_model_poll_seconds: float = Field(default=2.0, ge=0)
    """How often an engine looks whether another model lies there; 0: never."""
    trainer_python: Path = ROOT / "nlu" / ".venv" / "bin" / "python"
    """The engine's interpreter; without it models cannot be trained from this process."""
    training_config: Path = ROOT / "config.yml"
    """How the console's models are trained."""
    training_timeout_minutes: int = Field(default=20, ge=1)
    """A training, and a comparison, that takes longer is given up."""

    certificate_valid_hours: int = Field(default=72, ge=1)
    """A certificate of a test expires so many hours after the sample was taken."""
    certificate_issuer: str = Field(default="وزارة الصحة / Ministry of Health, Iraq", min_length=2, max_length=70)
    """Who answers for certificates, as verifiers abroad read it."""
    retention_certificate_days: int = Field(default=30, ge=1)
    """How long a certificate is kept after it expired."""
    verify_requests_per_minute: int = Field(default=120, ge=1)
    """How often one address may have certificates checked in a minute; a camera sends its pictures one by one."""
    verify_image_max_bytes: int = Field(default=8 * 1024 * 1024, ge=1024)
    """The largest picture in which a certificate is looked for."""

    file_max_megabytes: int = Field(default=20, ge=1)
    """The largest photo or document that is taken; Telegram gives bots files of up to 20 MB."""
    file_pending_max: int = Field(default=20, ge=1)
    """A conversation may have so many files that nothing needs yet; what was made for the citizen counts too."""
    file_pending_max_megabytes: int = Field(default=60, ge=1)
    image_max_megapixels: int = Field(default=50, ge=1)
    retention_file_days: int = Field(default=7, ge=1)
    """How long a file is kept that nothing needs."""

    chat_wait_seconds: float = 10.0
    """How long the chat API waits for a turn before it says that the answer comes later."""

    attempts_before_lock: int = Field(default=3, ge=1)
    """So many wrong attempts at somebody's result or case lock; each further one locks twice as long."""
    attempts_id_before_lock: int = Field(default=30, ge=1)
    """So many wrong ids or passports for one sample lock it to ids: they cannot be guessed, but lock the owner out."""
    attempts_factor_before_lock: int = Field(default=5, ge=1)
    """So many samples tried in vain with one and the same id, passport, or year and digits lock that."""
    attempts_network_per_hour: int = Field(default=200, ge=1)
    """So many wrong attempts at results in an hour, by web conversations begun from one network, slow that network
    down; a mobile carrier puts thousands of honest citizens behind one."""
    attempts_network_max_lock_minutes: int = Field(default=5, ge=1)
    """Longest wait of such a network after each further wrong attempt."""
    attempts_first_lock_minutes: int = Field(default=5, ge=1)
    attempts_max_lock_minutes: int = Field(default=24 * 60, ge=1)
    """Longest lock of a conversation."""
    attempts_sample_max_lock_minutes: int = Field(default=60, ge=1)
    """Longest lock of a sample number: its owner must not be kept away by somebody else's guesses for long."""
    attempts_forgotten_hours: int = Field(default=72, ge=1)
    """Wrong attempts are forgotten so long after the last."""

    results_import_max_bytes: int = 32 * 1024 * 1024
    """A laboratory's file or bundle may not be larger."""
    results_import_max_rows: int = Field(default=200_000, ge=1)
    results_import_max_reported: int = Field(default=10_000, ge=1)
    """So many refused rows are named one by one; those after them are only counted."""
    results_xlsx_max_unpacked_bytes: int = 300 * 1024 * 1024
    """An XLSX file that holds more is not opened."""
    results_xlsx_max_ratio: int = Field(default=100, ge=2)
    """An XLSX file that grows more often than this when it is unpacked is not opened."""
    results_xlsx_max_memory_bytes: int = Field(default=384 * 1024 * 1024, ge=128 * 1024 * 1024)
    """The process that opens an XLSX file gets no more memory; 100,000 rows of results take 150 MB."""
    results_xlsx_max_processor_seconds: int = Field(default=60, ge=1)
    """That process is killed when it has used so much of a processor; 100,000 rows take about 3."""
    results_xlsx_answer_seconds: float = Field(default=120.0, gt=0)
    """That process is killed when it gives no rows for so long."""
    results_small_count: int = Field(default=5, ge=1)
    """In figures of the epidemic picture, counts from 1 to below this are not shown."""
    results_emergency_line: str = "911"
    """Telephone number for emergencies, which a positive result names."""

    api_key_requests_per_minute: int = Field(default=120, ge=1)
    """What a key of another system may ask in a minute, unless it was made for more or less."""

    log_level: str = "INFO"
    otel_exporter_otlp_endpoint: str | None = None
    """Base address of an OTLP/HTTP collector of traces; without it no trace is made."""

    @model_validator(mode="after")
    def _engine_url_from_host_and_port(self) -> Self:
        if not self.engine_url.strip(" ,"):
            self.engine_url = f"http://{self.engine_host}:{self.engine_port}"
        return self

    @field_validator("models_dir", "trainer_python", "training_config")
    @classmethod
    def _absolute_path(cls, path: Path) -> Path:
        return ROOT / path

    @model_validator(mode="after")
    def _letters_have_a_sender(self) -> Self:
        if self.smtp_host and not self.smtp_from:
            raise ValueError("SMTP_HOST is set: SMTP_FROM must be set too")
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

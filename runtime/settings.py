"""Every setting, in one place: from the environment, secret files, `.env`, then the stack that runs on this machine."""

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from policy.addresses import domain_of
from runtime.embedded.lock import is_held

PREFIX = "DUEPROCESS_"
GENERATED_KEY_ID = "embedded"
"""The id of the codec key that the embedded stack makes for itself, by which it is known not to be a managed one."""

SYSTEM_DNS = "system"
"""The setting that means this machine's own resolver."""

_SECRET_FILES = Path("/run/secrets")
_LOCAL_DATABASE = "postgresql+psycopg://{role}@127.0.0.1:5433/{name}"

AbsolutePath = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]
Port = Annotated[int, Field(ge=1, le=65535)]


def _objects_in_state(data: dict[str, Any]) -> str:
    directory: Path = data["state_dir"]
    return (directory / "objects").as_uri()


def _local(role: str, name: str) -> SecretStr:
    return SecretStr(_LOCAL_DATABASE.format(role=role, name=name))


class Settings(BaseSettings):
    """Each field is an environment variable: `task_queue` is `DUEPROCESS_TASK_QUEUE`. Empty means not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        dotenv_filtering="match_prefix",
        extra="forbid",
        frozen=True,
        validate_default=True,
        hide_input_in_errors=True,
    )

    state_dir: AbsolutePath = Field(
        Path("var/stack"), description="Directory in which the embedded stack keeps its databases, objects and logs"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least serious log line that is written"
    )
    clock_file: AbsolutePath | None = Field(
        None, description="File that moves business time for demonstrations; empty: the real clock"
    )

    provider_folder: AbsolutePath | None = Field(
        None,
        description="Folder with the provider's name, clocks, countries, agencies and letters; "
        "empty: the example provider's",
    )

    temporal_address: str = Field("127.0.0.1:7233", description="Temporal frontend, host:port")
    temporal_namespace: str = Field("default", description="Temporal namespace")
    temporal_profile: str | None = Field(
        None, description="Profile of Temporal's client configuration file, for TLS and API key; wins over the address"
    )
    task_queue: str = Field("dueprocess", description="Task queue on which the worker listens")
    worker_versioning: bool = Field(False, description="Run the worker as a version of a Worker Deployment")
    worker_deployment_name: str = Field("dueprocess", description="Name of the Worker Deployment")
    worker_build_id: str = Field("dev", description="Build id of this worker within the Worker Deployment")
    sticky_timeout_seconds: float = Field(
        2.0, gt=0, description="Seconds after which a workflow leaves a worker that no longer answers"
    )
    max_cached_workflows: int = Field(
        2000, ge=0, description="Workflows kept in the worker's memory; at least as many as are active at once"
    )
    graceful_shutdown_seconds: float = Field(
        20.0, ge=0, description="Seconds that a stopping worker gives its running activities"
    )

    database_url: SecretStr = Field(
        _local("dueprocess_app", "dueprocess"), description="Legal record, as the role that may only read and append"
    )
    database_owner_url: SecretStr = Field(
        _local("dueprocess_owner", "dueprocess"), description="Legal record, as its owner: for migrations only"
    )
    provider_database_url: SecretStr = Field(
        _local("provider", "provider"), description="The provider's own records, from which productions are made"
    )

    object_store_url: str = Field(
        default_factory=_objects_in_state,
        pattern=r"^(file:///|s3://[^/]+)",
        description="Where documents are kept: file:///directory or s3://bucket[/prefix]; empty: <state_dir>/objects",
    )
    s3_endpoint: str | None = Field(None, description="URL of an S3 that is not Amazon's; empty: Amazon's")
    s3_region: str = Field("us-east-1", description="S3 region")

    codec_enabled: bool = Field(True, description="Encrypt what workflows carry through Temporal")
    codec_keys: SecretStr | None = Field(
        None, description="Keys as keyid:base64url of 32 bytes, separated by commas; the first encrypts, all decrypt"
    )

    smtp_intake_host: str = Field("127.0.0.1", description="Address on which incoming mail is received")
    smtp_intake_port: Port = Field(2525, description="Port on which incoming mail is received")
    smtp_max_message_bytes: int = Field(
        60 * 1024 * 1024, gt=0, description="Largest incoming mail in bytes; a larger one is refused while it is sent"
    )
    smtp_relay_host: str = Field("127.0.0.1", description="Host that takes outgoing mail")
    smtp_relay_port: Port = Field(1025, description="Port of that host; the embedded stack's mail sink listens there")
    smtp_relay_username: str | None = Field(None, description="User name for that host")
    smtp_relay_password: SecretStr | None = Field(None, description="Password for that host")
    smtp_relay_starttls: bool = Field(False, description="Require STARTTLS before sending")
    mail_domain: str = Field("provider.example", description="The provider's domain, used in Message-IDs")
    mail_from: str = Field("legal-process@provider.example", description="Sender of outgoing mail")
    intake_address: str = Field("lawenforcement@provider.example", description="Address to which requests are sent")

    on_call_address: str = Field(
        "legal-on-call@provider.example", description="Address that calls whoever is on call, for emergencies"
    )

    dns: str = Field(
        SYSTEM_DNS,
        description="Name system that proofs of senders are looked up in: system, or the path of a zone file",
    )
    dns_patience_minutes: float = Field(
        30, ge=0, description="Minutes that mail waits for name servers that do not answer, before it is not proven"
    )
    arc_sealers: str = Field(
        "", description="Domains of forwarders whose ARC seals count, separated by commas; empty: nobody's"
    )

    pages_host: str = Field("127.0.0.1", description="Address on which the pages are served")
    pages_port: Port = Field(8025, description="Port of the pages: downloads, outgoing mail, codec for the Web UI")
    public_url: str = Field(
        default_factory=lambda data: f"http://127.0.0.1:{data['pages_port']}",
        pattern=r"^https?://",
        description="The pages' address as agencies and browsers reach it; empty: http://127.0.0.1:<pages_port>",
    )

    temporal_port: Port = Field(7233, description="Embedded stack only: port of its Temporal server")
    web_ui_port: Port = Field(8233, description="Embedded stack only: port of its Temporal Web UI")
    postgres_port: Port = Field(5433, description="Embedded stack only: port of its Postgres")

    otlp_endpoint: str | None = Field(
        None, description="OpenTelemetry collector for traces and metrics by OTLP over HTTP; empty: no telemetry"
    )

    @property
    def our_domains(self) -> frozenset[str]:
        """The domains of our own mail: what is quoted from our letters is nobody's request."""
        return frozenset({self.mail_domain, domain_of(self.mail_from), domain_of(self.intake_address)})

    @property
    def sealers(self) -> frozenset[str]:
        """The forwarders whose ARC seals count, in lower case."""
        return frozenset(self.arc_sealers.lower().replace(",", " ").split())

    @property
    def endpoints_file(self) -> Path:
        """Written by the running embedded stack, so that commands in another terminal find it."""
        return self.state_dir / "endpoints.env"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First found wins: arguments, environment, secret files of a container, `.env`, the running stack."""
        secret_files = (
            [SecretsSettingsSource(settings_cls, secrets_dir=_SECRET_FILES)] if _SECRET_FILES.is_dir() else []
        )
        return (init_settings, env_settings, *secret_files, dotenv_settings, _RunningStack(settings_cls, env_file=None))

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, secrets in the clear: for child processes and the endpoints file."""
        return {
            f"{PREFIX}{name.upper()}": _plain(value)
            for name in type(self).model_fields
            if (value := getattr(self, name)) is not None
        }

    def insecurities(self) -> list[str]:
        """One sentence for each setting that stands in for the real thing and must not be used in production."""
        databases = {
            "DUEPROCESS_DATABASE_URL": self.database_url,
            "DUEPROCESS_DATABASE_OWNER_URL": self.database_owner_url,
            "DUEPROCESS_PROVIDER_DATABASE_URL": self.provider_database_url,
        }
        found = [
            f"{name} reaches Postgres without sslmode=verify-full: passwords and records can be read on the way."
            for name, url in databases.items()
            if parse_qs(urlsplit(url.get_secret_value()).query).get("sslmode") != ["verify-full"]
        ]
        checks = [
            (
                self.object_store_url.startswith("file:"),
                "DUEPROCESS_OBJECT_STORE_URL is a directory: only file permissions keep evidence from deletion. "
                "Use S3 with Object Lock.",
            ),
            (
                (self.s3_endpoint or "").startswith("http:"),
                "DUEPROCESS_S3_ENDPOINT is plain HTTP: documents can be read on the way.",
            ),
            (
                self.clock_file is not None,
                "DUEPROCESS_CLOCK_FILE is set: whoever can write that file can move every deadline.",
            ),
            (
                not self.codec_enabled,
                "DUEPROCESS_CODEC_ENABLED is off: what workflows carry can be read by anyone who can read Temporal.",
            ),
            (
                self.codec_enabled and self._first_key_id() == GENERATED_KEY_ID,
                "DUEPROCESS_CODEC_KEYS is the key that the embedded stack made and keeps in its state directory.",
            ),
            (
                self.temporal_profile is None,
                "DUEPROCESS_TEMPORAL_PROFILE is not set: Temporal is reached without TLS, "
                "and anyone who reaches it can send messages.",
            ),
            (
                self.dns != SYSTEM_DNS,
                "DUEPROCESS_DNS is a file: whoever can write it can make any sender a proven one.",
            ),
            (
                not self.smtp_relay_starttls,
                "DUEPROCESS_SMTP_RELAY_STARTTLS is off: outgoing mail and its download links travel in the clear.",
            ),
            (
                not self.public_url.startswith("https:"),
                "DUEPROCESS_PUBLIC_URL is plain HTTP: download links and what they lead to travel in the clear.",
            ),
            (
                self.mail_domain.endswith((".example", ".test", ".invalid", ".local")),
                f"DUEPROCESS_MAIL_DOMAIN is {self.mail_domain}, which is reserved for examples.",
            ),
        ]
        return found + [sentence for applies, sentence in checks if applies]

    def _first_key_id(self) -> str | None:
        return self.codec_keys.get_secret_value().split(":", 1)[0] if self.codec_keys else None


class _RunningStack(DotEnvSettingsSource):
    """What a stack on this machine wrote about itself, believed only while it runs."""

    def __call__(self) -> dict[str, Any]:
        directory = Path(self.current_state.get("state_dir", Settings.model_fields["state_dir"].default)).expanduser()
        if not is_held(directory):
            return {}
        self.env_file = directory / "endpoints.env"
        self.env_vars = self._load_env_vars()
        return super().__call__()


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)

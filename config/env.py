"""Everything that the environment may decide, typed; a bad value stops the start and is named."""

import re
from decimal import Decimal
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET_LENGTH = 32
# `default` is the database of DATABASE_URL.
SHARD_NAME = re.compile(r"(?!default$)[a-z][a-z0-9_]{0,31}\Z")
DNS_SERVER = re.compile(r"(\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<v4>[0-9.]+))(:(?P<port>[0-9]{1,5}))?\Z")
ANCHOR = re.compile(r"(/[^/\s][^\s]*|mailto:[^\s@,:]+@[^\s@,:]+|https?://[^\s/@#]+[^\s#]*)\Z")
REGION = re.compile(r"[a-z][a-z0-9-]{0,19}\Z")
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?\Z")


class BadEnvironmentError(Exception):
    """A variable is missing or wrong; the message names each one."""


# A statement that names its schema is prepared when a connection sees it for the second time.
PREPARE_FROM = 2


class Env(BaseSettings):
    """The variables of `.env.example`, one field each, in the same order."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", extra="ignore", env_ignore_empty=True, case_sensitive=False
    )

    app_env: Literal["development", "test", "production"] = "development"
    debug: bool = False
    secret_key: str = Field(min_length=MIN_SECRET_LENGTH)
    base_domain: str = "localhost"
    public_hosts: Annotated[list[str], NoDecode] = ["127.0.0.1", "[::1]"]
    public_url: str = "http://localhost:8000"
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []
    cors_origins: Annotated[list[str], NoDecode] = []
    # Where pages hear of changes: `:8001` is that port of their own host, `/live` behind a proxy.
    live_url: str = Field(default="", pattern=r"^(:[0-9]{1,5}|/[a-z/-]*)?$")
    var_dir: Path = ROOT / "var"
    rate_limits: bool = True
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    # What this installation is called among several, and the shared hosts of the others.
    region: str = Field(default="eu", pattern=r"^[a-z][a-z0-9-]{0,19}$")
    regions: Annotated[dict[str, str], NoDecode] = {}
    regions_secret: str = Field(default="", pattern=r"^([\x21-\x7e]{32,200})?$")

    database_url: str
    database_shards: Annotated[dict[str, str], NoDecode] = {}
    database_app_role: str = ""
    redis_url: str

    jwt_algorithm: Literal["RS256", "HS256"] = "RS256"
    jwt_secret_key: str = ""
    jwt_keys_dir: Path | None = None
    access_token_expire_minutes: int = Field(default=30, ge=1, le=24 * 60)
    refresh_token_expire_days: int = Field(default=7, ge=1, le=365)

    email_host: str = "127.0.0.1"
    email_port: int = Field(default=2525, ge=1, le=65535)
    email_host_user: str = ""
    email_host_password: str = ""
    email_security: Literal["none", "starttls", "tls"] = "none"
    email_from: str = "AI Office Manager <office@localhost>"
    mailbox_url: str = ""
    inbound_mail_domain: str = ""
    inbound_mail_authserv: str = ""

    telegram_api_base_url: str = "https://api.telegram.org"
    telegram_bot_token: str = ""
    telegram_bot_name: str = ""
    telegram_webhook_url: str = ""

    twilio_api_base_url: str = "https://api.twilio.com"
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    # Still good while Twilio changes over to a new one.
    twilio_previous_auth_token: str = ""
    twilio_phone_number: str = Field(default="", pattern=r"^(\+[1-9][0-9]{6,14})?$")

    microsoft_client_id: str = ""
    microsoft_client_secret: str = ""
    # Whose people may connect: one organisation's id, `organizations` or `common`.
    microsoft_tenant_id: str = Field(default="organizations", pattern=r"^[A-Za-z0-9.-]{1,80}$")
    ms_login_base_url: str = "https://login.microsoftonline.com"
    msgraph_base_url: str = "https://graph.microsoft.com"

    google_client_id: str = ""
    google_client_secret: str = ""
    google_oauth_base_url: str = "https://accounts.google.com"
    google_token_base_url: str = "https://oauth2.googleapis.com"  # noqa: S105  an address
    google_api_base_url: str = "https://www.googleapis.com"

    slack_client_id: str = ""
    slack_client_secret: str = ""
    slack_signing_secret: str = ""
    slack_api_base_url: str = "https://slack.com"

    # Who is asked for the proofs of host names, as `192.0.2.1:53`; empty: whom the machine asks.
    dns_servers: Annotated[list[str], NoDecode] = []

    # What Prometheus shows at /metrics, which is closed without it.
    metrics_token: str = Field(default="", pattern=r"^[\x21-\x7e]{0,200}$")

    # Who is told of errors: what broke and where, nothing of anybody.
    sentry_dsn: str = Field(default="", pattern=r"^(https?://[^\s@/]+@[^\s@/]+/[^\s]*)?$")

    # Where the last seals of the audit trails are written down, beside the database.
    audit_anchors: Annotated[list[str], NoDecode] = []
    audit_anchor_secret: str = Field(default="", pattern=r"^(whsec_[A-Za-z0-9+/]{32,}={0,2})?$")

    # Who takes traces: the address before `/v1/traces`; headers as `name=value`, with commas.
    otel_exporter_otlp_endpoint: str = Field(default="", pattern=r"^(https?://[^\s]+)?$")
    otel_exporter_otlp_headers: str = Field(default="", pattern=r"^([^=,\s]+=[^,]*(,|$))*$")

    encryption_keys: Annotated[list[str], NoDecode] = []
    outgoing_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []

    documents_s3_bucket: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,63}$")
    documents_s3_endpoint: str = ""
    documents_s3_region: str = ""
    documents_s3_key_id: str = ""
    documents_s3_secret: str = ""

    llm_base_url: str = ""
    openai_api_key: str = ""
    openai_model: str = Field(default="gpt-4o", max_length=100)
    llm_api: Literal["auto", "responses", "chat"] = "auto"
    llm_timeout: float = Field(default=8, ge=0.1, le=60)
    llm_tokens_per_day: int = Field(default=200_000, ge=0)
    llm_cost_per_day: Decimal = Field(default=Decimal(1), ge=0)
    llm_price_input: Decimal = Field(default=Decimal("2.50"), ge=0, le=1000)
    llm_price_output: Decimal = Field(default=Decimal("10.00"), ge=0, le=1000)
    llm_embedding_model: str = Field(default="text-embedding-3-small", max_length=100)
    llm_embedding_size: int = Field(default=1536, ge=8, le=4096)
    llm_price_embedding: Decimal = Field(default=Decimal("0.02"), ge=0, le=1000)

    @field_validator(
        *("public_hosts", "trusted_proxies", "cors_origins", "encryption_keys"),
        *("outgoing_networks", "dns_servers", "audit_anchors"),
        mode="before",
    )
    @classmethod
    def split_at_commas(cls, value: Any) -> Any:
        """Lists are written with commas: `10.0.0.0/8, 192.168.0.0/16`."""
        return [part.strip() for part in value.split(",")] if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def are_origins(cls, value: list[str]) -> list[str]:
        """As browsers write them, without a path; `*` is none."""
        if any(value and not ORIGIN.match(origin) for origin in value):
            raise ValueError("must be origins like https://app.example.com")
        return value

    @field_validator("dns_servers")
    @classmethod
    def are_servers(cls, value: list[str]) -> list[str]:
        """Addresses of servers, which are not looked up themselves; empty ones are none."""
        servers = [server for server in value if server]
        for server in servers:
            match = DNS_SERVER.match(server)
            if not match:
                raise ValueError("must be addresses as 192.0.2.1 or [2001:db8::1]:53")
            ip_address(match["v6"] or match["v4"])
        return servers

    @field_validator("audit_anchors")
    @classmethod
    def are_places(cls, value: list[str]) -> list[str]:
        """A file by its whole path, a mailbox as `mailto:…`, an address of the web."""
        if not all(ANCHOR.match(place) for place in value if place):
            raise ValueError("must be /paths, mailto:auditor@example.com or https://… addresses")
        return [place for place in value if place]

    @field_validator("database_shards", mode="before")
    @classmethod
    def read_shards(cls, value: Any) -> Any:
        """Further databases are written as `name=url`, with spaces between them."""
        if not isinstance(value, str):
            return value
        pairs = [word.partition("=") for word in value.split()]
        if any(not SHARD_NAME.match(name) for name, _equals, _url in pairs):
            raise ValueError("must be pairs like shard2=postgresql://…, with spaces between them")
        if len({name for name, _equals, _url in pairs}) < len(pairs):
            raise ValueError("names a database twice")
        return {name: url for name, _equals, url in pairs}

    @field_validator("regions", mode="before")
    @classmethod
    def read_regions(cls, value: Any) -> Any:
        """Other installations are written as `name=https://address`, with spaces between them."""
        if not isinstance(value, str):
            return value
        pairs = [word.partition("=") for word in value.split()]
        if not all(
            REGION.match(name) and ORIGIN.match(url) and is_private(url)
            for name, _equals, url in pairs
        ):
            raise ValueError("must be pairs like us=https://us.office.example, with spaces between")
        return {name: url for name, _equals, url in pairs}

    @field_validator("database_shards")
    @classmethod
    def are_postgresql(cls, value: dict[str, str]) -> dict[str, str]:
        """The same as for the first database."""
        for url in value.values():
            database_of(url)
        return value

    @field_validator("encryption_keys")
    @classmethod
    def are_long(cls, value: list[str]) -> list[str]:
        """Nobody shall guess a key."""
        if any(len(key) < MIN_SECRET_LENGTH for key in value):
            raise ValueError(f"each needs {MIN_SECRET_LENGTH} characters")
        return value

    @field_validator("llm_base_url", "documents_s3_endpoint")
    @classmethod
    def is_http(cls, value: str) -> str:
        """The part before `/responses` and `/chat/completions`, or before the bucket."""
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must start with https:// or http://")
        return value.rstrip("/")

    @field_validator("base_domain", "public_hosts", "inbound_mail_domain")
    @classmethod
    def lower(cls, value: Any) -> Any:
        """Host names are compared in lower case."""
        return [host.lower() for host in value] if isinstance(value, list) else value.lower()

    @field_validator("database_url")
    @classmethod
    def is_postgresql(cls, value: str) -> str:
        """Only PostgreSQL will do; `postgresql+driver://` is accepted as well."""
        database_of(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def is_redis(cls, value: str) -> str:
        """A Redis or Valkey address."""
        if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        """What no field can tell alone."""
        if self.jwt_algorithm == "HS256" and len(self.jwt_secret_key) < MIN_SECRET_LENGTH:
            raise ValueError(f"JWT_SECRET_KEY needs {MIN_SECRET_LENGTH} characters for HS256")
        if self.app_env == "production" and self.debug:
            raise ValueError("DEBUG must be off in production")
        if self.regions and not self.regions_secret:
            raise ValueError("REGIONS needs REGIONS_SECRET, the same one everywhere")
        if self.region in self.regions:
            raise ValueError("REGIONS names the others, not REGION itself")
        if not self.audit_anchor_secret and any("://" in place for place in self.audit_anchors):
            raise ValueError("AUDIT_ANCHORS by the web needs AUDIT_ANCHOR_SECRET")
        if self.documents_s3_bucket and not (self.documents_s3_key_id and self.documents_s3_secret):
            raise ValueError("DOCUMENTS_S3_BUCKET needs DOCUMENTS_S3_KEY_ID and _SECRET")
        return self


def is_private(url: str) -> bool:
    """Tell whether what is said there stays between the two: passwords are."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"localhost", "127.0.0.1"}


def database_of(url: str) -> dict[str, Any]:
    """Return the Django database settings of a PostgreSQL URL. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise ValueError("must start with postgresql://")
    if not parts.path.strip("/"):
        raise ValueError("must end with the name of a database")
    options = dict(parse_qsl(parts.query))
    prepare = options.pop("prepare", "yes")
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {**options, "prepare_threshold": None if prepare == "no" else PREPARE_FROM},
    }


@cache
def load_env() -> Env:
    """Read the environment once. Raises BadEnvironmentError with a line for each bad variable."""
    try:
        return Env()
    except ValidationError as error:
        lines = [
            f"  {'.'.join(map(str, item['loc'])).upper() or 'environment'}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False)
        ]
        raise BadEnvironmentError("\n".join(["the environment is not usable:", *lines])) from None

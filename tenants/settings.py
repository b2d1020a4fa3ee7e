"""What an organisation may set, as typed fields with defaults instead of a free dictionary."""

from datetime import time
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from common.telephones import COUNTRIES

ModelMode = Literal["off", "unsure", "always"]
ModelApi = Literal["auto", "responses", "chat"]


class TenantSettings(BaseModel):
    """The settings of one organisation. An unknown key or a wrong type is an error."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    # When people work: what "end of day", "business days" and "quarter" mean. Monday is 0.
    office_opens: time = time(9)
    office_closes: time = time(17)
    working_days: frozenset[Literal[0, 1, 2, 3, 4, 5, 6]] = frozenset({0, 1, 2, 3, 4})
    fiscal_year_starts: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] = 1
    # Where telephone numbers without a country are meant, as "DE", but for people who say another
    # with their language; empty: they need one.
    country: str = ""

    # From where the office's e-mail goes out: its own Microsoft 365 mailbox where one is connected,
    # else, or in any case, the platform's mail server.
    email_provider: Literal["smtp", "microsoft"] = "microsoft"
    # Whether the office sends SMS, where the platform can; people are then reached by other ways.
    sms_enabled: bool = True

    # After how many minutes without a request a session ends, and after how many hours in any case;
    # the platform may say less.
    session_idle_minutes: int = Field(default=7 * 24 * 60, ge=5, le=30 * 24 * 60)
    # The roles, by name, whose people need a second factor; and for how many minutes it counts that
    # somebody has shown who they are, for what must not be done at an unlocked screen.
    mfa_roles: frozenset[str] = frozenset()
    step_up_minutes: int = Field(default=15, ge=1, le=24 * 60)
    # Whether people sign in by the office's own provider alone, but for one person, by id: who gets
    # in on the day that it fails.
    # Whether operators of the platform may work in the place of a person.
    support_access: bool = False
    sso_only: bool = False
    sso_break_glass: str = Field(default="", max_length=36)
    session_hours: int = Field(default=14 * 24, ge=1, le=90 * 24)

    # When a language model reads sentences beside the rules, and which one; empty is that of the
    # platform. The key to it is a secret and stands in the tenant's own schema.
    llm_mode: ModelMode = "off"
    llm_base_url: str = Field(default="", max_length=300)
    llm_model: str = Field(default="", max_length=100)
    llm_api: ModelApi = "auto"
    # What a day may use; None is what the platform says.
    llm_tokens_per_day: int | None = Field(default=None, ge=0, le=10**12)
    llm_cost_per_day: Decimal | None = Field(default=None, ge=0, le=100_000, decimal_places=6)
    # US dollars for a million tokens of a model of their own.
    llm_price_input: Decimal = Field(default=Decimal(0), ge=0, le=1000, decimal_places=6)
    llm_price_output: Decimal = Field(default=Decimal(0), ge=0, le=1000, decimal_places=6)
    # Whether the texts of documents, and questions to them, go to that endpoint to become vectors:
    # with which model of its own, how many numbers a vector has, and the price of a million tokens.
    llm_embeddings: bool = False
    llm_embedding_model: str = Field(default="", max_length=100)
    llm_embedding_size: int = Field(default=1536, ge=8, le=4096)
    llm_price_embedding: Decimal = Field(default=Decimal(0), ge=0, le=1000, decimal_places=6)

    @field_validator("country")
    @classmethod
    def is_country(cls, value: str) -> str:
        """A country that has telephones, by its two letters."""
        if value and value not in COUNTRIES:
            raise ValueError('must be a country, as "DE"')
        return value

    @field_validator("llm_base_url")
    @classmethod
    def is_plain_address(cls, value: str) -> str:
        """An address without a password or a query; a port that is none raises by itself."""
        if not value:
            return value
        # What `urlsplit` would leave out without a word.
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ValueError("must be in ASCII, without spaces")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must start with https:// and a host name")
        if parts.port == 0 or any(sign in value for sign in "@?#"):
            raise ValueError("must be an address without name, password, query or fragment")
        return value.rstrip("/")

    def __str__(self) -> str:
        """Show them as JSON: so they stand in the audit trail."""
        return self.model_dump_json()


class SettingsField(models.JSONField[Any, TenantSettings]):
    """Stores a TenantSettings as JSON and gives it back validated."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> TenantSettings:
        """Old rows lack new keys: defaults fill in. Keys that were removed are dropped."""
        stored = super().from_db_value(value, expression, connection) or {}
        known = {key: stored[key] for key in stored if key in TenantSettings.model_fields}
        return TenantSettings(**known)

    def get_prep_value(self, value: Any) -> Any:
        """Validate before it is stored. Raises Django's ValidationError."""
        return super().get_prep_value(self.to_python(value).model_dump(mode="json"))

    def to_python(self, value: Any) -> TenantSettings:
        """Return typed settings. Raises Django's ValidationError naming the key."""
        if isinstance(value, TenantSettings):
            return value
        try:
            return TenantSettings.model_validate(value or {})
        except ValidationError as error:
            messages = [
                f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
            ]
            raise DjangoValidationError(messages) from error

    def value_to_string(self, obj: models.Model) -> Any:
        """Return plain JSON, for the audit trail and exports."""
        return self.value_from_object(obj).model_dump(mode="json")

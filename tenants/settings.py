"""What an organisation may set, as typed fields with defaults instead of a free dictionary."""

from typing import Any, Literal

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from pydantic import BaseModel, ConfigDict, ValidationError


class TenantSettings(BaseModel):
    """The settings of one organisation. An unknown key or a wrong type is an error."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    email_provider: Literal["smtp", "microsoft"] = "smtp"
    sms_enabled: bool = False

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

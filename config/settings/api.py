"""How the API answers, refuses and describes itself."""

from typing import Any

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.RoleAllows"],
    "DEFAULT_PARSER_CLASSES": ["common.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["common.renderers.OfficeJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.negotiation.OfficeContentNegotiation",
    "DEFAULT_PAGINATION_CLASS": "common.api.NumberedPages",
    "DEFAULT_SCHEMA_CLASS": "common.schema.OfficeSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "common.api.ErrorHandler",
    "EXCEPTION_FORMATTER_CLASS": "common.api.ErrorFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    "NESTED_FIELD_SEPARATOR": ".",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "AI Office Manager",
    "DESCRIPTION": "From a sentence to a delivered reminder: the HTTP interface.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["accounts.permissions.Anybody"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.schema.tell_of_rates",
        "common.parts.tell_of_parts",
        "common.examples.tell_by_examples",
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "PriorityEnum": "tasks.models.Priority",
        "StatusEnum": "tasks.models.Status",
        "PermissionsEnum": "accounts.permissions.Permission",
        "ChannelEnum": "accounts.models.Channel",
        "MessageStatusEnum": "messaging.models.MessageStatus",
        "NoteKindEnum": "notes.models.Kind",
        "DocumentKindEnum": "documents.models.Kind",
        "DocumentStatusEnum": "documents.models.Status",
        "AnswerModeEnum": "documents.serializers.MODES",
        "EventStatusEnum": "calendar_app.models.EventStatus",
        "SyncStateEnum": "calendar_app.sync_rows.SyncState",
        "ConnectionStateEnum": "connections.models.State",
        "VisibilityEnum": "notes.models.Visibility",
        "EventVisibilityEnum": "calendar_app.models.Visibility",
    },
}

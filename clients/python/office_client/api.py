"""Every operation of the API, one method each. Made by `make client`; not to be changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from office_client import models
from office_client.transport import File, Transport, part


class Client(Transport):
    """The office, with a method for each operation."""

    def admin_audit_logs_list(
        self,
        *,
        action: Literal["CREATE", "UPDATE", "DELETE", "ACCESS"] | None = None,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "tenant_id",
                "user_id",
                "action",
                "resource_type",
                "resource_id",
                "old_values",
                "new_values",
                "metadata",
                "created_at",
            ]
        ]
        | None = None,
        page_size: int | None = None,
        resource_id: str | None = None,
        resource_type: str | None = None,
        since: str | None = None,
        until: str | None = None,
        user: str | None = None,
    ) -> models.PaginatedAuditEntryList:
        """Return a page, newest first."""
        return cast(
            "models.PaginatedAuditEntryList",
            self.ask(
                "GET",
                "/api/v1/admin/audit-logs",
                query={
                    "action": action,
                    "cursor": cursor,
                    "fields": fields,
                    "page_size": page_size,
                    "resource_id": resource_id,
                    "resource_type": resource_type,
                    "since": since,
                    "until": until,
                    "user": user,
                },
            ),
        )

    def admin_audit_logs_verify_retrieve(self, *, seal: str | None = None) -> models.Verdict:
        """Compare all entries with their seals; the first that is not as sealed is named."""
        return cast(
            "models.Verdict",
            self.ask("GET", "/api/v1/admin/audit-logs/verify", query={"seal": seal}),
        )

    def admin_identity_providers_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "name",
                "issuer",
                "client_id",
                "domains",
                "creates_people",
                "default_role",
                "group_claim",
                "role_map",
                "is_active",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedProviderList:
        """Return a page of providers."""
        return cast(
            "models.PaginatedProviderList",
            self.ask(
                "GET",
                "/api/v1/admin/identity-providers",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def admin_identity_providers_create(
        self, body: models.ProviderWriteRequest, *, idempotency_key: str | None = None
    ) -> models.MadeProvider:
        """Set one up."""
        return cast(
            "models.MadeProvider",
            self.ask(
                "POST",
                "/api/v1/admin/identity-providers",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_identity_providers_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete it; nobody signs in by it any more."""
        self.ask(
            "DELETE", f"/api/v1/admin/identity-providers/{part(id)}", headers={"If-Match": if_match}
        )

    def admin_identity_providers_retrieve(
        self,
        id: str,
        *,
        fields: list[
            Literal[
                "id",
                "name",
                "issuer",
                "client_id",
                "domains",
                "creates_people",
                "default_role",
                "group_claim",
                "role_map",
                "is_active",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.MadeProvider | models.MadeProviderInPart:
        """Return one, and where it is to send browsers back to."""
        return cast(
            "models.MadeProvider | models.MadeProviderInPart",
            self.ask(
                "GET", f"/api/v1/admin/identity-providers/{part(id)}", query={"fields": fields}
            ),
        )

    def admin_identity_providers_partial_update(
        self,
        id: str,
        body: models.PatchedProviderWriteRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.MadeProvider:
        """Change the given fields; a secret that is not given stays."""
        return cast(
            "models.MadeProvider",
            self.ask(
                "PATCH",
                f"/api/v1/admin/identity-providers/{part(id)}",
                body=body,
                headers={"If-Match": if_match},
            ),
        )

    def admin_invitations_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "email",
                "full_name",
                "role",
                "status",
                "invited_by_id",
                "expires_at",
                "accepted_at",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
        status: Literal["open", "accepted", "revoked", "expired"] | None = None,
    ) -> models.PaginatedInvitationList:
        """Return a page of invitations, newest first."""
        return cast(
            "models.PaginatedInvitationList",
            self.ask(
                "GET",
                "/api/v1/admin/invitations",
                query={
                    "cursor": cursor,
                    "fields": fields,
                    "page": page,
                    "page_size": page_size,
                    "status": status,
                },
            ),
        )

    def admin_invitations_create(
        self, body: models.InvitationRequest, *, idempotency_key: str | None = None
    ) -> models.Invitation:
        """Write to somebody that they may come in."""
        return cast(
            "models.Invitation",
            self.ask(
                "POST",
                "/api/v1/admin/invitations",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_invitations_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Take it back."""
        self.ask("DELETE", f"/api/v1/admin/invitations/{part(id)}", headers={"If-Match": if_match})

    def admin_invitations_retrieve(
        self,
        id: str,
        *,
        fields: list[
            Literal[
                "id",
                "email",
                "full_name",
                "role",
                "status",
                "invited_by_id",
                "expires_at",
                "accepted_at",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.Invitation | models.InvitationInPart:
        """Return one invitation with its ETag."""
        return cast(
            "models.Invitation | models.InvitationInPart",
            self.ask("GET", f"/api/v1/admin/invitations/{part(id)}", query={"fields": fields}),
        )

    def admin_invitations_partial_update(
        self,
        id: str,
        body: models.PatchedInvitationChangeRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.Invitation:
        """Change name or role of somebody who has not come in yet."""
        return cast(
            "models.Invitation",
            self.ask(
                "PATCH",
                f"/api/v1/admin/invitations/{part(id)}",
                body=body,
                headers={"If-Match": if_match},
            ),
        )

    def admin_invitations_resend_create(
        self, id: str, *, idempotency_key: str | None = None
    ) -> models.Invitation:
        """Write again, with a new link; the one before is good no longer."""
        return cast(
            "models.Invitation",
            self.ask(
                "POST",
                f"/api/v1/admin/invitations/{part(id)}/resend",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_roles_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[Literal["id", "name", "permissions", "built_in", "created_at", "updated_at"]]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedRoleList:
        """Return a page of roles."""
        return cast(
            "models.PaginatedRoleList",
            self.ask(
                "GET",
                "/api/v1/admin/roles",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def admin_roles_create(
        self, body: models.RoleRequest, *, idempotency_key: str | None = None
    ) -> models.Role:
        """Add a role."""
        return cast(
            "models.Role",
            self.ask(
                "POST",
                "/api/v1/admin/roles",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_roles_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete a role that nobody has."""
        self.ask("DELETE", f"/api/v1/admin/roles/{part(id)}", headers={"If-Match": if_match})

    def admin_roles_retrieve(
        self,
        id: str,
        *,
        fields: list[Literal["id", "name", "permissions", "built_in", "created_at", "updated_at"]]
        | None = None,
    ) -> models.Role | models.RoleInPart:
        """Return one role with its ETag."""
        return cast(
            "models.Role | models.RoleInPart",
            self.ask("GET", f"/api/v1/admin/roles/{part(id)}", query={"fields": fields}),
        )

    def admin_roles_partial_update(
        self, id: str, body: models.PatchedRoleRequest | None = None, *, if_match: str | None = None
    ) -> models.Role:
        """Change name or permissions; it holds from the next request on."""
        return cast(
            "models.Role",
            self.ask(
                "PATCH",
                f"/api/v1/admin/roles/{part(id)}",
                body=body,
                headers={"If-Match": if_match},
            ),
        )

    def admin_security_retrieve(self) -> models.Security:
        """Show it."""
        return cast("models.Security", self.ask("GET", "/api/v1/admin/security"))

    def admin_security_partial_update(
        self, body: models.PatchedSecurityRequest | None = None
    ) -> models.Security:
        """Change the given ones; they hold from the next request on."""
        return cast("models.Security", self.ask("PATCH", "/api/v1/admin/security", body=body))

    def admin_service_accounts_create(
        self, body: models.NewServiceRequest, *, idempotency_key: str | None = None
    ) -> models.Person:
        """Make an account for a program; it has keys and never signs in."""
        return cast(
            "models.Person",
            self.ask(
                "POST",
                "/api/v1/admin/service-accounts",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_teams_list(
        self,
        *,
        cursor: str | None = None,
        expand: list[Literal["lead"]] | None = None,
        fields: list[Literal["id", "name", "lead_id", "member_ids", "created_at", "updated_at"]]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedTeamList:
        """Return a page of teams."""
        return cast(
            "models.PaginatedTeamList",
            self.ask(
                "GET",
                "/api/v1/admin/teams",
                query={
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "page": page,
                    "page_size": page_size,
                },
            ),
        )

    def admin_teams_create(
        self, body: models.TeamRequest, *, idempotency_key: str | None = None
    ) -> models.Team:
        """Add a team."""
        return cast(
            "models.Team",
            self.ask(
                "POST",
                "/api/v1/admin/teams",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_teams_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete the team; its tasks stay, without it."""
        self.ask("DELETE", f"/api/v1/admin/teams/{part(id)}", headers={"If-Match": if_match})

    def admin_teams_retrieve(
        self,
        id: str,
        *,
        expand: list[Literal["lead"]] | None = None,
        fields: list[Literal["id", "name", "lead_id", "member_ids", "created_at", "updated_at"]]
        | None = None,
    ) -> models.Team | models.TeamInPart:
        """Return one team with its ETag."""
        return cast(
            "models.Team | models.TeamInPart",
            self.ask(
                "GET", f"/api/v1/admin/teams/{part(id)}", query={"expand": expand, "fields": fields}
            ),
        )

    def admin_teams_partial_update(
        self, id: str, body: models.PatchedTeamRequest | None = None, *, if_match: str | None = None
    ) -> models.Team:
        """Change name, lead, or the members and their order."""
        return cast(
            "models.Team",
            self.ask(
                "PATCH",
                f"/api/v1/admin/teams/{part(id)}",
                body=body,
                headers={"If-Match": if_match},
            ),
        )

    def admin_tenant_retrieve(self) -> models.Office:
        """Show it with the ETag."""
        return cast("models.Office", self.ask("GET", "/api/v1/admin/tenant"))

    def admin_tenant_partial_update(
        self, body: models.PatchedOfficeRequest | None = None, *, if_match: str | None = None
    ) -> models.Office:
        """Change the given fields, and of the settings the given ones."""
        return cast(
            "models.Office",
            self.ask("PATCH", "/api/v1/admin/tenant", body=body, headers={"If-Match": if_match}),
        )

    def admin_tenant_export_retrieve(self) -> bytes | models.Export:
        """Have an archive made (202), and fetch it once it is there (200); it stays an hour."""
        return cast("bytes | models.Export", self.ask("GET", "/api/v1/admin/tenant/export"))

    def admin_users_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "email",
                "full_name",
                "role",
                "is_active",
                "timezone",
                "locale",
                "phone",
                "notification_preference",
                "is_service",
                "last_login",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        is_active: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        role: str | None = None,
    ) -> models.PaginatedPersonList:
        """Return a page of people."""
        return cast(
            "models.PaginatedPersonList",
            self.ask(
                "GET",
                "/api/v1/admin/users",
                query={
                    "cursor": cursor,
                    "fields": fields,
                    "is_active": is_active,
                    "page": page,
                    "page_size": page_size,
                    "role": role,
                },
            ),
        )

    def admin_users_create(
        self, body: models.NewPersonRequest, *, idempotency_key: str | None = None
    ) -> models.Person:
        """Let somebody in with a first password; an invitation is the friendlier way."""
        return cast(
            "models.Person",
            self.ask(
                "POST",
                "/api/v1/admin/users",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_users_import_create(
        self, body: models.ImportRequest, *, idempotency_key: str | None = None
    ) -> models.Imported:
        """Look at the table (200), or invite everybody in it (201), if nothing is wrong."""
        return cast(
            "models.Imported",
            self.ask(
                "POST",
                "/api/v1/admin/users/import",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def admin_users_destroy(
        self, id: str, *, reassign_to: str | None = None, if_match: str | None = None
    ) -> None:
        """Delete the person for good; the work passes to `reassign_to`."""
        self.ask(
            "DELETE",
            f"/api/v1/admin/users/{part(id)}",
            query={"reassign_to": reassign_to},
            headers={"If-Match": if_match},
        )

    def admin_users_retrieve(
        self,
        id: str,
        *,
        fields: list[
            Literal[
                "id",
                "email",
                "full_name",
                "role",
                "is_active",
                "timezone",
                "locale",
                "phone",
                "notification_preference",
                "is_service",
                "last_login",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.Person | models.PersonInPart:
        """Return one person with the ETag."""
        return cast(
            "models.Person | models.PersonInPart",
            self.ask("GET", f"/api/v1/admin/users/{part(id)}", query={"fields": fields}),
        )

    def admin_users_partial_update(
        self,
        id: str,
        body: models.PatchedPersonRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.Person:
        """Change the given fields; `is_active` lets somebody out or in again."""
        return cast(
            "models.Person",
            self.ask(
                "PATCH",
                f"/api/v1/admin/users/{part(id)}",
                body=body,
                headers={"If-Match": if_match},
            ),
        )

    def admin_users_mfa_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Take it out for a person who has lost it."""
        self.ask("DELETE", f"/api/v1/admin/users/{part(id)}/mfa", headers={"If-Match": if_match})

    def admin_users_sessions_destroy(self, id: str) -> None:
        """End all sessions of a person, who may sign in again."""
        self.ask("DELETE", f"/api/v1/admin/users/{part(id)}/sessions")

    def assistant_chat_create(
        self, body: models.ChatRequest, *, idempotency_key: str | None = None
    ) -> models.Answer:
        """Do what the message asks for, propose it, or say why not."""
        return cast(
            "models.Answer",
            self.ask(
                "POST",
                "/api/v1/assistant/chat",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def assistant_language_model_retrieve(self) -> models.LanguageModel:
        """Show the settings."""
        return cast("models.LanguageModel", self.ask("GET", "/api/v1/assistant/language-model"))

    def assistant_language_model_partial_update(
        self, body: models.PatchedLanguageModelRequest | None = None
    ) -> models.LanguageModel:
        """Change what is given. With another address the old key is forgotten."""
        return cast(
            "models.LanguageModel", self.ask("PATCH", "/api/v1/assistant/language-model", body=body)
        )

    def assistant_undo_create(
        self, body: models.UndoRequest, *, idempotency_key: str | None = None
    ) -> models.Answer:
        """Undo it once, within 24 hours, if nobody has changed the thing since (409)."""
        return cast(
            "models.Answer",
            self.ask(
                "POST",
                "/api/v1/assistant/undo",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def assistant_usage_retrieve(
        self, *, since: str | None = None, until: str | None = None
    ) -> models.Usage:
        """Show calls, tokens, cost and latency by model and feature, and the day's limits."""
        return cast(
            "models.Usage",
            self.ask("GET", "/api/v1/assistant/usage", query={"since": since, "until": until}),
        )

    def auth_api_keys_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "name",
                "prefix",
                "owner_id",
                "scopes",
                "expires_at",
                "last_used_at",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedApiKeyList:
        """Return a page of keys, newest first."""
        return cast(
            "models.PaginatedApiKeyList",
            self.ask(
                "GET",
                "/api/v1/auth/api-keys",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def auth_api_keys_create(self, body: models.NewApiKeyRequest) -> models.MadeApiKey:
        """Make a key; its text is in this answer and nowhere else."""
        return cast("models.MadeApiKey", self.ask("POST", "/api/v1/auth/api-keys", body=body))

    def auth_api_keys_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete it; it opens nothing from now on."""
        self.ask("DELETE", f"/api/v1/auth/api-keys/{part(id)}", headers={"If-Match": if_match})

    def auth_api_keys_retrieve(
        self,
        id: str,
        *,
        fields: list[
            Literal[
                "id",
                "name",
                "prefix",
                "owner_id",
                "scopes",
                "expires_at",
                "last_used_at",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.ApiKey | models.ApiKeyInPart:
        """Return one key with its ETag."""
        return cast(
            "models.ApiKey | models.ApiKeyInPart",
            self.ask("GET", f"/api/v1/auth/api-keys/{part(id)}", query={"fields": fields}),
        )

    def auth_api_keys_partial_update(
        self,
        id: str,
        body: models.PatchedApiKeyChangeRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.ApiKey:
        """Change name, scopes or end."""
        return cast(
            "models.ApiKey",
            self.ask(
                "PATCH",
                f"/api/v1/auth/api-keys/{part(id)}",
                body=body,
                headers={"If-Match": if_match},
            ),
        )

    def auth_devices_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[Literal["id", "label", "address", "created_at", "seen_at"]] | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedDeviceList:
        """Return a page of devices, last seen first."""
        return cast(
            "models.PaginatedDeviceList",
            self.ask(
                "GET",
                "/api/v1/auth/devices",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def auth_devices_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Forget one: when somebody signs in from there again, it is news."""
        self.ask("DELETE", f"/api/v1/auth/devices/{part(id)}", headers={"If-Match": if_match})

    def auth_email_change_create(
        self, body: models.EmailChangeRequest, *, idempotency_key: str | None = None
    ) -> None:
        """Write to the new address; with the present one it is confirmed again."""
        self.ask(
            "POST",
            "/api/v1/auth/email/change",
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def auth_email_change_confirm_create(self, body: models.EmailConfirmRequest) -> None:
        """Make the address that of the person."""
        self.ask("POST", "/api/v1/auth/email/change/confirm", body=body)

    def auth_invitations_accept_create(self, body: models.AcceptRequest) -> models.Tokens:
        """Make the person, and sign them in; the token is good once."""
        return cast("models.Tokens", self.ask("POST", "/api/v1/auth/invitations/accept", body=body))

    def auth_login_create(self, body: models.LoginRequest) -> models.Tokens:
        """Return tokens, or the same 401 for every reason."""
        return cast("models.Tokens", self.ask("POST", "/api/v1/auth/login", body=body))

    def auth_login_mfa_create(self, body: models.MfaLoginRequest) -> models.Tokens:
        """Return tokens for a code."""
        return cast("models.Tokens", self.ask("POST", "/api/v1/auth/login/mfa", body=body))

    def auth_logout_create(self, body: models.RefreshRequest | None = None) -> None:
        """End the family of the refresh token."""
        self.ask("POST", "/api/v1/auth/logout", body=body)

    def auth_me_retrieve(self) -> models.Me:
        """Show the profile with role, permissions and teams."""
        return cast("models.Me", self.ask("GET", "/api/v1/auth/me"))

    def auth_me_partial_update(self, body: models.PatchedMeRequest | None = None) -> models.Me:
        """Change name, time zone, phone or the preferred channel."""
        return cast("models.Me", self.ask("PATCH", "/api/v1/auth/me", body=body))

    def auth_mfa_authenticators_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[Literal["id", "kind", "name", "confirmed_at", "last_used_at", "created_at"]]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedAuthenticatorList:
        """Return a page of them."""
        return cast(
            "models.PaginatedAuthenticatorList",
            self.ask(
                "GET",
                "/api/v1/auth/mfa/authenticators",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def auth_mfa_authenticators_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Take one out. It holds a secret, which no `Read` may show."""
        self.ask(
            "DELETE", f"/api/v1/auth/mfa/authenticators/{part(id)}", headers={"If-Match": if_match}
        )

    def auth_mfa_recovery_codes_create(self) -> models.RecoveryCodes:
        """Make new codes; those before are good no longer."""
        return cast("models.RecoveryCodes", self.ask("POST", "/api/v1/auth/mfa/recovery-codes"))

    def auth_mfa_totp_create(self) -> models.Totp:
        """Begin with a new one; it counts once a code was shown."""
        return cast("models.Totp", self.ask("POST", "/api/v1/auth/mfa/totp"))

    def auth_mfa_totp_confirm_create(self, body: models.FactorCodeRequest) -> models.RecoveryCodes:
        """Make it count; the recovery codes are in this answer and nowhere else."""
        return cast(
            "models.RecoveryCodes", self.ask("POST", "/api/v1/auth/mfa/totp/confirm", body=body)
        )

    def auth_password_change_create(
        self, body: models.PasswordChangeRequest, *, idempotency_key: str | None = None
    ) -> None:
        """Set it, and end all other sessions."""
        self.ask(
            "POST",
            "/api/v1/auth/password/change",
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def auth_password_reset_create(self, body: models.ResetRequest) -> None:
        """Write to the address if it is somebody's; the answer and its time are the same."""
        self.ask("POST", "/api/v1/auth/password/reset", body=body)

    def auth_password_reset_confirm_create(self, body: models.ResetConfirmRequest) -> None:
        """Set the password; all sessions end."""
        self.ask("POST", "/api/v1/auth/password/reset/confirm", body=body)

    def auth_refresh_create(self, body: models.RefreshRequest | None = None) -> models.Tokens:
        """Spend the token; a spent one that comes again ends its family."""
        return cast("models.Tokens", self.ask("POST", "/api/v1/auth/refresh", body=body))

    def auth_register_create(self, body: models.RegisterRequest) -> models.Registered:
        """Make the organisation and its admin, and sign that person in."""
        return cast("models.Registered", self.ask("POST", "/api/v1/auth/register", body=body))

    def auth_sessions_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "kind",
                "method",
                "address",
                "user_agent",
                "created_at",
                "seen_at",
                "authenticated_at",
                "expires_at",
                "current",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedSessionList:
        """Return a page of sessions, newest first."""
        return cast(
            "models.PaginatedSessionList",
            self.ask(
                "GET",
                "/api/v1/auth/sessions",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def auth_sessions_end_others_create(self, *, idempotency_key: str | None = None) -> None:
        """End all but the one that asks."""
        self.ask(
            "POST", "/api/v1/auth/sessions/end-others", headers={"Idempotency-Key": idempotency_key}
        )

    def auth_sessions_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """End one; its tokens are good no longer."""
        self.ask("DELETE", f"/api/v1/auth/sessions/{part(id)}", headers={"If-Match": if_match})

    def auth_step_up_create(
        self, body: models.StepUpRequest | None = None, *, idempotency_key: str | None = None
    ) -> None:
        """Take password or code; what asks for it is open for some minutes."""
        self.ask(
            "POST", "/api/v1/auth/step-up", body=body, headers={"Idempotency-Key": idempotency_key}
        )

    def calendar_calendars_list(
        self,
        *,
        cursor: str | None = None,
        expand: list[Literal["owner", "team"]] | None = None,
        fields: list[
            Literal[
                "id",
                "kind",
                "owner_id",
                "team_id",
                "name",
                "timezone",
                "colour",
                "is_default",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        kind: Literal["personal", "team", "room"] | None = None,
        owner: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedCalendarList:
        """Return a page of calendars."""
        return cast(
            "models.PaginatedCalendarList",
            self.ask(
                "GET",
                "/api/v1/calendar/calendars",
                query={
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "kind": kind,
                    "owner": owner,
                    "page": page,
                    "page_size": page_size,
                },
            ),
        )

    def calendar_calendars_create(
        self, body: models.CalendarRequest, *, idempotency_key: str | None = None
    ) -> models.Calendar:
        """Add a calendar."""
        return cast(
            "models.Calendar",
            self.ask(
                "POST",
                "/api/v1/calendar/calendars",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_calendars_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete the calendar with its events."""
        self.ask("DELETE", f"/api/v1/calendar/calendars/{part(id)}", headers={"If-Match": if_match})

    def calendar_calendars_retrieve(
        self,
        id: str,
        *,
        expand: list[Literal["owner", "team"]] | None = None,
        fields: list[
            Literal[
                "id",
                "kind",
                "owner_id",
                "team_id",
                "name",
                "timezone",
                "colour",
                "is_default",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.Calendar | models.CalendarInPart:
        """Return one calendar with its ETag."""
        return cast(
            "models.Calendar | models.CalendarInPart",
            self.ask(
                "GET",
                f"/api/v1/calendar/calendars/{part(id)}",
                query={"expand": expand, "fields": fields},
            ),
        )

    def calendar_calendars_partial_update(
        self,
        id: str,
        body: models.PatchedCalendarRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.Calendar:
        """Change the given fields."""
        return cast(
            "models.Calendar",
            self.ask(
                "PATCH",
                f"/api/v1/calendar/calendars/{part(id)}",
                body=body,
                headers={"If-Match": if_match},
            ),
        )

    def calendar_events_list(
        self,
        *,
        attendee: str | None = None,
        calendar: str | None = None,
        cursor: str | None = None,
        end: str | None = None,
        expand: list[Literal["organizer", "attendees", "calendar"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "description",
                "location",
                "start",
                "end",
                "all_day",
                "start_date",
                "end_date",
                "timezone",
                "recurrence",
                "attendees",
                "reminders",
                "organizer_id",
                "organizer_name",
                "calendar_id",
                "external_id",
                "status",
                "visibility",
                "is_free",
                "conference_url",
                "series_id",
                "split_from_id",
                "occurrence",
                "is_hidden",
                "source",
                "version",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
        start: str | None = None,
        status: Literal["confirmed", "tentative", "cancelled"] | None = None,
    ) -> models.PaginatedEventList:
        """Return a page of events, or of what happens from `start` to `end`, in order."""
        return cast(
            "models.PaginatedEventList",
            self.ask(
                "GET",
                "/api/v1/calendar/events",
                query={
                    "attendee": attendee,
                    "calendar": calendar,
                    "cursor": cursor,
                    "end": end,
                    "expand": expand,
                    "fields": fields,
                    "page": page,
                    "page_size": page_size,
                    "search": search,
                    "start": start,
                    "status": status,
                },
            ),
        )

    def calendar_events_create(
        self, body: models.EventRequest, *, idempotency_key: str | None = None
    ) -> models.Event:
        """Store an event, ask its attendees and book its rooms."""
        return cast(
            "models.Event",
            self.ask(
                "POST",
                "/api/v1/calendar/events",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_events_from_text_create(
        self, body: models.FromTextRequest, *, idempotency_key: str | None = None
    ) -> models.EventFromText:
        """Store the event (201), or with `dry_run` only show what was understood (200)."""
        return cast(
            "models.EventFromText",
            self.ask(
                "POST",
                "/api/v1/calendar/events/from-text",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_events_destroy(
        self,
        id: str,
        *,
        occurrence: str | None = None,
        scope: Literal["this", "following", "all"] | None = None,
        send_invitations: bool | None = None,
        if_match: str | None = None,
    ) -> None:
        """Delete an event, a series, or occurrences of one."""
        self.ask(
            "DELETE",
            f"/api/v1/calendar/events/{part(id)}",
            query={"occurrence": occurrence, "scope": scope, "send_invitations": send_invitations},
            headers={"If-Match": if_match},
        )

    def calendar_events_retrieve(
        self,
        id: str,
        *,
        expand: list[Literal["organizer", "attendees", "calendar"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "description",
                "location",
                "start",
                "end",
                "all_day",
                "start_date",
                "end_date",
                "timezone",
                "recurrence",
                "attendees",
                "reminders",
                "organizer_id",
                "organizer_name",
                "calendar_id",
                "external_id",
                "status",
                "visibility",
                "is_free",
                "conference_url",
                "series_id",
                "split_from_id",
                "occurrence",
                "is_hidden",
                "source",
                "version",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.Event | models.EventInPart:
        """Return one event, or a series, with its ETag."""
        return cast(
            "models.Event | models.EventInPart",
            self.ask(
                "GET",
                f"/api/v1/calendar/events/{part(id)}",
                query={"expand": expand, "fields": fields},
            ),
        )

    def calendar_events_partial_update(
        self,
        id: str,
        body: models.PatchedEventRequest | None = None,
        *,
        occurrence: str | None = None,
        scope: Literal["this", "following", "all"] | None = None,
        send_invitations: bool | None = None,
        if_match: str | None = None,
    ) -> models.Event:
        """Change the given fields: of a series as a whole, or from one occurrence on."""
        return cast(
            "models.Event",
            self.ask(
                "PATCH",
                f"/api/v1/calendar/events/{part(id)}",
                body=body,
                query={
                    "occurrence": occurrence,
                    "scope": scope,
                    "send_invitations": send_invitations,
                },
                headers={"If-Match": if_match},
            ),
        )

    def calendar_events_respond_create(
        self, id: str, body: models.RespondRequest, *, idempotency_key: str | None = None
    ) -> models.Event:
        """Say whether one comes."""
        return cast(
            "models.Event",
            self.ask(
                "POST",
                f"/api/v1/calendar/events/{part(id)}/respond",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_feeds_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[Literal["id", "name", "calendar_id", "detail", "created_at"]] | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedFeedList:
        """Return a page of feeds, without their addresses."""
        return cast(
            "models.PaginatedFeedList",
            self.ask(
                "GET",
                "/api/v1/calendar/feeds",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def calendar_feeds_create(self, body: models.FeedRequest) -> models.OpenedFeed:
        """Open a feed; the answer has its address, which is not shown again."""
        return cast("models.OpenedFeed", self.ask("POST", "/api/v1/calendar/feeds", body=body))

    def calendar_feeds_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Close the feed."""
        self.ask("DELETE", f"/api/v1/calendar/feeds/{part(id)}", headers={"If-Match": if_match})

    def calendar_feeds_ics_retrieve(self, secret: str) -> bytes:
        """Return the calendar; 304 for whoever has it already."""
        return cast("bytes", self.ask("GET", f"/api/v1/calendar/feeds/{part(secret)}.ics"))

    def calendar_find_slot_create(
        self, body: models.FindSlotRequest, *, idempotency_key: str | None = None
    ) -> models.Proposals:
        """Return times at which everybody is free, ranked, each with its reason."""
        return cast(
            "models.Proposals",
            self.ask(
                "POST",
                "/api/v1/calendar/find-slot",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_free_busy_retrieve(self, *, end: str, start: str, users: str) -> models.FreeBusy:
        """Return the busy times of each, merged: no titles, no places."""
        return cast(
            "models.FreeBusy",
            self.ask(
                "GET",
                "/api/v1/calendar/free-busy",
                query={"end": end, "start": start, "users": users},
            ),
        )

    def calendar_import_create(
        self,
        body: models.CalendarImportRequest | None = None,
        files: Mapping[str, File] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.CalendarImported:
        """Write the events of a file into a calendar; the same file again changes nothing."""
        return cast(
            "models.CalendarImported",
            self.ask(
                "POST",
                "/api/v1/calendar/import",
                body=body,
                files=files,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_subscriptions_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "calendar_id",
                "host",
                "next_at",
                "fetched_at",
                "trouble",
                "held_deletions",
                "created_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedSubscriptionList:
        """Return a page of subscriptions, without their addresses."""
        return cast(
            "models.PaginatedSubscriptionList",
            self.ask(
                "GET",
                "/api/v1/calendar/subscriptions",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def calendar_subscriptions_create(
        self, body: models.FollowRequest, *, idempotency_key: str | None = None
    ) -> models.Subscription:
        """Follow an address in a calendar of its own; it is fetched at once and every hour."""
        return cast(
            "models.Subscription",
            self.ask(
                "POST",
                "/api/v1/calendar/subscriptions",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_subscriptions_accept_create(
        self, id: str, *, idempotency_key: str | None = None
    ) -> models.Subscription:
        """Let the deletions happen that were held back."""
        return cast(
            "models.Subscription",
            self.ask(
                "POST",
                f"/api/v1/calendar/subscriptions/{part(id)}/accept",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_sync_create(
        self, body: models.SyncNowRequest, *, idempotency_key: str | None = None
    ) -> models.Synced:
        """Have them run now; `GET /calendar/sync-status` tells how it went."""
        return cast(
            "models.Synced",
            self.ask(
                "POST",
                "/api/v1/calendar/sync",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_sync_status_list(self) -> list[models.Sync]:
        """Return all of one's syncs."""
        return cast("list[models.Sync]", self.ask("GET", "/api/v1/calendar/sync-status"))

    def calendar_syncs_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "calendar_id",
                "connection_id",
                "provider",
                "account",
                "connection_state",
                "remote_id",
                "remote_name",
                "read_only",
                "state",
                "preview",
                "synced_at",
                "next_at",
                "last_counts",
                "total_counts",
                "trouble",
                "held_deletions",
                "watched_until",
                "renews_at",
                "left_out",
                "created_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedSyncList:
        """Return a page of syncs: how each went, and what it would need."""
        return cast(
            "models.PaginatedSyncList",
            self.ask(
                "GET",
                "/api/v1/calendar/syncs",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def calendar_syncs_create(
        self, body: models.LinkRequest, *, idempotency_key: str | None = None
    ) -> models.Sync:
        """Put a calendar beside one at a vendor; what a sync would do is found out first."""
        return cast(
            "models.Sync",
            self.ask(
                "POST",
                "/api/v1/calendar/syncs",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_syncs_destroy(
        self, id: str, *, purge: bool | None = None, if_match: str | None = None
    ) -> None:
        """Sync no more; nothing is deleted at the vendor's."""
        self.ask(
            "DELETE",
            f"/api/v1/calendar/syncs/{part(id)}",
            query={"purge": purge},
            headers={"If-Match": if_match},
        )

    def calendar_syncs_retrieve(
        self,
        id: str,
        *,
        fields: list[
            Literal[
                "id",
                "calendar_id",
                "connection_id",
                "provider",
                "account",
                "connection_state",
                "remote_id",
                "remote_name",
                "read_only",
                "state",
                "preview",
                "synced_at",
                "next_at",
                "last_counts",
                "total_counts",
                "trouble",
                "held_deletions",
                "watched_until",
                "renews_at",
                "left_out",
                "created_at",
            ]
        ]
        | None = None,
    ) -> models.Sync | models.SyncInPart:
        """Return one sync; before it was started with what it would do on both sides."""
        return cast(
            "models.Sync | models.SyncInPart",
            self.ask("GET", f"/api/v1/calendar/syncs/{part(id)}", query={"fields": fields}),
        )

    def calendar_syncs_accept_create(
        self, id: str, *, idempotency_key: str | None = None
    ) -> models.Sync:
        """Let the deletions happen that were held back."""
        return cast(
            "models.Sync",
            self.ask(
                "POST",
                f"/api/v1/calendar/syncs/{part(id)}/accept",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_syncs_start_create(
        self, id: str, *, idempotency_key: str | None = None
    ) -> models.Sync:
        """Let it write on both sides, from now on."""
        return cast(
            "models.Sync",
            self.ask(
                "POST",
                f"/api/v1/calendar/syncs/{part(id)}/start",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_syncs_stop_create(
        self, id: str, *, idempotency_key: str | None = None
    ) -> models.Sync:
        """Write no more on either side until it is started again."""
        return cast(
            "models.Sync",
            self.ask(
                "POST",
                f"/api/v1/calendar/syncs/{part(id)}/stop",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def calendar_syncs_conflicts_list(
        self,
        sync_id: str,
        *,
        cursor: str | None = None,
        fields: list[Literal["id", "event_id", "title", "field", "lost", "lost_side", "created_at"]]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedConflictList:
        """Return a page of what both sides changed, the latest first."""
        return cast(
            "models.PaginatedConflictList",
            self.ask(
                "GET",
                f"/api/v1/calendar/syncs/{part(sync_id)}/conflicts",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def comments_partial_update(
        self,
        id: str,
        body: models.PatchedCommentRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.Comment:
        """Say it in other words, if it is one's own; who is named anew is told."""
        return cast(
            "models.Comment",
            self.ask(
                "PATCH", f"/api/v1/comments/{part(id)}", body=body, headers={"If-Match": if_match}
            ),
        )

    def documents_list(
        self,
        *,
        cursor: str | None = None,
        expand: list[Literal["owner"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "kind",
                "visibility",
                "owner_id",
                "owner_name",
                "status",
                "reason",
                "progress",
                "state",
                "notice",
                "revision",
                "newest",
                "filename",
                "format",
                "size",
                "pages",
                "review_on",
                "sign_by_all",
                "sign_team_ids",
                "sign_person_ids",
                "to_sign",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        kind: Literal["document", "policy"] | None = None,
        ordering: Literal[
            "created_at", "updated_at", "title", "-created_at", "-updated_at", "-title"
        ]
        | None = None,
        owner: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
        review_until: str | None = None,
        search: str | None = None,
        status: Literal["processing", "ready", "failed"] | None = None,
        to_sign: bool | None = None,
        visibility: Literal["private", "office"] | None = None,
    ) -> models.PaginatedDocumentList:
        """Return a page of documents, the newest first unless asked for otherwise."""
        return cast(
            "models.PaginatedDocumentList",
            self.ask(
                "GET",
                "/api/v1/documents",
                query={
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "kind": kind,
                    "ordering": ordering,
                    "owner": owner,
                    "page": page,
                    "page_size": page_size,
                    "review_until": review_until,
                    "search": search,
                    "status": status,
                    "to_sign": to_sign,
                    "visibility": visibility,
                },
            ),
        )

    def documents_create(
        self,
        body: models.NewDocumentRequest | None = None,
        files: Mapping[str, File] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.Document:
        """Take in a PDF, a Word document, Markdown or text; it is read in the background."""
        return cast(
            "models.Document",
            self.ask(
                "POST",
                "/api/v1/documents",
                body=body,
                files=files,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def documents_ask_create(
        self, body: models.DocumentsQuestionRequest, *, idempotency_key: str | None = None
    ) -> models.DocumentAnswer:
        """Answer from the documents and cite them, or say that they don't say."""
        return cast(
            "models.DocumentAnswer",
            self.ask(
                "POST",
                "/api/v1/documents/ask",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def documents_revisions_list(
        self,
        document_id: str,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "number",
                "filename",
                "format",
                "size",
                "sha256",
                "author_id",
                "status",
                "reason",
                "pages",
                "created_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedRevisionList:
        """Return a page of revisions, the newest first."""
        return cast(
            "models.PaginatedRevisionList",
            self.ask(
                "GET",
                f"/api/v1/documents/{part(document_id)}/revisions",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def documents_revisions_create(
        self,
        document_id: str,
        body: models.UploadRequest | None = None,
        files: Mapping[str, File] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.Revision:
        """Take in a newer file; until it has been read, the old one is found and quoted."""
        return cast(
            "models.Revision",
            self.ask(
                "POST",
                f"/api/v1/documents/{part(document_id)}/revisions",
                body=body,
                files=files,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def documents_revisions_download_retrieve(self, document_id: str, id: str) -> bytes:
        """Return a file as it was sent."""
        return cast(
            "bytes",
            self.ask("GET", f"/api/v1/documents/{part(document_id)}/revisions/{part(id)}/download"),
        )

    def documents_sign_offs_list(
        self,
        document_id: str,
        *,
        cursor: str | None = None,
        fields: list[Literal["person_id", "full_name", "is_asked", "signed_at"]] | None = None,
        missing: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedSignerList:
        """Return a page of people, with `missing` those who have not signed what holds now."""
        return cast(
            "models.PaginatedSignerList",
            self.ask(
                "GET",
                f"/api/v1/documents/{part(document_id)}/sign-offs",
                query={
                    "cursor": cursor,
                    "fields": fields,
                    "missing": missing,
                    "page": page,
                    "page_size": page_size,
                },
            ),
        )

    def documents_sign_offs_create(
        self, document_id: str, body: models.SignRequest, *, idempotency_key: str | None = None
    ) -> models.Signer:
        """Say that one has read and understood the revision that holds (else 409)."""
        return cast(
            "models.Signer",
            self.ask(
                "POST",
                f"/api/v1/documents/{part(document_id)}/sign-offs",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def documents_sign_offs_remind_create(
        self, document_id: str, *, idempotency_key: str | None = None
    ) -> models.Reminded:
        """Remind those who have not signed, at most once a day."""
        return cast(
            "models.Reminded",
            self.ask(
                "POST",
                f"/api/v1/documents/{part(document_id)}/sign-offs/remind",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def documents_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete the document with its files, its text and its vectors."""
        self.ask("DELETE", f"/api/v1/documents/{part(id)}", headers={"If-Match": if_match})

    def documents_retrieve(
        self,
        id: str,
        *,
        expand: list[Literal["owner"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "kind",
                "visibility",
                "owner_id",
                "owner_name",
                "status",
                "reason",
                "progress",
                "state",
                "notice",
                "revision",
                "newest",
                "filename",
                "format",
                "size",
                "pages",
                "review_on",
                "sign_by_all",
                "sign_team_ids",
                "sign_person_ids",
                "to_sign",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.Document | models.DocumentInPart:
        """Return one document with its ETag."""
        return cast(
            "models.Document | models.DocumentInPart",
            self.ask(
                "GET", f"/api/v1/documents/{part(id)}", query={"expand": expand, "fields": fields}
            ),
        )

    def documents_partial_update(
        self,
        id: str,
        body: models.PatchedDocumentRequest | None = None,
        files: Mapping[str, File] | None = None,
        *,
        if_match: str | None = None,
    ) -> models.Document:
        """Change the given fields."""
        return cast(
            "models.Document",
            self.ask(
                "PATCH",
                f"/api/v1/documents/{part(id)}",
                body=body,
                files=files,
                headers={"If-Match": if_match},
            ),
        )

    def documents_download_retrieve(self, id: str) -> bytes:
        """Return the newest file as it was sent."""
        return cast("bytes", self.ask("GET", f"/api/v1/documents/{part(id)}/download"))

    def email_inbox_retrieve(self, *, limit: int | None = None) -> models.Inbox:
        """Return its newest letters, or why there are none; nothing of them is kept here."""
        return cast("models.Inbox", self.ask("GET", "/api/v1/email/inbox", query={"limit": limit}))

    def email_send_create(
        self, body: models.EmailRequest, *, idempotency_key: str | None = None
    ) -> models.Letter:
        """Send a letter to each address; answers go to whoever wrote it."""
        return cast(
            "models.Letter",
            self.ask(
                "POST",
                "/api/v1/email/send",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def integrations_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "provider",
                "person_id",
                "address",
                "scopes",
                "state",
                "last_error",
                "last_ok_at",
                "created_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedConnectionList:
        """Return a page of connected accounts, with what is wrong with them."""
        return cast(
            "models.PaginatedConnectionList",
            self.ask(
                "GET",
                "/api/v1/integrations",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def integrations_google_destroy(self, *, for_office: bool | None = None) -> None:
        """Disconnect the person's accounts, or the office's; tokens are revoked and wiped."""
        self.ask("DELETE", "/api/v1/integrations/google", query={"for_office": for_office})

    def integrations_google_callback_retrieve(self) -> bytes:
        """Put the answer aside and lead the person to the office, where it is taken."""
        return cast("bytes", self.ask("GET", "/api/v1/integrations/google/callback"))

    def integrations_google_connect_create(
        self, body: models.ConnectRequest | None = None
    ) -> models.Way:
        """Return where the person goes to agree; good for 10 minutes, and for that person."""
        return cast(
            "models.Way", self.ask("POST", "/api/v1/integrations/google/connect", body=body)
        )

    def integrations_google_notifications_create(self) -> None:
        """Have the calendar looked at, if the word is the one that Google was given."""
        self.ask("POST", "/api/v1/integrations/google/notifications")

    def integrations_microsoft_destroy(self, *, for_office: bool | None = None) -> None:
        """Disconnect the person's accounts, or the office's; tokens are revoked and wiped."""
        self.ask("DELETE", "/api/v1/integrations/microsoft", query={"for_office": for_office})

    def integrations_microsoft_callback_retrieve(self) -> bytes:
        """Put the answer aside and lead the person to the office, where it is taken."""
        return cast("bytes", self.ask("GET", "/api/v1/integrations/microsoft/callback"))

    def integrations_microsoft_callback_create(
        self, body: Mapping[str, Any] | None = None
    ) -> bytes:
        """Put the answer aside and lead the person to the office, where it is taken."""
        return cast("bytes", self.ask("POST", "/api/v1/integrations/microsoft/callback", body=body))

    def integrations_microsoft_connect_create(
        self, body: models.ConnectRequest | None = None
    ) -> models.Way:
        """Return where the person goes to agree; good for 10 minutes, and for that person."""
        return cast(
            "models.Way", self.ask("POST", "/api/v1/integrations/microsoft/connect", body=body)
        )

    def integrations_microsoft_notifications_create(
        self, body: dict[str, Any] | None = None
    ) -> bytes:
        """Have those calendars looked at whose word is the one that Graph was given."""
        return cast(
            "bytes", self.ask("POST", "/api/v1/integrations/microsoft/notifications", body=body)
        )

    def integrations_slack_destroy(self, *, for_office: bool | None = None) -> None:
        """Disconnect the person's accounts, or the office's; tokens are revoked and wiped."""
        self.ask("DELETE", "/api/v1/integrations/slack", query={"for_office": for_office})

    def integrations_slack_actions_create(
        self, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Take one touch in, once."""
        return cast(
            "dict[str, Any]", self.ask("POST", "/api/v1/integrations/slack/actions", body=body)
        )

    def integrations_slack_callback_retrieve(self) -> bytes:
        """Put the answer aside and lead the person to the office, where it is taken."""
        return cast("bytes", self.ask("GET", "/api/v1/integrations/slack/callback"))

    def integrations_slack_commands_create(
        self, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Take one command in, once; its author alone sees the answer."""
        return cast(
            "dict[str, Any]", self.ask("POST", "/api/v1/integrations/slack/commands", body=body)
        )

    def integrations_slack_connect_create(
        self, body: models.ConnectRequest | None = None
    ) -> models.Way:
        """Return where the person goes to agree; good for 10 minutes, and for that person."""
        return cast("models.Way", self.ask("POST", "/api/v1/integrations/slack/connect", body=body))

    def integrations_slack_events_create(
        self, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Take one event in, once; what is not for us is answered 200 as well."""
        return cast(
            "dict[str, Any]", self.ask("POST", "/api/v1/integrations/slack/events", body=body)
        )

    def integrations_sms_confirm_create(
        self, body: models.CodeRequest, *, idempotency_key: str | None = None
    ) -> models.Number:
        """Make the number the person's own: reminders go there, and what it writes is heard."""
        return cast(
            "models.Number",
            self.ask(
                "POST",
                "/api/v1/integrations/sms/confirm",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def integrations_sms_number_destroy(self) -> None:
        """Forget the number."""
        self.ask("DELETE", "/api/v1/integrations/sms/number")

    def integrations_sms_number_create(
        self, body: models.NumberRequest, *, idempotency_key: str | None = None
    ) -> models.Number:
        """Send a code to the number, good for 15 minutes; at most five in an hour."""
        return cast(
            "models.Number",
            self.ask(
                "POST",
                "/api/v1/integrations/sms/number",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def integrations_telegram_link_destroy(self) -> None:
        """Forget the chat."""
        self.ask("DELETE", "/api/v1/integrations/telegram/link")

    def integrations_telegram_link_create(self) -> models.Link:
        """Return an address that opens the chat and links it, once, within 15 minutes."""
        return cast("models.Link", self.ask("POST", "/api/v1/integrations/telegram/link"))

    def integrations_telegram_webhook_create(
        self, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Take one update in; whatever it says is answered 200, or Telegram would repeat it."""
        return cast(
            "dict[str, Any]", self.ask("POST", "/api/v1/integrations/telegram/webhook", body=body)
        )

    def integrations_twilio_sms_create(self, body: Mapping[str, Any] | None = None) -> bytes:
        """Take one SMS in, once; the answer to it goes through the outbox."""
        return cast("bytes", self.ask("POST", "/api/v1/integrations/twilio/sms", body=body))

    def integrations_twilio_status_create(self, body: Mapping[str, Any] | None = None) -> None:
        """Note it; reports come late, twice and in any order."""
        self.ask("POST", "/api/v1/integrations/twilio/status", body=body)

    def mentions_list(
        self,
        *,
        cursor: str | None = None,
        expand: list[Literal["author", "task"]] | None = None,
        fields: list[
            Literal[
                "id",
                "comment_id",
                "task_id",
                "task_title",
                "author_id",
                "author_name",
                "body",
                "read_at",
                "created_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
        unread: bool | None = None,
    ) -> models.PaginatedMentionList:
        """Return a page of mentions."""
        return cast(
            "models.PaginatedMentionList",
            self.ask(
                "GET",
                "/api/v1/mentions",
                query={
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "page": page,
                    "page_size": page_size,
                    "unread": unread,
                },
            ),
        )

    def mentions_read_create(
        self, id: str, *, idempotency_key: str | None = None
    ) -> models.Mention:
        """Note that it was read; a second time is as good."""
        return cast(
            "models.Mention",
            self.ask(
                "POST",
                f"/api/v1/mentions/{part(id)}/read",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def messages_list(
        self,
        *,
        about: str | None = None,
        channel: Literal["email", "sms", "telegram", "slack"] | None = None,
        cursor: str | None = None,
        expand: list[Literal["recipient", "sender"]] | None = None,
        fields: list[
            Literal[
                "id",
                "channel",
                "recipient_id",
                "recipient_name",
                "address",
                "subject",
                "kind",
                "sender_id",
                "about_id",
                "urgent",
                "status",
                "reason",
                "in_words",
                "due_at",
                "planned_at",
                "sent_at",
                "lateness_seconds",
                "attempts",
                "resends",
                "provider_id",
                "provider_status",
                "segments",
                "instead_of_id",
                "created_at",
            ]
        ]
        | None = None,
        kind: str | None = None,
        page_size: int | None = None,
        recipient: str | None = None,
        since: str | None = None,
        status: Literal["queued", "sending", "sent", "failed", "unknown", "cancelled"]
        | None = None,
        until: str | None = None,
    ) -> models.PaginatedMessageList:
        """Return a page, newest first."""
        return cast(
            "models.PaginatedMessageList",
            self.ask(
                "GET",
                "/api/v1/messages",
                query={
                    "about": about,
                    "channel": channel,
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "kind": kind,
                    "page_size": page_size,
                    "recipient": recipient,
                    "since": since,
                    "status": status,
                    "until": until,
                },
            ),
        )

    def messages_preview_retrieve(
        self, *, days: int | None = None, person: str | None = None, start: str | None = None
    ) -> models.Preview:
        """List what will be sent to the person, or to all whom the asker sees."""
        return cast(
            "models.Preview",
            self.ask(
                "GET",
                "/api/v1/messages/preview",
                query={"days": days, "person": person, "start": start},
            ),
        )

    def messages_retrieve(
        self,
        id: str,
        *,
        expand: list[Literal["recipient", "sender"]] | None = None,
        fields: list[
            Literal[
                "id",
                "channel",
                "recipient_id",
                "recipient_name",
                "address",
                "subject",
                "kind",
                "sender_id",
                "about_id",
                "urgent",
                "status",
                "reason",
                "in_words",
                "due_at",
                "planned_at",
                "sent_at",
                "lateness_seconds",
                "attempts",
                "resends",
                "provider_id",
                "provider_status",
                "segments",
                "instead_of_id",
                "created_at",
                "tries",
            ]
        ]
        | None = None,
    ) -> models.MessageDetail | models.MessageDetailInPart:
        """Return one message with its tries and its ETag."""
        return cast(
            "models.MessageDetail | models.MessageDetailInPart",
            self.ask(
                "GET", f"/api/v1/messages/{part(id)}", query={"expand": expand, "fields": fields}
            ),
        )

    def notes_list(
        self,
        *,
        author: str | None = None,
        cursor: str | None = None,
        event: str | None = None,
        expand: list[Literal["author"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "body",
                "kind",
                "author_id",
                "author_name",
                "tags",
                "visibility",
                "held_at",
                "attendee_ids",
                "document_ids",
                "task_ids",
                "event_ids",
                "version",
                "source",
                "created_at",
                "updated_at",
                "summary",
                "action_items",
                "key_topics",
                "sentiment",
                "key_points",
                "summary_status",
                "summary_progress",
                "summary_length",
                "summary_mode",
                "summary_degraded",
                "summary_is_old",
            ]
        ]
        | None = None,
        kind: Literal["note", "meeting", "policy"] | None = None,
        ordering: Literal[
            "created_at", "updated_at", "title", "-created_at", "-updated_at", "-title"
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
        search: str | None = None,
        since: str | None = None,
        tag: str | None = None,
        task: str | None = None,
        until: str | None = None,
        visibility: Literal["private", "office"] | None = None,
    ) -> models.PaginatedNoteList:
        """Return a page of notes, the newest first unless asked for otherwise."""
        return cast(
            "models.PaginatedNoteList",
            self.ask(
                "GET",
                "/api/v1/notes",
                query={
                    "author": author,
                    "cursor": cursor,
                    "event": event,
                    "expand": expand,
                    "fields": fields,
                    "kind": kind,
                    "ordering": ordering,
                    "page": page,
                    "page_size": page_size,
                    "search": search,
                    "since": since,
                    "tag": tag,
                    "task": task,
                    "until": until,
                    "visibility": visibility,
                },
            ),
        )

    def notes_create(
        self, body: models.NoteRequest, *, idempotency_key: str | None = None
    ) -> models.NoteDetail:
        """Store a note."""
        return cast(
            "models.NoteDetail",
            self.ask(
                "POST", "/api/v1/notes", body=body, headers={"Idempotency-Key": idempotency_key}
            ),
        )

    def notes_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete the note with its versions."""
        self.ask("DELETE", f"/api/v1/notes/{part(id)}", headers={"If-Match": if_match})

    def notes_retrieve(
        self,
        id: str,
        *,
        expand: list[Literal["author"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "body",
                "kind",
                "author_id",
                "author_name",
                "tags",
                "visibility",
                "held_at",
                "attendee_ids",
                "document_ids",
                "task_ids",
                "event_ids",
                "version",
                "source",
                "created_at",
                "updated_at",
                "summary",
                "action_items",
                "key_topics",
                "sentiment",
                "key_points",
                "summary_status",
                "summary_progress",
                "summary_length",
                "summary_mode",
                "summary_degraded",
                "summary_is_old",
                "html",
            ]
        ]
        | None = None,
    ) -> models.NoteDetail | models.NoteDetailInPart:
        """Return one note with its text as safe HTML, and its ETag."""
        return cast(
            "models.NoteDetail | models.NoteDetailInPart",
            self.ask(
                "GET", f"/api/v1/notes/{part(id)}", query={"expand": expand, "fields": fields}
            ),
        )

    def notes_partial_update(
        self, id: str, body: models.PatchedNoteRequest | None = None, *, if_match: str | None = None
    ) -> models.NoteDetail:
        """Change the given fields; a new text is kept as a version."""
        return cast(
            "models.NoteDetail",
            self.ask(
                "PATCH", f"/api/v1/notes/{part(id)}", body=body, headers={"If-Match": if_match}
            ),
        )

    def notes_action_items_task_create(
        self, id: str, index: str, *, idempotency_key: str | None = None
    ) -> models.Task:
        """Make a task of an action item, which links back to its sentence."""
        return cast(
            "models.Task",
            self.ask(
                "POST",
                f"/api/v1/notes/{part(id)}/action-items/{part(index)}/task",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def notes_qa_create(
        self, id: str, body: models.QuestionRequest, *, idempotency_key: str | None = None
    ) -> models.DocumentAnswer:
        """Answer a question from the note and those of its documents that the asker may read."""
        return cast(
            "models.DocumentAnswer",
            self.ask(
                "POST",
                f"/api/v1/notes/{part(id)}/qa",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def notes_summarize_create(
        self,
        id: str,
        body: models.SummaryWishRequest | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.Summary:
        """Summarise the note; a long one in the background (202), as `status` and `progress` tell."""
        return cast(
            "models.Summary",
            self.ask(
                "POST",
                f"/api/v1/notes/{part(id)}/summarize",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def notes_versions_list(
        self,
        note_id: str,
        *,
        cursor: str | None = None,
        expand: list[Literal["author"]] | None = None,
        fields: list[Literal["id", "number", "author_id", "title", "created_at"]] | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedVersionList:
        """Return a page of versions, the newest first."""
        return cast(
            "models.PaginatedVersionList",
            self.ask(
                "GET",
                f"/api/v1/notes/{part(note_id)}/versions",
                query={
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "page": page,
                    "page_size": page_size,
                },
            ),
        )

    def notes_versions_retrieve(
        self,
        note_id: str,
        id: str,
        *,
        expand: list[Literal["author"]] | None = None,
        fields: list[Literal["id", "number", "author_id", "title", "created_at", "body", "diff"]]
        | None = None,
    ) -> models.VersionDetail | models.VersionDetailInPart:
        """Return one version, and what it changed."""
        return cast(
            "models.VersionDetail | models.VersionDetailInPart",
            self.ask(
                "GET",
                f"/api/v1/notes/{part(note_id)}/versions/{part(id)}",
                query={"expand": expand, "fields": fields},
            ),
        )

    def notes_versions_restore_create(
        self, note_id: str, id: str, *, idempotency_key: str | None = None
    ) -> models.NoteDetail:
        """Give the note the text that it had then, as a new version."""
        return cast(
            "models.NoteDetail",
            self.ask(
                "POST",
                f"/api/v1/notes/{part(note_id)}/versions/{part(id)}/restore",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def reminders_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Forget the reminder."""
        self.ask("DELETE", f"/api/v1/reminders/{part(id)}", headers={"If-Match": if_match})

    def reminders_partial_update(
        self,
        id: str,
        body: models.PatchedReminderRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.Reminder:
        """Move the reminder; giving one of `at` and `minutes_before` replaces the other."""
        return cast(
            "models.Reminder",
            self.ask(
                "PATCH", f"/api/v1/reminders/{part(id)}", body=body, headers={"If-Match": if_match}
            ),
        )

    def sms_send_create(
        self, body: models.SmsRequest, *, idempotency_key: str | None = None
    ) -> models.Queued:
        """Send a text, and say in how many parts it goes out."""
        return cast(
            "models.Queued",
            self.ask(
                "POST", "/api/v1/sms/send", body=body, headers={"Idempotency-Key": idempotency_key}
            ),
        )

    def tasks_list(
        self,
        *,
        assignee: str | None = None,
        cursor: str | None = None,
        due_after: str | None = None,
        due_before: str | None = None,
        expand: list[Literal["assignee", "creator", "team", "parent"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "description",
                "assignee_id",
                "assignee_name",
                "creator_id",
                "team_id",
                "due_date",
                "timezone",
                "priority",
                "status",
                "recurrence",
                "labels",
                "parent_id",
                "reminder_set",
                "source",
                "created_at",
                "updated_at",
                "completed_at",
            ]
        ]
        | None = None,
        label: str | None = None,
        ordering: Literal[
            "created_at",
            "-created_at",
            "updated_at",
            "-updated_at",
            "due_date",
            "-due_date",
            "title",
            "-title",
            "priority",
            "-priority",
            "status",
            "-status",
        ]
        | None = None,
        overdue: bool | None = None,
        page: int | None = None,
        page_size: int | None = None,
        parent: str | None = None,
        priority: Literal["low", "medium", "high", "urgent"] | None = None,
        search: str | None = None,
        status: Literal["pending", "in_progress", "done", "cancelled"] | None = None,
        team: str | None = None,
    ) -> models.PaginatedTaskList:
        """Return a page of tasks."""
        return cast(
            "models.PaginatedTaskList",
            self.ask(
                "GET",
                "/api/v1/tasks",
                query={
                    "assignee": assignee,
                    "cursor": cursor,
                    "due_after": due_after,
                    "due_before": due_before,
                    "expand": expand,
                    "fields": fields,
                    "label": label,
                    "ordering": ordering,
                    "overdue": overdue,
                    "page": page,
                    "page_size": page_size,
                    "parent": parent,
                    "priority": priority,
                    "search": search,
                    "status": status,
                    "team": team,
                },
            ),
        )

    def tasks_create(
        self, body: models.TaskRequest, *, idempotency_key: str | None = None
    ) -> models.Task:
        """Store a task."""
        return cast(
            "models.Task",
            self.ask(
                "POST", "/api/v1/tasks", body=body, headers={"Idempotency-Key": idempotency_key}
            ),
        )

    def tasks_bulk_create(
        self, body: models.BulkRequest, *, idempotency_key: str | None = None
    ) -> models.BulkAnswer:
        """Do each in turn; what fails leaves the others alone. An `Idempotency-Key` holds for all."""
        return cast(
            "models.BulkAnswer",
            self.ask(
                "POST",
                "/api/v1/tasks/bulk",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def tasks_from_text_create(
        self, body: models.FromTextRequest, *, idempotency_key: str | None = None
    ) -> models.TaskFromText:
        """Store the task (201), or with `dry_run` only show what was understood (200)."""
        return cast(
            "models.TaskFromText",
            self.ask(
                "POST",
                "/api/v1/tasks/from-text",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def tasks_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete the task with all that hangs on it."""
        self.ask("DELETE", f"/api/v1/tasks/{part(id)}", headers={"If-Match": if_match})

    def tasks_retrieve(
        self,
        id: str,
        *,
        expand: list[Literal["assignee", "creator", "team", "parent"]] | None = None,
        fields: list[
            Literal[
                "id",
                "title",
                "description",
                "assignee_id",
                "assignee_name",
                "creator_id",
                "team_id",
                "due_date",
                "timezone",
                "priority",
                "status",
                "recurrence",
                "labels",
                "parent_id",
                "reminder_set",
                "source",
                "created_at",
                "updated_at",
                "completed_at",
            ]
        ]
        | None = None,
    ) -> models.Task | models.TaskInPart:
        """Return one task with its ETag."""
        return cast(
            "models.Task | models.TaskInPart",
            self.ask(
                "GET", f"/api/v1/tasks/{part(id)}", query={"expand": expand, "fields": fields}
            ),
        )

    def tasks_partial_update(
        self, id: str, body: models.PatchedTaskRequest | None = None, *, if_match: str | None = None
    ) -> models.Task:
        """Change the given fields."""
        return cast(
            "models.Task",
            self.ask(
                "PATCH", f"/api/v1/tasks/{part(id)}", body=body, headers={"If-Match": if_match}
            ),
        )

    def tasks_update(
        self, id: str, body: models.TaskRequest, *, if_match: str | None = None
    ) -> models.Task:
        """Replace a task: what the body leaves out takes its default."""
        return cast(
            "models.Task",
            self.ask("PUT", f"/api/v1/tasks/{part(id)}", body=body, headers={"If-Match": if_match}),
        )

    def tasks_assign_create(
        self, id: str, body: models.AssignRequest, *, idempotency_key: str | None = None
    ) -> models.Task:
        """Give the task to somebody."""
        return cast(
            "models.Task",
            self.ask(
                "POST",
                f"/api/v1/tasks/{part(id)}/assign",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def tasks_complete_create(self, id: str, *, idempotency_key: str | None = None) -> models.Task:
        """Mark the task done; a recurring one gets its successor."""
        return cast(
            "models.Task",
            self.ask(
                "POST",
                f"/api/v1/tasks/{part(id)}/complete",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def tasks_comments_list(
        self,
        task_id: str,
        *,
        cursor: str | None = None,
        expand: list[Literal["author"]] | None = None,
        fields: list[
            Literal[
                "id",
                "task_id",
                "author_id",
                "author_name",
                "body",
                "mentioned_ids",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedCommentList:
        """Return a page of what hangs on it."""
        return cast(
            "models.PaginatedCommentList",
            self.ask(
                "GET",
                f"/api/v1/tasks/{part(task_id)}/comments",
                query={
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "page": page,
                    "page_size": page_size,
                },
            ),
        )

    def tasks_comments_create(
        self, task_id: str, body: models.CommentRequest, *, idempotency_key: str | None = None
    ) -> models.Comment:
        """Say something; `@` and a name, an address or a team tell whom it names, once."""
        return cast(
            "models.Comment",
            self.ask(
                "POST",
                f"/api/v1/tasks/{part(task_id)}/comments",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def tasks_files_list(
        self,
        task_id: str,
        *,
        cursor: str | None = None,
        expand: list[Literal["author"]] | None = None,
        fields: list[
            Literal[
                "id",
                "task_id",
                "author_id",
                "author_name",
                "filename",
                "media_type",
                "size",
                "sha256",
                "created_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedTaskFileList:
        """Return a page of files, the oldest first."""
        return cast(
            "models.PaginatedTaskFileList",
            self.ask(
                "GET",
                f"/api/v1/tasks/{part(task_id)}/files",
                query={
                    "cursor": cursor,
                    "expand": expand,
                    "fields": fields,
                    "page": page,
                    "page_size": page_size,
                },
            ),
        )

    def tasks_files_create(
        self,
        task_id: str,
        body: models.UploadRequest | None = None,
        files: Mapping[str, File] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.TaskFile:
        """Put a file beside the task, of at most 25 MB; the end of its name says what it is."""
        return cast(
            "models.TaskFile",
            self.ask(
                "POST",
                f"/api/v1/tasks/{part(task_id)}/files",
                body=body,
                files=files,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def tasks_files_destroy(self, task_id: str, id: str, *, if_match: str | None = None) -> None:
        """Take the file away from the task."""
        self.ask(
            "DELETE",
            f"/api/v1/tasks/{part(task_id)}/files/{part(id)}",
            headers={"If-Match": if_match},
        )

    def tasks_files_content_retrieve(self, task_id: str, id: str) -> bytes:
        """Return the file as it was sent, as a download."""
        return cast(
            "bytes", self.ask("GET", f"/api/v1/tasks/{part(task_id)}/files/{part(id)}/content")
        )

    def tasks_reminders_list(
        self,
        task_id: str,
        *,
        cursor: str | None = None,
        fields: list[
            Literal["id", "task_id", "minutes_before", "at", "next_at", "fired_for", "created_at"]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedReminderList:
        """Return a page of what hangs on it."""
        return cast(
            "models.PaginatedReminderList",
            self.ask(
                "GET",
                f"/api/v1/tasks/{part(task_id)}/reminders",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def tasks_reminders_create(
        self,
        task_id: str,
        body: models.ReminderRequest | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.Reminder:
        """Add a reminder."""
        return cast(
            "models.Reminder",
            self.ask(
                "POST",
                f"/api/v1/tasks/{part(task_id)}/reminders",
                body=body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def webhooks_list(
        self,
        *,
        cursor: str | None = None,
        fields: list[
            Literal[
                "id",
                "url",
                "description",
                "events",
                "is_active",
                "failing_since",
                "disabled_why",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> models.PaginatedWebhookList:
        """Return a page of webhooks."""
        return cast(
            "models.PaginatedWebhookList",
            self.ask(
                "GET",
                "/api/v1/webhooks",
                query={"cursor": cursor, "fields": fields, "page": page, "page_size": page_size},
            ),
        )

    def webhooks_create(self, body: models.NewWebhookRequest) -> models.MadeWebhook:
        """Set one up; its secret is in this answer and nowhere else."""
        return cast("models.MadeWebhook", self.ask("POST", "/api/v1/webhooks", body=body))

    def webhooks_destroy(self, id: str, *, if_match: str | None = None) -> None:
        """Delete it, with the log of what it was told."""
        self.ask("DELETE", f"/api/v1/webhooks/{part(id)}", headers={"If-Match": if_match})

    def webhooks_retrieve(
        self,
        id: str,
        *,
        fields: list[
            Literal[
                "id",
                "url",
                "description",
                "events",
                "is_active",
                "failing_since",
                "disabled_why",
                "created_at",
                "updated_at",
            ]
        ]
        | None = None,
    ) -> models.Webhook | models.WebhookInPart:
        """Return one webhook with its ETag."""
        return cast(
            "models.Webhook | models.WebhookInPart",
            self.ask("GET", f"/api/v1/webhooks/{part(id)}", query={"fields": fields}),
        )

    def webhooks_partial_update(
        self,
        id: str,
        body: models.PatchedWebhookRequest | None = None,
        *,
        if_match: str | None = None,
    ) -> models.Webhook:
        """Change the given fields; `is_active` switches it off and on."""
        return cast(
            "models.Webhook",
            self.ask(
                "PATCH", f"/api/v1/webhooks/{part(id)}", body=body, headers={"If-Match": if_match}
            ),
        )

    def webhooks_secret_create(self, id: str) -> models.MadeWebhook:
        """Make a new secret; for 24 hours the old one signs as well."""
        return cast("models.MadeWebhook", self.ask("POST", f"/api/v1/webhooks/{part(id)}/secret"))

    def webhooks_test_create(
        self, id: str, *, idempotency_key: str | None = None
    ) -> models.Delivery:
        """Tell it a `webhook.test`, to see whether it arrives."""
        return cast(
            "models.Delivery",
            self.ask(
                "POST",
                f"/api/v1/webhooks/{part(id)}/test",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def webhooks_deliveries_list(
        self,
        webhook_id: str,
        *,
        cursor: str | None = None,
        event: str | None = None,
        fields: list[
            Literal[
                "id",
                "event",
                "data",
                "status",
                "attempts",
                "answer",
                "reason",
                "occurred_at",
                "next_try_at",
                "ended_at",
            ]
        ]
        | None = None,
        page_size: int | None = None,
        status: Literal["pending", "sending", "delivered", "failed"] | None = None,
    ) -> models.PaginatedDeliveryList:
        """Return a page of the log."""
        return cast(
            "models.PaginatedDeliveryList",
            self.ask(
                "GET",
                f"/api/v1/webhooks/{part(webhook_id)}/deliveries",
                query={
                    "cursor": cursor,
                    "event": event,
                    "fields": fields,
                    "page_size": page_size,
                    "status": status,
                },
            ),
        )

    def webhooks_deliveries_resend_create(
        self, webhook_id: str, id: str, *, idempotency_key: str | None = None
    ) -> models.Delivery:
        """Tell it again under the same id; 409 while it is on its way."""
        return cast(
            "models.Delivery",
            self.ask(
                "POST",
                f"/api/v1/webhooks/{part(webhook_id)}/deliveries/{part(id)}/resend",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

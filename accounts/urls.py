"""Sign-in and sign-out of an office."""

from django.urls import path

from accounts import (
    account_views,
    api_key_views,
    import_views,
    mfa_views,
    passkey_views,
    security_views,
    settings_views,
    sso_views,
    support_views,
    views,
)

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("settings", settings_views.settings_page, name="settings"),
    path("profile", account_views.profile, name="profile"),
    path("profile/email", account_views.own_email, name="own-email"),
    path("profile/password", account_views.own_password, name="own-password"),
    path("profile/api-keys", api_key_views.api_keys, name="own-api-keys"),
    path("profile/api-keys/<uuid:pk>/delete", api_key_views.delete_key, name="delete-api-key"),
    path("people/import", import_views.import_page, name="import-people"),
    path("support/<str:token>", support_views.support, name="support"),
    path("security", security_views.security, name="security"),
    path("sso", sso_views.choose, name="sso"),
    path("sso/<uuid:pk>/begin", sso_views.begin_sso, name="begin-sso"),
    path("sso/<uuid:pk>/callback", sso_views.callback, name="sso-callback"),
    path("signed-out", sso_views.signed_out, name="signed-out"),
    path("sign-in/code", mfa_views.sign_in_with_code, name="sign-in-code"),
    path("sign-in/passkey/begin", passkey_views.begin_get, name="begin-passkey-sign-in"),
    path("sign-in/passkey", passkey_views.finish_get, name="finish-passkey-sign-in"),
    path("security/show-again", mfa_views.confirm_identity, name="show-again"),
    path("security/second-factor", mfa_views.second_factor, name="second-factor"),
    path("security/second-factor/app", mfa_views.begin_app, name="begin-app"),
    path("security/second-factor/<uuid:pk>/remove", mfa_views.remove_one, name="remove-factor"),
    path("security/passkeys/begin", passkey_views.begin_new, name="begin-passkey"),
    path("security/passkeys", passkey_views.finish_new, name="finish-passkey"),
    path("security/sessions/<uuid:pk>/end", security_views.end_one, name="end-session"),
    path("security/end-others", security_views.end_others, name="end-other-sessions"),
    path("forgot-password", account_views.forgot_password, name="forgot-password"),
    path("reset-password/<str:token>", account_views.reset_password, name="reset-password"),
    path("confirm-email/<str:token>", account_views.confirm_email, name="confirm-email"),
    path("invitation/<str:token>", account_views.accept, name="accept-invitation"),
]

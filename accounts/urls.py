"""Sign-in and sign-out of an office."""

from django.urls import path

from accounts import account_views, views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("profile", account_views.profile, name="profile"),
    path("profile/email", account_views.own_email, name="own-email"),
    path("profile/password", account_views.own_password, name="own-password"),
    path("forgot-password", account_views.forgot_password, name="forgot-password"),
    path("reset-password/<str:token>", account_views.reset_password, name="reset-password"),
    path("confirm-email/<str:token>", account_views.confirm_email, name="confirm-email"),
    path("invitation/<str:token>", account_views.accept, name="accept-invitation"),
]

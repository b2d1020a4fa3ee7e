"""`/api/v1/auth/mfa`, `/login/mfa` and `/step-up`."""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet, OpenView, WaitingView, body_of
from accounts.identity_models import Authenticator
from accounts.mfa import (
    begin_totp,
    confirm_totp,
    new_recovery_codes,
    remove_authenticator,
    reset_factors,
)
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.serializers import MAX_PASSWORD, TokensSerializer
from accounts.sessions import sign_in_with_code
from accounts.sign_ins import end_all_sessions
from accounts.staff import require_rights_over
from accounts.staff_serializers import PersonSerializer
from accounts.step_up import step_up
from common.api import StrictModelSerializer, StrictSerializer

GONE = status.HTTP_204_NO_CONTENT
Grants = dict[str, Permission | None]


class MfaLoginSerializer(StrictSerializer):
    """What the sign-in answered, and a code."""

    mfa_token = serializers.CharField(max_length=1000)
    code = serializers.CharField(max_length=40)


class FactorCodeSerializer(StrictSerializer):
    """A code of the app or of the sheet."""

    code = serializers.CharField(max_length=40)


class StepUpSerializer(StrictSerializer):
    """The password, or a code where there is a second factor."""

    password = serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False, required=False)
    code = serializers.CharField(max_length=40, required=False)


class TotpSerializer(serializers.Serializer[None]):
    """What the app is told: as text, and as the address of a QR code."""

    secret = serializers.CharField()
    uri = serializers.CharField()


class RecoveryCodesSerializer(serializers.Serializer[None]):
    """Codes for the day the app is lost; each is good once."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class AuthenticatorSerializer(StrictModelSerializer):
    """What one shows who one is by."""

    class Meta:
        model = Authenticator
        fields = ("id", "kind", "name", "confirmed_at", "last_used_at", "created_at")


class MfaLoginView(OpenView):
    """The second half of a sign-in."""

    @extend_schema(request=MfaLoginSerializer, responses=TokensSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Return tokens for a code."""
        return Response(sign_in_with_code(**body_of(request, MfaLoginSerializer)))


class StepUpView(WaitingView):
    """Showing once more who one is. It holds no transaction: a wrong try counts."""

    grants: ClassVar[Grants] = {"post": None}
    people_only = True
    before_enrolment = True

    @extend_schema(request=StepUpSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Take password or code; what asks for it is open for some minutes."""
        step_up(user=self.user, **body_of(request, StepUpSerializer))
        return Response(status=GONE)


class TotpView(WaitingView):
    """One's app with codes."""

    grants: ClassVar[Grants] = {"post": None}
    recent = frozenset({"post"})
    shows_secrets = frozenset({"post"})
    people_only = True
    before_enrolment = True

    @extend_schema(request=None, responses={201: TotpSerializer})
    def post(self, request: Request) -> Response:
        """Begin with a new one; it counts once a code was shown."""
        secret, uri = begin_totp(user=self.user)
        return Response({"secret": secret, "uri": uri}, status=status.HTTP_201_CREATED)


class TotpConfirmView(WaitingView):
    """One's app with codes, once it shows some."""

    grants: ClassVar[Grants] = {"post": None}
    # None may have been begun with.
    may_be_missing = True
    shows_secrets = frozenset({"post"})
    people_only = True
    before_enrolment = True

    @extend_schema(request=FactorCodeSerializer, responses=RecoveryCodesSerializer)
    def post(self, request: Request) -> Response:
        """Make it count; the recovery codes are in this answer and nowhere else."""
        codes = confirm_totp(user=self.user, **body_of(request, FactorCodeSerializer))
        return Response({"recovery_codes": codes})


class AuthenticatorViewSet(OfficeViewSet[Authenticator]):
    """What one shows who one is by."""

    queryset = Authenticator.objects.none()
    serializer_class = AuthenticatorSerializer
    people_only = True
    before_enrolment = True
    grants: ClassVar[Grants] = {"list": None, "destroy": None, "recovery_codes": None}
    recent = frozenset({"destroy", "recovery_codes"})
    shows_secrets = frozenset({"recovery_codes"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Authenticator]:
        """Describe one's own."""
        return Authenticator.objects.visible_to(asker)

    def list(self, request: Request) -> Response:
        """Return a page of them."""
        return self.page(self.filter_values())

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Take one out. It holds a secret, which no `Read` may show."""
        remove_authenticator(authenticator=self.get_object())
        return Response(status=GONE)

    @extend_schema(request=None, responses={201: RecoveryCodesSerializer})
    def recovery_codes(self, request: Request) -> Response:
        """Make new codes; those before are good no longer."""
        codes = new_recovery_codes(user=self.user)
        return Response({"recovery_codes": codes}, status=status.HTTP_201_CREATED)


class UserFactorsViewSet(OfficeViewSet[User]):
    """Somebody else's second factor and sessions, under the tag of this person."""

    queryset = User.objects.none()
    serializer_class = PersonSerializer
    people_only = True
    grants: ClassVar[Grants] = dict.fromkeys(("destroy", "end_sessions"), Permission.USER_UPDATE)
    recent = frozenset({"destroy"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[User]:
        """Describe the people whom the asker may see."""
        rows: QuerySet[User] = User.objects.visible_to(asker).with_rights()
        return rows

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Take it out for a person who has lost it."""
        person = self.locked_object()
        require_rights_over(person, self.user)
        reset_factors(user=person)
        return Response(status=GONE)

    @extend_schema(request=None, responses={204: None})
    def end_sessions(self, request: Request, pk: UUID) -> Response:
        """End all sessions of a person, who may sign in again."""
        person = self.locked_object()
        require_rights_over(person, self.user)
        end_all_sessions(user=person, why="admin")
        return Response(status=GONE)

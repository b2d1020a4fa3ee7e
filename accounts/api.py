"""The base of our viewsets, and the identity part of the API."""

from datetime import datetime
from functools import cache
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import AnswersOnce
from accounts.keys import key_ring
from accounts.listing import M, ReadingViewSet
from accounts.middleware import host_context
from accounts.models import AuditEntry, User
from accounts.permissions import Anybody, Permission
from accounts.reading import Values, read, read_locked
from accounts.serializers import (
    AuditEntrySerializer,
    AuditFilters,
    LoginSerializer,
    MeSerializer,
    PasswordChangeSerializer,
    RefreshSerializer,
    RegisteredSerializer,
    RegisterSerializer,
    TokensSerializer,
)
from accounts.services import change_password, register_organisation, update_profile
from accounts.sessions import begin_session, refresh, sign_in, sign_out
from accounts.tokens import bearer_token
from accounts.wishes import WISHES
from common.aging import Ages
from common.api import (
    CursorPages,
    OwnTransactions,
    StrictSerializer,
    checked,
    etag_of,
    require_match,
)
from common.columns import shown_of
from common.errors import UnauthenticatedError
from tenants.context import atomic, tenant_transaction

# How OpenAPI writes it; drf-spectacular passes it on and is typed for names alone.
PAGING = frozenset({"page", "page_size", "cursor"}) | WISHES
BY_REFRESH_TOKEN: Any = [{"bearer": []}]


class OfficeAPIView(AnswersOnce, Ages, APIView):
    """A view that names its grant by method; an unnamed one lets nobody in."""

    grants: ClassVar[dict[str, Permission | None]] = {}

    @property
    def user(self) -> User:
        """The person who asks."""
        return cast("User", self.request.user)


class OfficeViewSet(AnswersOnce, Ages, ReadingViewSet[M]):
    """A viewset that names its grants by action and starts every read from `visible_to`."""

    grants: ClassVar[dict[str, Permission | None]] = {}
    # What `?…` may say on lists; a parameter that it does not know is refused.
    filters: ClassVar[type[serializers.Serializer[Any]]] = StrictSerializer
    lookup_value_converter = "uuid"
    # Its reads are `Read`s, of one statement each: no transaction is opened for them.
    reads_alone = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what may not come in, before the action begins."""
        super().initial(request, *args, **kwargs)
        if self.action == "list":
            self.filter_values()

    def filter_values(self) -> Values:
        """Return the checked query parameters, without those of paging."""
        return self._filter_values

    @cached_property
    def _filter_values(self) -> Values:
        given = {
            name: value for name, value in self.request.query_params.items() if name not in PAGING
        }
        return checked(self.filters, given) if given else _unfiltered(self.filters)

    def get_queryset(self) -> QuerySet[M]:
        """Return what the person may read as a queryset, for those who change it."""
        return self.rows(self.user, self.kwargs)

    @classmethod
    def one(cls, asker: User, values: Values) -> QuerySet[M]:
        """Describe the one of them with the `pk`."""
        return cls.rows(asker, values).filter(pk=values["pk"])

    def locked_object(self) -> M:
        """Return the object, locked until the transaction ends, if `If-Match` still fits."""
        found = read_locked(self.one, by=self.user, values=self.kwargs)
        if not found:
            raise Http404
        row: M = found[0]
        if "HTTP_IF_MATCH" in self.request.META:
            require_match(self.request, self.shown(row.pk))
        return row

    def shown(self, pk: Any) -> dict[str, Any]:
        """Return the object as the API shows it. Raises Http404."""
        found = read(self.one, self.columns, by=self.user, values={**self.kwargs, "pk": pk})
        if not found:
            raise Http404
        return found[0]

    def answer(self, pk: Any, *, status: int = status.HTTP_200_OK) -> Response:
        """Answer with the object and its ETag. Raises Http404."""
        data = self.shown(pk)
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def checked(self, kind: type[serializers.Serializer[Any]], **options: Any) -> dict[str, Any]:
        """Return the validated body. Raises ValidationError naming each bad field."""
        return checked(kind, self.request.data, **options)


@cache
def _unfiltered(filters: type[serializers.Serializer[Any]]) -> Values:
    """Return what the filters make of no parameters at all."""
    return checked(filters, {})


def body_of(request: Request, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return the validated body of a plain view. Raises ValidationError naming each bad field."""
    return checked(kind, request.data)


class OpenView(OwnTransactions, APIView):
    """A door that stands open to strangers; it reads no access token."""

    authentication_classes = ()
    permission_classes = (Anybody,)
    # Whose rate in API_RATES holds for each address that asks.
    rate = "stranger"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer for the host's office: an old access token in the header decides nothing."""
        with host_context(request):
            return super().dispatch(request, *args, **kwargs)


class WaitingView(OwnTransactions, OfficeAPIView):
    """A view that may wait for somebody outside: it holds no transaction meanwhile.

    Who asks and may is found out in a transaction of its own; the action opens its own ones.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what may not come in, before the action begins."""
        with atomic():
            super().initial(request, *args, **kwargs)


class WaitingViewSet(OwnTransactions, OfficeViewSet[M]):
    """The same for a viewset."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what may not come in, before the action begins."""
        with atomic():
            super().initial(request, *args, **kwargs)


class RegisterView(OpenView):
    """Open an organisation."""

    rate = "register"

    @extend_schema(request=RegisterSerializer, responses={201: RegisteredSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        """Make the organisation and its admin, and sign that person in."""
        with atomic():
            tenant, user = register_organisation(**body_of(request, RegisterSerializer))
            with tenant_transaction(tenant):
                answer = {
                    **begin_session(user=user),
                    "user": shown_of(MeSerializer, user),
                    "tenant": {"id": str(tenant.pk), "name": tenant.name, "slug": tenant.slug},
                }
        return Response(answer, status=status.HTTP_201_CREATED)


class LoginView(OpenView):
    """Sign in with e-mail and password."""

    rate = "sign_in"

    @extend_schema(request=LoginSerializer, responses=TokensSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Return tokens, or the same 401 for every reason."""
        body = body_of(request, LoginSerializer)
        return Response(
            sign_in(email=body["email"], password=body["password"], slug=body.get("tenant"))
        )


class RefreshView(OpenView):
    """Exchange a refresh token for the next pair."""

    @extend_schema(request=RefreshSerializer, responses=TokensSerializer, auth=BY_REFRESH_TOKEN)
    def post(self, request: Request) -> Response:
        """Spend the token; a spent one that comes again ends its family."""
        return Response(
            refresh(raw_token=_refresh_token(request), received_at=_received_at(request))
        )


class LogoutView(OpenView):
    """Sign out."""

    @extend_schema(request=RefreshSerializer, responses={204: None}, auth=BY_REFRESH_TOKEN)
    def post(self, request: Request) -> Response:
        """End the family of the refresh token."""
        sign_out(raw_token=_refresh_token(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _received_at(request: Request) -> datetime:
    moment: datetime = request._request.received_at  # type: ignore[attr-defined]  # noqa: SLF001
    return moment


def _refresh_token(request: Request) -> str:
    """Return the refresh token out of the body or, without one, the header.

    Clients that send their access token with every request name the refresh token in the body.
    """
    token = body_of(request, RefreshSerializer).get("refresh_token") or bearer_token(request)
    if not token:
        raise UnauthenticatedError("There is no refresh token.", code="not_authenticated")
    return token


@extend_schema_view(
    get=extend_schema(responses=MeSerializer),
    patch=extend_schema(request=MeSerializer(partial=True), responses=MeSerializer),
)
class MeView(OfficeAPIView):
    """The person who asks."""

    grants: ClassVar[dict[str, Permission | None]] = {"get": None, "patch": None}
    before_enrolment = True
    reads_alone = True

    def get(self, request: Request) -> Response:
        """Show the profile with role, permissions and teams."""
        return Response(shown_of(MeSerializer, self.user))

    def patch(self, request: Request) -> Response:
        """Change name, time zone, phone or the preferred channel."""
        form = MeSerializer(self.user, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        user = update_profile(user=self.user, changes=form.validated_data)
        return Response(shown_of(MeSerializer, user))


class PasswordChangeView(OfficeAPIView):
    """One's own password."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": None}
    people_only = True

    @extend_schema(request=PasswordChangeSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Set it, and end all other sessions."""
        body = body_of(request, PasswordChangeSerializer)
        change_password(user=self.user, old=body["current_password"], new=body["new_password"])
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(list=extend_schema(parameters=[AuditFilters]))
class AuditLogViewSet(OfficeViewSet[AuditEntry]):
    """What was written, by whom, from where."""

    queryset = AuditEntry.objects.none()
    serializer_class = AuditEntrySerializer
    pagination_class = CursorPages
    filters = AuditFilters
    grants: ClassVar[dict[str, Permission | None]] = {"list": Permission.ADMIN_AUDIT}
    # What an entry shows is computed, and its pages are found by cursor.
    reads_alone = False

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[AuditEntry]:
        """Return the whole trail of the office: its grant is the office-wide one."""
        return AuditEntry.objects.select_related("content_type")

    def list(self, request: Request) -> Response:
        """Return a page, newest first."""
        lookups = AuditFilters.lookups(dict(self.filter_values()))
        return self.page_of(self.get_queryset().filter(**lookups))


def jwks(request: HttpRequest) -> JsonResponse:
    """Publish the public keys (RFC 7517); empty when tokens are signed with a shared secret."""
    keys = key_ring().values() if settings.JWT_ALGORITHM == "RS256" else []
    return JsonResponse(
        {"keys": [key.public_jwk for key in keys]}, headers={"Cache-Control": "public, max-age=300"}
    )

"""`/api/v1/admin/users`, `/roles` and `/teams`."""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.models import Role, Team, User
from accounts.permissions import Permission, require_recent
from accounts.reading import Values
from accounts.staff import (
    add_person,
    add_service,
    change_person,
    change_role,
    change_team,
    create_role,
    create_team,
    delete_role,
    delete_team,
    delete_user,
)
from accounts.staff_serializers import (
    HeirSerializer,
    NewPersonSerializer,
    NewServiceSerializer,
    PersonFilters,
    PersonSerializer,
    RoleSerializer,
    TeamSerializer,
)
from accounts.wishes import Relation
from common.api import checked

Grants = dict[str, Permission | None]
# Of a person: who may, and who gets the letters that let in.
RIGHTS = {"role", "email", "is_active"}
GONE = status.HTTP_204_NO_CONTENT
LOOKUPS = {"is_active": "is_active", "role": "role__name"}


@extend_schema_view(list=extend_schema(parameters=[PersonFilters]))
class UserViewSet(OfficeViewSet[User]):
    """The people of the office."""

    queryset = User.objects.none()
    serializer_class = PersonSerializer
    filters = PersonFilters
    grants: ClassVar[Grants] = {
        "list": Permission.USER_READ,
        "create": Permission.USER_CREATE,
        "create_service": Permission.USER_CREATE,
        "retrieve": Permission.USER_READ,
        "partial_update": Permission.USER_UPDATE,
        "destroy": Permission.USER_DELETE,
    }
    recent = frozenset({"destroy"})
    plan_limited = frozenset({"create", "create_service", "partial_update"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[User]:
        """Describe the people whom the asker may see."""
        lookups = {LOOKUPS[name]: value for name, value in values.items() if name in LOOKUPS}
        people: QuerySet[User] = User.objects.visible_to(asker).with_rights()
        return people.filter(**lookups)

    def list(self, request: Request) -> Response:
        """Return a page of people."""
        return self.page(self.filter_values())

    @extend_schema(request=NewPersonSerializer, responses={201: PersonSerializer})
    def create(self, request: Request) -> Response:
        """Let somebody in with a first password; an invitation is the friendlier way."""
        person = add_person(**self.checked(NewPersonSerializer), by=self.user)
        return self.answer(person.pk, status=status.HTTP_201_CREATED)

    @extend_schema(request=NewServiceSerializer, responses={201: PersonSerializer})
    def create_service(self, request: Request) -> Response:
        """Make an account for a program; it has keys and never signs in."""
        service = add_service(**self.checked(NewServiceSerializer), by=self.user)
        return self.answer(service.pk, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one person with the ETag."""
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields; `is_active` lets somebody out or in again."""
        changes = self.checked(PersonSerializer, partial=True)
        if RIGHTS & changes.keys():
            require_recent(self.user.authenticated_at)
        person = change_person(user=self.locked_object(), changes=changes, by=self.user)
        return self.answer(person.pk)

    @extend_schema(parameters=[HeirSerializer])
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the person for good; the work passes to `reassign_to`."""
        heir = checked(HeirSerializer, dict(request.query_params.items())).get("reassign_to")
        delete_user(user=self.locked_object(), heir_id=heir, by=self.user)
        return Response(status=GONE)


class RoleViewSet(OfficeViewSet[Role]):
    """The built-in roles, and those of the office's own."""

    queryset = Role.objects.none()
    recent = frozenset({"create", "partial_update", "destroy"})
    serializer_class = RoleSerializer
    grants: ClassVar[Grants] = {
        "list": Permission.USER_READ,
        "create": Permission.ADMIN_SETTINGS,
        "retrieve": Permission.USER_READ,
        "partial_update": Permission.ADMIN_SETTINGS,
        "destroy": Permission.ADMIN_SETTINGS,
    }

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Role]:
        """Describe all roles: they are no secret to those who may read people."""
        return Role.objects.all()

    def list(self, request: Request) -> Response:
        """Return a page of roles."""
        return self.page(self.filter_values())

    def create(self, request: Request) -> Response:
        """Add a role."""
        role = create_role(**self.checked(RoleSerializer), by=self.user)
        return self.answer(role.pk, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one role with its ETag."""
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change name or permissions; it holds from the next request on."""
        changes = self.checked(RoleSerializer, partial=True)
        return self.answer(change_role(role=self.locked_object(), changes=changes, by=self.user).pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a role that nobody has."""
        delete_role(role=self.locked_object(), by=self.user)
        return Response(status=GONE)


class TeamViewSet(OfficeViewSet[Team]):
    """The teams; everybody sees their own."""

    queryset = Team.objects.none()
    serializer_class = TeamSerializer
    grants: ClassVar[Grants] = {
        "list": None,
        "create": Permission.USER_CREATE,
        "retrieve": None,
        "partial_update": Permission.USER_UPDATE,
        "destroy": Permission.USER_DELETE,
    }

    relations: ClassVar[dict[str, Relation]] = {"lead": Relation(UserViewSet, "lead_id")}

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Team]:
        """Describe the teams that the asker may see."""
        return Team.objects.visible_to(asker).with_members()

    def list(self, request: Request) -> Response:
        """Return a page of teams."""
        return self.page(self.filter_values())

    def create(self, request: Request) -> Response:
        """Add a team."""
        team = create_team(**self.checked(TeamSerializer))
        return self.answer(team.pk, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one team with its ETag."""
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change name, lead, or the members and their order."""
        changes = self.checked(TeamSerializer, partial=True)
        return self.answer(change_team(team=self.locked_object(), changes=changes).pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the team; its tasks stay, without it."""
        delete_team(team=self.locked_object())
        return Response(status=GONE)

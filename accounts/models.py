"""People, roles, teams, sessions of the API, and the audit trail."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from auditlog.models import AbstractLogEntry
from auditlog.registry import auditlog
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from accounts import answer_models, identity_models, seal_models  # noqa: F401  tables of Django's
from accounts.permissions import Permission, console_grant
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from tenants.context import current_tenant, tenant_or_none


class Role(Record):
    """A named set of permissions: the built-in three, and those that an office adds."""

    name = models.CharField(max_length=50, unique=True)
    permissions = ArrayField(models.CharField(max_length=20, choices=Permission), default=list)
    built_in = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="role_has_name")]

    def __str__(self) -> str:
        return self.name


class Channel(models.TextChoices):
    """How a person wants to be reached."""

    EMAIL = "email"
    SMS = "sms"
    TELEGRAM = "telegram"
    SLACK = "slack"


# In which order channels are tried for whoever has not said otherwise.
USUAL_ORDER = tuple(channel.value for channel in Channel)


class UserQuerySet(AuditedQuerySet["User"]):
    """Reads of the people of an office."""

    def active(self) -> Self:
        """Those who can sign in and be given work."""
        return self.filter(is_active=True)

    def visible_to(self, user: "User") -> Self:
        """Everybody for those who may read people, oneself for the others."""
        return self if user.may(Permission.USER_READ) else self.filter(pk=user.pk)

    def with_rights(self) -> Self:
        """Together with the role, as each request needs it; one query."""
        return self.select_related("role")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this e-mail. Raises User.DoesNotExist."""
        return self.with_rights().get(email=(username or "").lower())  # type: ignore[no-any-return]


class User(AbstractBaseUser, Record):
    """A person of one office. The same e-mail in another office is another person."""

    email = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, models.PROTECT, related_name="users")
    timezone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=10, default="en")
    phone = models.CharField(max_length=16, blank=True)
    notification_preference = models.CharField(
        max_length=10, choices=Channel, default=Channel.EMAIL
    )
    # Where to go on when the preferred channel fails; null: the usual order.
    fallback_channels = ArrayField(
        models.CharField(max_length=10, choices=Channel), null=True, blank=True
    )
    # From and until when nothing but what is urgent may come, on the person's own clock.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    # When the daily digest is wanted, on the person's own clock; null: never.
    digest_at = models.TimeField(null=True, blank=True)
    # Digests up to here are settled; a trigger sets it when one of the wishes above changes.
    digested_until = models.DateTimeField(null=True, blank=True, editable=False)
    # When the sweep looks for a digest; a trigger mirrors it to `tenants.DueInstant`.
    digest_next_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    # When it was last shown that letters to the address reach this person.
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Whether a password alone is not enough; kept by `accounts.mfa`.
    mfa_enabled = models.BooleanField(default=False, db_default=False, editable=False)
    # Of a program: it has API keys and never signs in.
    is_service = models.BooleanField(default=False, db_default=False, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ["full_name", "email"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower"),
            models.CheckConstraint(condition=~Q(full_name=""), name="user_has_name"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~Q(quiet_from=models.F("quiet_until")),
                name="user_quiet_hours_have_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @cached_property
    def permissions(self) -> frozenset[str]:
        """The grants of the person's role."""
        return frozenset(self.role.permissions)

    @property
    def may_use_password(self) -> bool:
        """Whether the office lets this person in without its own provider."""
        office = tenant_or_none()
        if office is None or not office.settings.sso_only:
            return True
        return str(self.pk) == office.settings.sso_break_glass

    @property
    def must_enrol(self) -> bool:
        """Whether the office wants a second factor of the person's role, and there is none yet."""
        office = tenant_or_none()
        if office is None or self.mfa_enabled or self.is_service:
            return False
        return self.role.name in office.settings.mfa_roles

    @property
    def initials(self) -> str:
        """One or two letters that stand for the person."""
        words = self.full_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def channel_order(self) -> list[str]:
        """The channels in the order in which this person is to be reached."""
        rest = USUAL_ORDER if self.fallback_channels is None else self.fallback_channels
        return list(dict.fromkeys([self.notification_preference, *rest]))

    @property
    def tenant_id(self) -> UUID:
        """The office of the person, which is the one in force."""
        return current_tenant().pk

    @cached_property
    def own_teams(self) -> list[dict[str, Any]]:
        """The `id` and `name` of each team that the person is in, by name."""
        return [{**team} for team in self.teams.values("id", "name")]

    def may(self, grant: Permission) -> bool:
        """Tell whether the person's role holds the grant."""
        return self.is_active and grant.value in self.permissions

    @property
    def sees_all(self) -> bool:
        """Whether every object of the office is in the person's scope."""
        return self.may(Permission.ADMIN_SETTINGS)

    @property
    def sees_all_notes(self) -> bool:
        """Whether every note is in scope: for admins, and for whoever has the grants of a manager.

        Roles are data; what makes a manager is to know everybody and to give them work.
        """
        manages = self.may(Permission.USER_READ) and self.may(Permission.TASK_ASSIGN)
        return self.sees_all or (manages and self.may(Permission.NOTE_READ))

    # Of those who come with a token or a key: the session or the key, and when the person last
    # showed who they are.
    session_id: UUID | None = None
    page_session_id: UUID | None = None
    key_id: UUID | None = None
    authenticated_at: datetime | None = None
    # Of them too: the teams that they lead, asked for with the person.
    led_team_ids: Any = None

    @property
    def led_teams(self) -> "models.QuerySet[Team]":
        """The teams that this person leads."""
        return Team.objects.filter(lead=self.pk)

    # What Django's admin asks of a user.

    @property
    def is_staff(self) -> bool:
        """Whether the console opens."""
        return self.may(Permission.ADMIN_SETTINGS)

    @property
    def is_superuser(self) -> bool:
        """Nobody stands above the table of grants."""
        return False

    def has_perm(self, name: str, obj: Any = None) -> bool:
        """Answer Django's `app.verb_model` out of our own grants."""
        grant = console_grant(name)
        return grant is not None and self.may(grant)

    def has_module_perms(self, app_label: str) -> bool:
        """Show an app in the console if any of it may be opened; each table asks again."""
        return self.is_staff


class TeamQuerySet(AuditedQuerySet["Team"]):
    """Reads of the teams of an office."""

    def visible_to(self, user: User) -> Self:
        """All for those who may read people, their own for the others."""
        if user.may(Permission.USER_READ):
            return self
        own = TeamMembership.objects.filter(user_id=user.pk).values("team")
        return self.filter(Q(lead_id=user.pk) | Q(pk__in=own))

    def with_members(self) -> Self:
        """Together with `member_ids`, in the team's own order; one query."""
        seats = TeamMembership.objects.filter(team=models.OuterRef("pk"))
        return self.annotate(member_ids=ArraySubquery(seats.values("user_id")))


class Team(Record):
    """People who take work together; the first member takes what is given to the team."""

    name = models.CharField(max_length=80)
    lead = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="teams_led")
    members = models.ManyToManyField(User, through="TeamMembership", related_name="teams")

    objects = AuditedManager.from_queryset(TeamQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="team_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="team_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(Record):
    """One person's place in a team's own order."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="team_membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class SessionKind(models.TextChoices):
    """What was signed in."""

    API = "api"
    PAGE = "page"


class SessionQuerySet(models.QuerySet["RefreshFamily"]):
    """Reads of the sessions of an office."""

    def visible_to(self, user: "User") -> Self:
        """One's own."""
        return self.filter(user=user.pk)

    def going_on(self, now: datetime) -> Self:
        """Those that open something."""
        return self.filter(ended_at=None, expires_at__gt=now)


class RefreshFamily(models.Model):
    """One session: the chain of refresh tokens of a sign-in to the API, or one of the pages."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="refresh_families")
    current_jti = models.UUIDField(default=uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    rotated_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)
    kind = models.CharField(
        max_length=4, choices=SessionKind, default=SessionKind.API, db_default=SessionKind.API
    )
    # Of a page session: Django's own row, which goes when the session ends.
    session_key = models.CharField(max_length=40, blank=True, default="", db_default="")
    # By what the person last showed who they are, and when.
    method = models.CharField(max_length=12, default="password", db_default="password")
    authenticated_at = models.DateTimeField(null=True, blank=True)
    # Where it was last seen, to a few minutes.
    seen_at = models.DateTimeField(null=True, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=255, blank=True, default="", db_default="")

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="refresh_family_by_end")]

    def __str__(self) -> str:
        return str(self.id)

    def turn(self) -> None:
        """Make the next token the only one that is good; call it under the row's lock."""
        self.current_jti, self.rotated_at = uuid4(), timezone.now()
        self.seen_at = self.rotated_at
        self.save(update_fields=["current_jti", "rotated_at", "seen_at"])


class AuditEntry(AbstractLogEntry):
    """One write, with what stood there before and after. It cannot be changed or deleted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # No database constraints: an entry outlives the person and the kind of object that it names.
    actor = models.ForeignKey(
        User,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    content_type = models.ForeignKey(
        "contenttypes.ContentType",
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # Each write pays for each index, so there are only those below, which questions need.
    object_pk = models.CharField(max_length=255)
    object_id = models.BigIntegerField(null=True, blank=True)
    action = models.PositiveSmallIntegerField(choices=AbstractLogEntry.Action.choices)
    cid = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001  auditlog's own
    timestamp = models.DateTimeField(default=timezone.now)
    user_agent = models.CharField(max_length=255, blank=True)
    source = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-timestamp", "-id"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["-timestamp", "-id"], name="entry_newest"),
            models.Index(fields=["object_pk", "-timestamp"], name="entry_of_object"),
            models.Index(fields=["actor", "-timestamp"], name="entry_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.object_repr}"


auditlog.register(Role, include_fields=["name", "permissions"])
auditlog.register(
    User,
    include_fields=[
        *("email", "full_name", "role", "timezone", "locale", "phone", "password"),
        *("notification_preference", "fallback_channels", "quiet_from", "quiet_until"),
        *("digest_at", "is_active", "email_verified_at", "is_service", "mfa_enabled"),
    ],
    mask_fields=["password"],
    mask_callable="common.audit.hidden",
)
auditlog.register(Team, include_fields=["name", "lead"])
auditlog.register(TeamMembership, include_fields=["team", "user", "position"])

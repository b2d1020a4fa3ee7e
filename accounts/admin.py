"""People, roles, teams and the audit trail in the consoles."""

from datetime import datetime

# Registers its own table of audit entries on the platform console; ours takes its place below.
import auditlog.admin  # noqa: F401
from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from accounts import identity_admin, key_admin  # noqa: F401  their tables stand beside these
from accounts.console_forms import NewPersonForm, PersonForm, RoleForm
from accounts.consoles import PeopleFilter, StepUpAdmin, keep_signed_in, person_of, tenant_console
from accounts.models import AuditEntry, Role, Team, TeamMembership, User
from accounts.permissions import Permission
from accounts.services import check_new_password, create_user
from accounts.staff import change_role, change_user, create_role, delete_role, delete_team
from common.console_forms import adopt
from common.consoles import OfficeAdmin
from common.differences import changes_of
from common.links import LinkingAdmin, is_id
from common.list_columns import link_to
from common.lists import bounds_of, date_steps, midnight
from common.theme import ThemedTabular

SOURCES = ("api", "page", "admin", "job", "assistant", "channel", "shell", "support")
# So many entries are read for a word.
LOOKED_THROUGH = 20_000


@admin.register(User, site=tenant_console)
@admin.register(User)
class UserAdmin(StepUpAdmin[User]):
    """People are let in, changed and made inactive; nobody is ever deleted."""

    section = "People"
    menu = "People"
    adding = "Add person"
    words = (
        "Everybody with an account here. Nobody is deleted: when somebody leaves, switch “May sign"
        " in” off, and what they did stays theirs."
    )
    labels = {
        "full_name": "Name",
        "email": "E-mail",
        "is_active": "May sign in",
        "locale": "Language",
        "notification_preference": "Is told first by",
        "last_login": "Last sign-in",
        "created_at": "Here since",
    }
    hints = {
        "email": "They sign in with it, and letters go there.",
        "role": "What they may do here.",
        "is_active": "Whoever is signed in now is signed out at once when this is switched off.",
    }
    form = PersonForm
    add_form = NewPersonForm
    add_fields = ("email", "full_name", "role", "new_password")
    fields = (
        *("email", "full_name", "role", "is_active", "timezone", "locale", "phone"),
        *("notification_preference", "new_password", "last_login", "created_at"),
    )
    readonly_fields = ("last_login", "created_at")
    list_display = ("full_name", "email", "role", "is_active", "last_sign_in")
    list_filter = ("is_active", "role", date_steps("created_at"))
    list_select_related = ("role",)
    search_fields = ("full_name", "email")

    @admin.display(description="last sign-in", ordering="last_login")
    def last_sign_in(self, user: User) -> object:
        """Return when the person last signed in."""
        return user.last_login

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nothing is read-only about somebody new."""
        return self.readonly_fields if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: what people did stays theirs. Switch “is active” off instead."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: forms.ModelForm[User],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Let somebody in, or change them; raises AppError."""
        password: str = form.cleaned_data["new_password"]
        if password:
            check_new_password(password, person=obj, attr="new_password")
        if change:
            self._change(request, obj, password)
            return
        saved = create_user(
            email=obj.email,
            full_name=obj.full_name,
            role=obj.role.name,
            password=password,
            by=person_of(request),
        )
        adopt(obj, saved)

    def _change(self, request: HttpRequest, user: User, password: str) -> None:
        change_user(user=user, password=password, by=person_of(request))
        if password:
            keep_signed_in(request, user)


@admin.register(Role, site=tenant_console)
class RoleAdmin(StepUpAdmin[Role]):
    """The built-in roles to look at, and the office's own to change."""

    section = "People"
    words = (
        "A role says what its people may do. Those that came with the office stay as they are; add"
        " one of your own, and give it to people under “People”."
    )
    labels = {"built_in": "Came with the office"}
    form = RoleForm
    fields = ("name", "permissions")
    list_display = ("name", "built_in", "grants")
    list_filter = ("built_in", date_steps("created_at"))
    search_fields = ("name",)

    @admin.display(description="permissions")
    def grants(self, role: Role) -> str:
        """Return how many of the grants the role holds."""
        return f"{len(role.permissions)} of {len(Permission)}"

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """Whoever has the grant; the built-in ones nobody."""
        return super().has_change_permission(request, obj) and not (obj and obj.built_in)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """Whoever has the grant; the built-in ones nobody."""
        return super().has_delete_permission(request, obj) and not (obj and obj.built_in)

    def save_model(
        self,
        request: HttpRequest,
        obj: Role,
        form: forms.ModelForm[Role],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Store the role; raises AppError."""
        by = person_of(request)
        if change:
            change_role(role=obj, changes={}, by=by)
        else:
            adopt(obj, create_role(name=obj.name, permissions=obj.permissions, by=by))

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        """Delete a role that nobody has; raises AppError."""
        delete_role(role=obj, by=person_of(request))


class MembershipInline(LinkingAdmin, ThemedTabular[TeamMembership, Team]):
    """The members in the team's own order."""

    model = TeamMembership
    fields = ("position", "user")
    autocomplete_fields = ("user",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[TeamMembership]:
        """Return the members with their names, in one query."""
        return super().get_queryset(request).select_related("user")


@admin.register(Team, site=tenant_console)
class TeamAdmin(OfficeAdmin[Team]):
    """Teams, and the order in which their members take work."""

    section = "People"
    words = "People who share work. In sentences, work for a team goes to its first member."
    empty = "Put people together who share work, as “Front desk” or “Accounts”."
    labels = {"lead": "Leads it"}
    hints = {"lead": "Sees all tasks of the team."}
    fields = ("name", "lead")
    autocomplete_fields = ("lead",)
    inlines = (MembershipInline,)
    list_display = ("name", "lead")
    list_filter = (date_steps("created_at"),)
    list_select_related = ("lead",)
    search_fields = ("name", "lead__full_name")

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        """Delete the team; its tasks stay."""
        delete_team(team=obj)


class SourceFilter(admin.SimpleListFilter):
    """Narrows the trail down to one door."""

    title = "source"
    parameter_name = "source"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[AuditEntry]
    ) -> list[tuple[str, str]]:
        """Return the doors there are; the trail is too long to ask it."""
        return [(source, source) for source in SOURCES]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        """Return the entries that came through the chosen door."""
        return queryset.filter(source=self.value()) if self.value() else queryset


def first_looked_at(when: str) -> datetime | None:
    """Return how far back words are looked for, from the end of the chosen year, month or day.

    They have no index: each write would pay for it. The newest are read by the one of times.
    """
    entries = AuditEntry.objects.order_by("-timestamp", "-id")
    if bounds := bounds_of(when):
        entries = entries.filter(timestamp__lt=midnight(bounds[1]))
    last: list[datetime] = [
        *entries.values_list("timestamp", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH]
    ]
    return last[0] if last else None


class AuditEntryAdmin(OfficeAdmin[AuditEntry]):
    """Every write, to read and to search by request."""

    section = "Security"
    menu = "What was done"
    words = (
        "Each line is one change: what, by whom, when and by which way. Nobody can change or delete"
        " a line. Open one to see what stood there before and after."
    )
    labels = {"timestamp": "When", "remote_addr": "From"}
    fields = readonly_fields = (
        *("timestamp", "action", "kind", "thing", "object_id_link", "changed"),
        *("who", "source", "remote_addr", "user_agent", "request_id"),
    )
    list_display = (
        *("timestamp", "action", "kind", "thing", "who"),
        *("source", "remote_addr", "request_id"),
    )
    list_filter = ("action", SourceFilter, ("actor", PeopleFilter), date_steps("timestamp"))
    list_select_related = ("content_type",)
    search_fields = ("cid__exact", "object_pk__exact", "object_repr")
    search_help_text = (
        "An e-mail or an object's id is found at once. A request's id, or a part of a name, is"
        f" looked for in the last {LOOKED_THROUGH:,} entries; choose a year, month or day to look"
        " further back from its end."
    )
    sortable_by = ("timestamp",)
    empty = "Whatever people and programs change stands here afterwards."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """Find by an index what is named exactly: a person by e-mail, an object by its id."""
        term = search_term.strip()
        if is_id(term) and "-" in term:
            return queryset.filter(object_pk=term), False
        if "@" in term and " " not in term:
            people = User.objects.filter(email=term.lower()).values_list("pk", flat=True)
            return queryset.filter(actor__in=list(people)), False
        if not term:
            return queryset, False
        first = first_looked_at(request.GET.get("when", ""))
        latest = queryset.filter(timestamp__gte=first) if first else queryset
        return super().get_search_results(request, latest, search_term)

    @admin.display(description="kind")
    def kind(self, entry: AuditEntry) -> str:
        """Return what kind of thing it was done to."""
        return str(entry.content_type.name)

    @admin.display(description="of what")
    def thing(self, entry: AuditEntry) -> str:
        """Return the object's name, and the way to its page where it has one."""
        return self._way(entry.content_type.model_class(), entry.object_pk, entry.object_repr)

    @admin.display(description="id")
    def object_id_link(self, entry: AuditEntry) -> str:
        """Return the object's id, and the way to all entries about it."""
        return self._search(entry.object_pk, entry.object_pk)

    @admin.display(description="by whom")
    def who(self, entry: AuditEntry) -> str | None:
        """Return who did it, and the way to them."""
        return self._way(User, entry.actor_id, entry.actor_email or "") or None

    def _way(self, model: type[Model] | None, key: object, words: str) -> str:
        if model is None or not key or not self.admin_site.is_registered(model):
            return words
        return link_to(words, self.admin_site.get_model_admin(model), key)

    def _search(self, term: str, words: str, **more: str) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        place = reverse(name, current_app=self.admin_site.name)
        return format_html('<a href="{}?{}">{}</a>', place, urlencode({"q": term, **more}), words)

    @admin.display(description="request")
    def request_id(self, entry: AuditEntry) -> str:
        """Return the request's id, and the way to all that it changed."""
        if not entry.cid:
            return ""
        day = timezone.localdate(entry.timestamp).isoformat()
        return self._search(entry.cid, entry.cid, when=day)

    @admin.display(description="changes")
    def changed(self, entry: AuditEntry) -> str:
        """Return the fields with their old and new values as a table."""
        (changes,) = changes_of([entry], entry.content_type.model_class())
        return render_to_string("admin/changes.html", {"changes": changes})


admin.site.unregister(AuditEntry)
admin.site.register(AuditEntry, AuditEntryAdmin)
tenant_console.register(AuditEntry, AuditEntryAdmin)

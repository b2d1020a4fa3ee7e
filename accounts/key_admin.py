"""API keys in the office console: whose program may do what, until when."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.api_keys import change_api_key, create_api_key, delete_api_key
from accounts.consoles import StepUpAdmin, person_of, tenant_console
from accounts.grant_words import grant_choices
from accounts.identity_models import ApiKey
from accounts.models import Role, User
from accounts.permissions import Permission
from accounts.staff import add_service
from common.console_forms import ServedForm, adopt
from common.lists import date_steps
from common.once import ShownOnce

LENGTHS = [("30", "30 days"), ("90", "90 days"), ("365", "A year")]
AS_IT_IS = [("", "As it is")]


class KeyForm(ServedForm[ApiKey]):
    """What a key is for, what it opens, and for how long."""

    # Who fills it in: nobody gives a program more than they have.
    asker: User
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick as little as the program can do with.",
    )
    days = forms.ChoiceField(
        label="It ends in",
        choices=[*AS_IT_IS, *LENGTHS],
        required=False,
        help_text="Counted from now. Afterwards it opens nothing any more.",
    )

    class Meta:
        model = ApiKey
        fields: Any = ("name", "scopes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]
        held = {*(self.instance.scopes or ())}
        scopes.choices = grant_choices(self.asker.permissions | held)

    @property
    def ends(self) -> datetime | None:
        """Return when it is to end, if that was said."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class NewKeyForm(KeyForm):
    """A new key, of oneself or of an account that is a program's."""

    user = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Whose",
        empty_label=None,
        help_text="What the program does stands under this name in “What was done”.",
    )

    program = forms.CharField(
        required=False,
        max_length=120,
        label="Or a new account",
        help_text="For a program that works for the office and for nobody in it, as “Time clock”."
        " It never signs in. If a name is filled in, the key is this account's.",
    )
    role = forms.ModelChoiceField(
        queryset=Role.objects.none(),
        required=False,
        label="Its role",
        help_text="What the new account may do at most.",
    )

    class Meta(KeyForm.Meta):
        fields = ("user", "name", "scopes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Q(pk=self.asker.pk)
        programs = Q(is_service=True) if self.asker.may(Permission.USER_UPDATE) else own
        whose, days = self.fields["user"], self.fields["days"]
        whose.queryset = User.objects.active().filter(own | programs)  # type: ignore[attr-defined]
        whose.initial, days.initial = self.asker.pk, "90"
        days.choices = LENGTHS  # type: ignore[attr-defined]
        self.fields["role"].queryset = Role.objects.order_by("name")  # type: ignore[attr-defined]
        if not may_add_programs(self.asker):
            del self.fields["program"], self.fields["role"]

    def clean(self) -> Any:
        """Ask for the role of a new account."""
        data = super().clean() or {}
        if data.get("program", "").strip() and not data.get("role"):
            self.add_error("role", "Choose what the new account may do.")
        return data


def may_add_programs(person: User) -> bool:
    """Tell whether they may make an account and then a key of it, as the API has it."""
    return person.may(Permission.USER_CREATE) and person.may(Permission.USER_UPDATE)


@admin.register(ApiKey, site=tenant_console)
class ApiKeyAdmin(ShownOnce[ApiKey], StepUpAdmin[ApiKey]):
    """Keys of programs: one's own, and those of accounts that are programs'."""

    section = "Security"
    words = (
        "A key opens the office for a program in place of a password. You see your own and those of"
        " programs' accounts; other people's are theirs alone."
    )
    empty = "Does a program of yours work with the office's data? It needs a key."
    once_words = "Put it where the program keeps its passwords, and nowhere else."
    labels = {
        "name": "What it is for",
        "user": "Whose",
        "prefix": "Begins with",
        "expires_at": "Ends",
        "last_used_at": "Last used",
        "created_at": "Made",
    }
    hints = {"name": "The name of the program, so that you know it in this list."}
    form = KeyForm
    add_form = NewKeyForm
    add_fields = ("user", "name", "scopes", "days")
    fields = (
        "name",
        "scopes",
        "days",
        "user",
        "prefix",
        "expires_at",
        "last_used_at",
        "created_at",
    )
    readonly_fields = ("user", "prefix", "expires_at", "last_used_at", "created_at")
    actions = ("revoke",)
    buttons = {"revoke": "Delete this key"}
    list_display = ("name", "user", "prefix", "may", "last_used_at", "expires_at", "state")
    list_filter = (date_steps("created_at"),)
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__full_name")

    @admin.display(description="may")
    def may(self, key: ApiKey) -> str:
        """Return the names of its grants."""
        return ", ".join(key.scopes) or "nothing"

    @admin.display(description="state")
    def state(self, key: ApiKey) -> str:
        """Tell whether it still opens the office."""
        return "in force" if key.expires_at > timezone.now() else "ended"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Return one's own and those of programs, as the API does."""
        seen: QuerySet[ApiKey] = ApiKey.objects.visible_to(person_of(request))
        return seen.select_related("user")

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the form, which knows who fills it in."""
        form: Any = super().get_form(request, *args, **kwargs)
        form.asker = person_of(request)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Offer a new account to those who may make one."""
        if obj is None and may_add_programs(person_of(request)):
            return [(None, {"fields": ("user", "program", "role", "name", "scopes", "days")})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Nothing is read-only about a new one."""
        return self.readonly_fields if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody by this way: the action asks for a yes, for one or for many."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("accounts.revoke_apikey")

    def save_model(
        self,
        request: HttpRequest,
        obj: ApiKey,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        """Make it or change it; raises AppError."""
        by, given = person_of(request), form.cleaned_data
        if change:
            changes = {name: given[name] for name in form.changed_data if name != "days"}
            changes |= {"expires_at": form.ends} if form.ends else {}
            key = self.get_queryset(request).select_for_update(of=("self",)).get(pk=obj.pk)
            adopt(obj, change_api_key(key=key, changes=changes, by=by))
            return
        owner = given["user"]
        if name := given.get("program", "").strip():
            owner = add_service(full_name=name, role=given["role"].name, by=by)
        facts = {name: given[name] for name in ("name", "scopes")}
        key, text = create_api_key(**facts, expires_at=form.ends, owner_id=owner.pk, by=by)
        adopt(obj, key)
        obj.shown_once = text  # type: ignore[attr-defined]  # for `response_add`

    @admin.action(description="Delete selected API keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Have them open nothing from now on."""
        for key in queryset:
            delete_api_key(key=key)
            self.message_user(request, f"{key} opens nothing any more.")

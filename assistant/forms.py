"""What takes a task back again, and how an office uses a language model."""

from typing import Any, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.console_forms import PasswordField
from assistant.llm.services import PREFIX
from tenants.settings import ModelApi, ModelMode, TenantSettings

MODES: dict[ModelMode, str] = {
    "off": "never",
    "unsure": "where the rules do not understand",
    "always": "for every sentence",
}
DOLLARS: Any = {"max_digits": 18, "decimal_places": 6}
AS_THE_PLATFORM = "Empty: as the platform says."


class UndoForm(forms.Form):
    """The token that came with what was written down."""

    undo_token = forms.UUIDField()


class ChatForm(forms.Form):
    """What somebody says to the office."""

    message = forms.CharField(
        label=_("Say something to the office"),
        max_length=2_000,
        error_messages={"required": _("Say something first.")},
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )


class ProposalForm(forms.Form):
    """A yes or a no to what waits for one."""

    proposal = forms.UUIDField()
    answer = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])


class LanguageModelForm(forms.Form):
    """The settings as they are, and a place for the key, which is never shown."""

    mode = forms.ChoiceField(label="Ask a language model", choices=list(MODES.items()))
    base_url = forms.CharField(
        label="Address", required=False, help_text="Like https://…/v1. Empty: the platform's model."
    )
    key = PasswordField(label="Key to this address", required=False)
    forget_key = forms.BooleanField(label="Forget the key", required=False)
    model = forms.CharField(label="Model at this address", required=False)
    api = forms.ChoiceField(label="API", choices=[(api, api) for api in get_args(ModelApi)])
    price_input = forms.DecimalField(label="Dollars for a million tokens read", **DOLLARS)
    price_output = forms.DecimalField(label="Dollars for a million tokens written", **DOLLARS)
    embeddings = forms.BooleanField(
        label="Send it the texts of documents to become vectors", required=False
    )
    embedding_model = forms.CharField(label="Model for vectors at this address", required=False)
    embedding_size = forms.IntegerField(label="Numbers in each of its vectors")
    price_embedding = forms.DecimalField(label="Dollars for a million tokens of it", **DOLLARS)
    tokens_per_day = forms.IntegerField(
        label="Tokens in a day", required=False, help_text=AS_THE_PLATFORM
    )
    cost_per_day = forms.DecimalField(
        label="Dollars in a day", required=False, help_text=AS_THE_PLATFORM, **DOLLARS
    )

    def __init__(self, data: Any, *, settings: TenantSettings, has_key: bool) -> None:
        names = (name for name in self.base_fields if hasattr(settings, PREFIX + name))
        initial = {name: getattr(settings, PREFIX + name) for name in names}
        super().__init__(data, initial=initial)
        self.fields["key"].help_text = "Empty: it stays as it is." if has_key else "There is none."

    @property
    def changes(self) -> dict[str, Any]:
        """What was chosen, as the settings name it."""
        return {PREFIX + name: self.cleaned_data[name] for name in self.initial}

    @property
    def new_key(self) -> str | None:
        """The key that was typed, none at all to forget it, or None to leave it."""
        typed: str = self.cleaned_data["key"]
        return typed or ("" if self.cleaned_data["forget_key"] else None)

"""What programs are told and what opens the office to them, looked after from the console."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.identity_models import ApiKey
from accounts.models import AuditEntry, Role, User
from accounts.page_sessions import SHOWN
from accounts.staff import add_service
from tests.consoles.conftest import errors_of
from webhooks.models import Webhook, WebhookDelivery
from webhooks.services import create_webhook

HOOKS, KEYS = "/admin/webhooks/webhook/", "/admin/accounts/apikey/"
HOOK = {"url": "https://books.example/hook", "description": "Books", "events": ["task.completed"]}
KEY = {"name": "Time sheets", "scopes": ["task:read", "task:update"], "days": "30"}


@pytest.fixture
def hook(in_acme, ada):
    return create_webhook(url="https://books.example/hook", events=["task.completed"], by=ada)


def do(console, place, action, *rows, **more):
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows], **more}
    return console.post(place, {**form, "post": "yes"}, follow=True)


def shown_once(answer):
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return re.findall(r'<input id="once-\d+" type="text" value="([^"]+)"', answer.content.decode())


def sources(row):
    entries = AuditEntry.objects.filter(object_pk=str(row.pk)).order_by("timestamp")
    return [(entry.get_action_display(), entry.source) for entry in entries]


def test_a_webhook_is_set_up_and_its_secret_is_shown_once(console):
    (secret,) = shown_once(console.post(f"{HOOKS}add/", HOOK))
    made = Webhook.objects.get()
    assert (made.url, made.description, made.events) == (HOOK["url"], "Books", ["task.completed"])
    assert secret == made.secret
    for place in (HOOKS, f"{HOOKS}{made.pk}/change/", f"{HOOKS}{made.pk}/history/"):
        assert secret not in console.get(place).content.decode()
    assert sources(made) == [("create", "admin")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"url": "ftp://books.example"}, "url"), ({"events": []}, "events")],
)
def test_what_will_not_do_is_said_at_its_box(console, wrong, field):
    assert field in errors_of(console.post(f"{HOOKS}add/", {**HOOK, **wrong}))
    assert not Webhook.objects.exists()


def test_a_webhook_is_changed_paused_and_goes_on(console, hook):
    page = f"{HOOKS}{hook.pk}/change/"
    answer = console.post(page, {**HOOK, "events": ["task.created", "note.created"]})
    assert answer["Location"] == HOOKS
    hook.refresh_from_db()
    assert (hook.description, hook.events) == ("Books", ["note.created", "task.created"])
    for action, active in (("pause", False), ("resume", True)):
        assert do(console, HOOKS, action, hook, at="object").redirect_chain == [(page, 302)]
        hook.refresh_from_db()
        assert hook.is_active == active
    assert [source for _action, source in sources(hook)][1:] == ["admin"] * 3


def test_a_new_secret_is_shown_once_and_the_old_one_still_signs(console, hook):
    old = hook.secret
    (secret,) = shown_once(do(console, HOOKS, "renew_secret", hook))
    hook.refresh_from_db()
    assert (hook.secret, hook.old_secret) == (secret, old)
    assert secret != old


def test_a_test_is_sent_by_the_button_at_the_webhook(console, hook):
    page = console.get(f"{HOOKS}{hook.pk}/change/").content.decode()
    assert 'name="action" value="try_out">Send a test</button>' in page
    do(console, HOOKS, "try_out", hook)
    assert WebhookDelivery.objects.get().event == "webhook.test"
    do(console, HOOKS, "pause", hook)
    assert "is switched off" in do(console, HOOKS, "try_out", hook).content.decode()


def test_a_webhook_goes_after_a_yes_with_its_log(console, hook):
    do(console, HOOKS, "try_out", hook)
    page = console.get(f"{HOOKS}{hook.pk}/delete/").content.decode()
    assert "with the log of what it was told" in page
    assert console.post(f"{HOOKS}{hook.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()
    assert sources(hook)[-1] == ("delete", "admin")


def test_who_may_not_read_the_trail_has_none_of_it_told(browser, ada, hook):
    client = browser(ada)
    trail = create_webhook(url="https://trail.example/", events=["audit.entry"], by=ada)
    Role.objects.filter(pk=ada.role_id).update(permissions=["admin:settings"])
    assert "audit.entry" not in client.get(f"{HOOKS}add/").content.decode()
    assert "events" in errors_of(client.post(f"{HOOKS}add/", {**HOOK, "events": ["audit.entry"]}))
    listed = client.get(HOOKS).content.decode()
    assert (hook.url in listed, trail.url in listed) == (True, False)
    do(client, HOOKS, "pause", trail)
    trail.refresh_from_db()
    assert trail.is_active


def test_an_api_key_is_made_for_oneself_and_shown_once(console, ada):
    (text,) = shown_once(console.post(f"{KEYS}add/", {**KEY, "user": str(ada.pk)}))
    key = ApiKey.objects.get()
    assert (key.user, key.name, key.scopes) == (ada, "Time sheets", ["task:read", "task:update"])
    assert timedelta(days=29) < key.expires_at - timezone.now() <= timedelta(days=30)
    assert text.startswith(key.prefix)
    assert text not in console.get(KEYS).content.decode()
    assert sources(key) == [("create", "admin")]
    bearer = {"authorization": f"Bearer {text}"}
    assert console.get("/api/v1/tasks", headers=bearer).status_code == 200


def test_a_key_of_a_program_is_made_and_opens_no_more_than_its_account(console, ada, eve):
    program = add_service(full_name="Time clock", role="employee", by=ada)
    form = {**KEY, "user": str(program.pk)}
    beyond = console.post(f"{KEYS}add/", {**form, "scopes": ["user:delete"]})
    assert "may not do this either" in str(errors_of(beyond)["scopes"])
    assert "user" in errors_of(console.post(f"{KEYS}add/", {**form, "user": str(eve.pk)}))
    shown_once(console.post(f"{KEYS}add/", form))
    assert ApiKey.objects.get().user == program


def test_a_program_gets_an_account_of_its_own_with_its_first_key(console, browser, ada):
    role = Role.objects.get(name="employee")
    form = {**KEY, "user": str(ada.pk), "program": "Time clock"}
    assert "role" in errors_of(console.post(f"{KEYS}add/", form))
    form |= {"role": str(role.pk)}
    # What its role may not do is refused, and no account is left over.
    refused = console.post(f"{KEYS}add/", {**form, "scopes": ["user:delete"]})
    assert "scopes" in errors_of(refused)
    assert not User.objects.filter(is_service=True).exists()
    shown_once(console.post(f"{KEYS}add/", form))
    program = ApiKey.objects.get().user
    assert (program.full_name, program.role, program.is_service) == ("Time clock", role, True)
    grants = ["admin:settings", "task:read", "task:update"]
    Role.objects.filter(pk=ada.role_id).update(permissions=grants)
    client = browser(ada)
    assert "Or a new account" not in client.get(f"{KEYS}add/").content.decode()
    shown_once(client.post(f"{KEYS}add/", form))
    assert set(ApiKey.objects.values_list("user", flat=True)) == {program.pk, ada.pk}


def test_a_key_is_narrowed_down_and_deleted_after_a_yes(console, ada):
    console.post(f"{KEYS}add/", {**KEY, "user": str(ada.pk)})
    key = ApiKey.objects.get()
    ends = key.expires_at
    form = {"name": "Clock", "scopes": ["task:read"], "days": ""}
    assert console.post(f"{KEYS}{key.pk}/change/", form).status_code == 302
    key.refresh_from_db()
    assert (key.name, key.scopes, key.expires_at) == ("Clock", ["task:read"], ends)
    assert console.post(KEYS, {"action": "revoke", "_selected_action": [key.pk]}).status_code == 200
    assert ApiKey.objects.exists()
    do(console, KEYS, "revoke", key, at="object")
    assert not ApiKey.objects.exists()
    assert sources(key)[-1] == ("delete", "admin")


def test_other_peoples_keys_are_theirs_alone(console, eve):
    key = ApiKey.objects.create(
        user=eve, name="Eve's", prefix="aok_x", digest="x", expires_at=timezone.now()
    )
    assert "Eve&#x27;s" not in console.get(KEYS).content.decode()
    assert console.get(f"{KEYS}{key.pk}/change/").status_code == 302
    do(console, KEYS, "revoke", key)
    assert ApiKey.objects.filter(pk=key.pk).exists()


def test_keys_ask_first_who_one_is(console, ada):
    session = console.session
    del session[SHOWN]
    session.save()
    answer = console.post(f"{KEYS}add/", {**KEY, "user": str(ada.pk)})
    assert answer["Location"].startswith("/security/show-again")
    assert not ApiKey.objects.exists()
    assert console.get(KEYS).status_code == 200

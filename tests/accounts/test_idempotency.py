"""`Idempotency-Key`: what comes again is not done again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.answer_models import KeptAnswer
from accounts.idempotency import GONE_AFTER, KEPT_FOR, forget_old_answers
from accounts.models import AuditEntry, Team
from calendar_app.models import Event
from documents.models import Document
from messaging.models import OutgoingMessage
from tasks.models import Task
from tenants.context import tenant_context
from tests.accounts.contract import assert_refused

TASKS = "/api/v1/tasks"
KEY = {"HTTP_IDEMPOTENCY_KEY": "3f1c-of-a-client"}
BADGES = {"title": "Order badges"}


def replayed(answer) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_the_same_request_gets_the_first_answer_again(api, ada):
    client = api(ada)
    first = client.post(TASKS, BADGES, **KEY)
    entries = AuditEntry.objects.count()
    again = client.post(TASKS, BADGES, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    assert again["Content-Type"] == first["Content-Type"]
    assert (replayed(first), replayed(again)) == (False, True)
    assert Task.objects.filter(**BADGES).count() == 1
    assert AuditEntry.objects.count() == entries
    assert again["X-Request-ID"] != first["X-Request-ID"]


def test_fields_in_another_order_are_the_same_body(api, ada):
    client = api(ada)
    client.post(TASKS, {"title": "A", "priority": "high"}, **KEY)
    assert replayed(client.post(TASKS, {"priority": "high", "title": "A"}, **KEY))


OTHERS = [
    (TASKS, {"title": "Another"}),
    (f"{TASKS}?x=1", BADGES),
    ("/api/v1/notes", {"title": "Order badges"}),
]


@pytest.mark.parametrize(("path", "body"), OTHERS)
def test_a_key_with_another_request_is_refused(api, ada, path, body):
    client = api(ada)
    client.post(TASKS, BADGES, **KEY)
    assert_refused(client.post(path, body, **KEY), 422, code="idempotency_key_reused")


def test_the_key_of_another_person_means_nothing(api, ada, max_):
    first = api(ada).post(TASKS, BADGES, **KEY).json()
    other = api(max_).post(TASKS, BADGES, **KEY)
    assert not replayed(other)
    assert other.json()["id"] != first["id"]


def test_the_key_of_another_office_means_nothing(api, ada, mia_api, globex):
    first = api(ada).post(TASKS, BADGES, **KEY).json()
    other = mia_api.post(TASKS, BADGES, **KEY)
    assert not replayed(other)
    assert other.json()["id"] != first["id"]
    with tenant_context(globex):
        assert KeptAnswer.objects.count() == 1


def test_a_refusal_is_not_remembered(api, ada):
    client = api(ada)
    assert client.post(TASKS, {"title": ""}, **KEY).status_code == 400
    assert KeptAnswer.objects.count() == 0
    assert client.post(TASKS, BADGES, **KEY).status_code == 201


def test_what_fails_after_the_answer_was_made_leaves_neither(api, ada, monkeypatch):
    """The answer stands in the transaction of the task: what takes one back takes both."""
    from rest_framework.views import APIView

    finalize = APIView.finalize_response

    def crash(self, request, response, *args, **kwargs):
        if response.status_code == 201:
            raise RuntimeError("killed")
        return finalize(self, request, response, *args, **kwargs)

    client = api(ada)
    with monkeypatch.context() as patched:
        patched.setattr(APIView, "finalize_response", crash)
        assert client.post(TASKS, BADGES, **KEY).status_code == 500
    assert (Task.objects.filter(**BADGES).count(), KeptAnswer.objects.count()) == (0, 0)
    answer = client.post(TASKS, BADGES, **KEY)
    assert (answer.status_code, replayed(answer)) == (201, False)


def test_whoever_may_no_longer_ask_is_not_answered_again(api, ada, max_):
    client = api(max_)
    body = {"title": "Give it away"}
    assert client.post(TASKS, body, **KEY).status_code == 201
    api(ada).patch(f"/api/v1/admin/users/{max_.pk}", {"is_active": False})
    assert client.post(TASKS, body, **KEY).status_code == 401


def test_after_a_day_a_key_is_as_good_as_new(api, ada, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    first = api(ada).post(TASKS, BADGES, **KEY).json()
    time_machine.shift(KEPT_FOR)
    later = api(ada).post(TASKS, {"title": "Another"}, **KEY)
    assert (later.status_code, later.json()["id"] != first["id"]) == (201, True)


def test_what_is_a_day_old_is_swept(api, ada, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    api(ada).post(TASKS, BADGES, **KEY)
    forget_old_answers()
    assert KeptAnswer.objects.count() == 1
    time_machine.shift(KEPT_FOR * 1.01)
    forget_old_answers()
    assert KeptAnswer.objects.count() == 0


@pytest.mark.parametrize("key", ["x" * 256, "", "two words", "ü", "a\x7f"])
def test_a_key_that_is_none_is_refused(api, ada, key):
    answer = api(ada).post(TASKS, BADGES, HTTP_IDEMPOTENCY_KEY=key)
    assert_refused(answer, 400, code="idempotency_key_invalid")
    assert not Task.objects.filter(**BADGES).exists()


SECRETS = [
    ("/api/v1/auth/api-keys", {"name": "Sync", "scopes": ["task:read"]}),
    ("/api/v1/auth/mfa/totp", None),
    ("/api/v1/auth/mfa/totp/confirm", {"code": "000000"}),
    ("/api/v1/auth/mfa/recovery-codes", None),
    ("/api/v1/calendar/feeds", {"name": "Mine"}),
    ("/api/v1/integrations/telegram/link", None),
    ("/api/v1/integrations/google/connect", {}),
]


@pytest.mark.parametrize(("path", "body"), SECRETS)
def test_an_answer_with_a_secret_is_stored_nowhere(api, ada, path, body):
    answer = api(ada).post(path, body, **KEY)
    assert_refused(answer, 400, code="idempotency_key_refused")
    assert KeptAnswer.objects.count() == 0


def test_a_password_cannot_be_guessed_from_what_is_kept(api, ada, settings):
    body = {"current_password": "correct horse battery", "new_password": "a rather long one, too"}
    assert api(ada).post("/api/v1/auth/password/change", body, **KEY).status_code == 204
    kept = KeptAnswer.objects.get()
    from accounts import idempotency

    settings.SECRET_KEY = "another"
    request = type("R", (), {"method": "POST", "data": body})()
    request.get_full_path = lambda: "/api/v1/auth/password/change"
    assert idempotency.digest_of(request) != kept.digest


def test_an_answer_that_is_too_long_makes_nothing(api, ada, monkeypatch):
    monkeypatch.setattr("accounts.idempotency.MOST_BYTES", 100)
    answer = api(ada).post(TASKS, BADGES, **KEY)
    assert_refused(answer, 422, code="idempotency_answer_too_large")
    assert not Task.objects.filter(**BADGES).exists()


def test_a_request_without_a_key_costs_nothing_more(api, ada):
    client = api(ada)
    client.post(TASKS, {"title": "Warm"})
    with CaptureQueriesContext(connection) as queries:
        client.post(TASKS, BADGES)
    assert not [query for query in queries if "kept" in query["sql"] or "advisory" in query["sql"]]


# --- What makes things: one for each kind of view

LETTER = {"to": ["c@example.com"], "subject": "Hi", "body": "x"}
KINDS = [
    ("/api/v1/admin/teams", {"name": "Sales"}, Team),
    ("/api/v1/email/send", LETTER, OutgoingMessage),
    ("/api/v1/tasks/from-text", {"text": "Order badges tomorrow at 3pm"}, Task),
    ("/api/v1/assistant/chat", {"message": "Remind me to order badges tomorrow at 3pm"}, Task),
    ("/api/v1/calendar/events/from-text", {"text": "Lunch with Max tomorrow at 1pm"}, Event),
    ("/api/v1/documents", {"filename": "leave.md", "text": "# Leave"}, Document),
]


@pytest.mark.parametrize(("path", "body", "kind"), KINDS)
def test_it_is_made_once(api, ada, path, body, kind):
    client, before = api(ada), kind.objects.count()
    first, again = client.post(path, body, **KEY), client.post(path, body, **KEY)
    assert first.status_code < 300, first.content
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert replayed(again)
    assert kind.objects.count() == before + 1


def test_the_same_file_is_taken_in_once_whatever_its_boundary(api, ada):
    from django.core.files.uploadedfile import SimpleUploadedFile

    def send(content, boundary):
        from django.test.client import encode_multipart

        file = SimpleUploadedFile("leave.md", content)
        form = encode_multipart(boundary, {"file": file})
        kind = f"multipart/form-data; boundary={boundary}"
        return api(ada).client.generic("POST", "/api/v1/documents", form, kind, **KEY)

    first, again = send(b"# Leave", "aaaa"), send(b"# Leave", "bbbb")
    assert first.status_code == 202, first.content
    assert again.content == first.content
    assert Document.objects.count() == 1
    assert_refused(send(b"# Other", "cccc"), 422, code="idempotency_key_reused")


# --- Views that wait for somebody outside

FROM_TEXT = "/api/v1/tasks/from-text"
SENTENCE = {"text": "Order badges tomorrow at 3pm"}


def test_a_second_request_while_the_first_waits_is_told(api, ada, monkeypatch):
    from assistant import api as doors

    client, told, read = api(ada), [], doors.read_text

    def slowly(**options):
        told.append(client.post(FROM_TEXT, SENTENCE, **KEY))
        return read(**options)

    with monkeypatch.context() as patched:
        patched.setattr(doors, "read_text", slowly)
        first = client.post(FROM_TEXT, SENTENCE, **KEY)
    assert first.status_code == 201
    assert_refused(told[0], 409, code="idempotency_key_in_use")
    assert client.post(FROM_TEXT, SENTENCE, **KEY).content == first.content


def test_a_refusal_of_one_that_waits_gives_the_key_back(api, ada):
    client = api(ada)
    assert client.post(FROM_TEXT, {"text": "Ask Zoq to order badges"}, **KEY).status_code == 422
    assert KeptAnswer.objects.count() == 0
    assert client.post(FROM_TEXT, SENTENCE, **KEY).status_code == 201


def claim_of_one_who_is_gone(ada):
    """What a process leaves behind that is killed while it waits."""
    from accounts.idempotency import Ask, _claim

    ask = Ask(ada.pk, KEY["HTTP_IDEMPOTENCY_KEY"], "digest")
    _claim(ask)
    return ask


def test_the_claim_of_a_killed_process_ends(api, ada, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    claim_of_one_who_is_gone(ada)
    KeptAnswer.objects.update(expires_at=timezone.now() + GONE_AFTER)
    assert api(ada).post(FROM_TEXT, SENTENCE, **KEY).status_code in {409, 422}
    time_machine.shift(GONE_AFTER)
    assert api(ada).post(FROM_TEXT, SENTENCE, **KEY).status_code == 201
    assert Task.objects.count() == 1


def test_who_was_taken_for_gone_makes_nothing_any_more(api, ada, monkeypatch, time_machine):
    """The claim passes to another request while the first one still waits."""
    from assistant import api as doors

    time_machine.move_to(timezone.now(), tick=False)
    client, read, answers = api(ada), doors.read_text, []

    def very_slowly(**options):
        monkeypatch.setattr(doors, "read_text", read)
        time_machine.shift(GONE_AFTER)
        answers.append(client.post(FROM_TEXT, SENTENCE, **KEY))
        return read(**options)

    monkeypatch.setattr(doors, "read_text", very_slowly)
    late = client.post(FROM_TEXT, SENTENCE, **KEY)
    assert answers[0].status_code == 201
    assert_refused(late, 409, code="idempotency_key_in_use")
    assert Task.objects.count() == 1

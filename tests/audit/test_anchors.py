"""The last seals stand outside, too: in a file, in a mailbox, at an address of the web."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.anchors import anchor_seals
from accounts.models import Team
from accounts.seal_check import verify_trail
from accounts.seal_models import AuditSeal
from accounts.seals import seal_entries
from common.signing import new_secret
from tenants.context import public_context, tenant_transaction
from tenants.models import SealNote
from tests.conftest import as_owner
from tests.messaging.conftest import server, smtp  # noqa: F401  fixtures
from tests.peers.loopback import Told, serving
from tests.webhooks.conftest import Receiver

pytestmark = pytest.mark.usefixtures("settled_at_once")


def seal(office):
    """Write something, and seal it; return the last seal."""
    with tenant_transaction(office):
        Team.objects.create(name=f"Team of {timezone.now()}")
    with tenant_transaction(office):
        assert seal_entries() == 1
        return AuditSeal.objects.last().seal


@pytest.fixture
def file(committed, settings, tmp_path):
    """An office with a seal, and a file that is named."""
    settings.AUDIT_ANCHORS = (str(tmp_path / "seals.jsonl"),)
    seal(committed)
    return tmp_path / "seals.jsonl"


def lines(text, office):
    """Return the seals of the office, of all that stand there."""
    facts = [json.loads(line) for line in text.splitlines()]
    return [fact["seal"] for fact in facts if fact["office"] == str(office.pk)]


def verify(*arguments):
    out = StringIO()
    call_command("audit_verify", *arguments, stdout=out)
    return out.getvalue()


def test_a_file_gets_a_line_for_each_new_seal_once(file, committed):
    assert anchor_seals() >= 1
    assert anchor_seals() == 0
    second = seal(committed)
    assert anchor_seals() == 1
    first, last = lines(file.read_text(), committed)
    assert last == second != first
    assert "as they were" in verify("--tenant", committed.slug, "--anchors", str(file))


def test_a_trail_that_was_made_anew_is_found_by_the_file(file, committed):
    anchor_seals()
    (held,) = lines(file.read_text(), committed)
    forge(committed)
    with tenant_transaction(committed):
        assert verify_trail().broken is None
    with pytest.raises(CommandError, match="1 broken"):
        verify("--tenant", committed.slug, "--anchors", str(file))
    with tenant_transaction(committed):
        assert held in verify_trail(held=[held]).broken.sentence


def forge(office):
    """Do as an owner of the tables who hides everything: other entries, other seals, other note."""
    with as_owner(), tenant_transaction(office), connection.cursor() as cursor:
        for table in ("accounts_auditentry", "accounts_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE accounts_auditentry SET object_repr = 'other'")
        cursor.execute("DELETE FROM accounts_auditseal")
        for table in ("accounts_auditentry", "accounts_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with public_context():
        SealNote.objects.filter(tenant=office.pk).delete()
    with tenant_transaction(office):
        assert seal_entries() == 1


def test_a_file_that_holds_no_seals_is_refused(committed, tmp_path):
    for text in ("no json", "[]", '{"office": "x"}'):
        (tmp_path / "other").write_text(text)
        with pytest.raises(CommandError, match="These are no seals"):
            verify("--tenant", committed.slug, "--anchors", str(tmp_path / "other"))
    with pytest.raises(CommandError, match="These are no seals"):
        verify("--tenant", committed.slug, "--anchors", str(tmp_path / "nowhere"))


def test_a_mailbox_gets_the_same_lines(file, committed, settings, server):  # noqa: F811
    settings.AUDIT_ANCHORS = ("mailto:auditor@example.com",)
    anchor_seals()
    (received,) = server.received
    assert received.recipients == ["auditor@example.com"]
    with tenant_transaction(committed):
        assert lines(received.letter.get_content(), committed) == [AuditSeal.objects.last().seal]


def test_an_address_is_told_by_a_signed_webhook(file, committed, settings):
    settings.AUDIT_ANCHOR_SECRET = new_secret()
    with serving(Receiver()) as receiver:
        settings.AUDIT_ANCHORS = (receiver.url,)
        anchor_seals()
        told = receiver.read(settings.AUDIT_ANCHOR_SECRET)
    assert told["type"] == "audit.sealed"
    told_of = {one["office"]: one["seal"] for one in told["data"]["seals"]}
    with tenant_transaction(committed):
        assert told_of[str(committed.pk)] == AuditSeal.objects.last().seal


def test_what_one_place_does_not_take_comes_again_and_the_others_get_it(
    file,
    committed,
    settings,
    smtp,  # noqa: F811
    tmp_path,
    caplog,
):
    """The mail server is away, the web says no, the folder is not there: the file has it."""
    settings.AUDIT_ANCHOR_SECRET = new_secret()
    with serving(Receiver()) as receiver:
        receiver.tells = Told(503)
        others = ("mailto:a@example.com", receiver.url, str(tmp_path / "no" / "folder"))
        settings.AUDIT_ANCHORS = (*others, str(file))
        assert anchor_seals() == 0
        assert len(lines(file.read_text(), committed)) == 1
        reasons = [record.reason for record in caplog.records]
        assert reasons == ["ConnectionRefusedError", "the answer was 503", "FileNotFoundError"]
        receiver.tells = Told(204)
        settings.AUDIT_ANCHORS = (receiver.url, str(file))
        assert anchor_seals() >= 1
    assert len(lines(file.read_text(), committed)) == 2


def test_without_places_nothing_is_asked(committed, settings, django_assert_num_queries):
    settings.AUDIT_ANCHORS = ()
    with django_assert_num_queries(0):
        assert anchor_seals() == 0

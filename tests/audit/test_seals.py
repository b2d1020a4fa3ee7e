"""Whoever changes the trail behind our back, the owner of the tables as well, is found out."""

import re
from contextlib import nullcontext
from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import seals
from accounts.models import AuditEntry, Team
from accounts.seal_check import verify_trail
from accounts.seal_models import AuditSeal
from accounts.seals import seal_all_offices, seal_entries
from tenants.context import public_context, tenant_transaction
from tenants.models import SealNote
from tests.accounts.contract import assert_refused
from tests.conftest import APP, as_owner

VERIFY = "/api/v1/admin/audit-logs/verify"
TABLES = ("accounts_auditentry", "accounts_auditseal")


pytestmark = pytest.mark.usefixtures("settled_at_once")


def write(number):
    for each in range(number):
        Team.objects.create(name=f"Team {each} of {timezone.now()}")


@pytest.fixture
def sealed(committed, monkeypatch):
    """An office with twelve entries under three seals."""
    monkeypatch.setattr(seals, "BATCH", 5)
    with tenant_transaction(committed):
        write(12)
    with tenant_transaction(committed):
        assert seal_entries() == 3
        assert verify_trail().broken is None
    return committed


def mutate(office, *statements):
    """Change what stands there, as the owner of the tables can."""
    with as_owner(), tenant_transaction(office), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def entries(office):
    """Return the entries by time, as they were sealed."""
    with tenant_transaction(office):
        return [
            str(pk)
            for pk in AuditEntry.objects.order_by("timestamp", "id").values_list("pk", flat=True)
        ]


def broken(office):
    with tenant_transaction(office):
        found = verify_trail().broken
    assert found is not None
    return found


OF = "UPDATE accounts_auditentry SET {} WHERE id = '{}'"
CHANGES = [
    *("object_repr = 'other'", "changes = '{}'", "actor_email = 'x@y'", "action = 3"),
    *("timestamp = timestamp + interval '1 microsecond'", "remote_addr = '192.0.2.1'"),
    *("source = 'page'", "cid = 'other'", "user_agent = 'other'", "object_pk = 'other'"),
    *("""additional_data = '{"a": 1}'""", "changes_text = 'x'", "object_id = 7"),
    *("actor_id = gen_random_uuid()", "content_type_id = content_type_id + 1"),
    *("""serialized_data = '[]'""", "remote_port = 7"),
]


def test_a_change_of_any_column_is_found_and_named(sealed):
    ids = entries(sealed)
    for change in CHANGES:
        column = change.partition(" =")[0]
        keep = f"CREATE TABLE kept AS SELECT id, {column} FROM accounts_auditentry"
        mutate(sealed, keep, OF.format(change, ids[7]))
        found = broken(sealed)
        assert (found.what, str(found.entry_id), found.seal) == ("entry_changed", ids[7], 2), change
        back = (
            f"UPDATE accounts_auditentry e SET {column} = k.{column} FROM kept k WHERE k.id = e.id"
        )
        mutate(sealed, back, "DROP TABLE kept")
    with tenant_transaction(sealed):
        assert verify_trail().broken is None


def test_each_column_is_sealed():
    form = set(re.findall(r"\w+", seals.FORM))
    assert {field.column for field in AuditEntry._meta.concrete_fields} <= form


def test_the_first_of_several_is_named(sealed):
    ids = entries(sealed)
    for pk in (ids[9], ids[3], ids[6]):
        mutate(sealed, OF.format("object_repr = 'other'", pk))
    assert str(broken(sealed).entry_id) == ids[3]


@pytest.mark.parametrize("place", [0, 6, 11])
def test_what_is_deleted_is_named(sealed, place):
    pk = entries(sealed)[place]
    mutate(sealed, f"DELETE FROM accounts_auditentry WHERE id = '{pk}'")
    found = broken(sealed)
    assert (found.what, str(found.entry_id)) == ("entry_missing", pk)


def test_what_is_slipped_in_is_named(sealed):
    columns = ", ".join(
        field.column for field in AuditEntry._meta.concrete_fields if field.column != "id"
    )
    pk = "00000000-0000-4000-8000-000000000000"
    mutate(
        sealed,
        f"INSERT INTO accounts_auditentry (id, {columns}) SELECT '{pk}', {columns}"
        f" FROM accounts_auditentry WHERE id = '{entries(sealed)[4]}'",
    )
    found = broken(sealed)
    assert (found.what, str(found.entry_id)) == ("entry_inserted", pk)
    # It is not sealed afterwards either.
    with tenant_transaction(sealed):
        write(1)
    with tenant_transaction(sealed):
        seal_entries()
    assert broken(sealed).what == "entry_inserted"


def test_two_that_change_places_are_found(sealed):
    ids = entries(sealed)
    swap = (
        "UPDATE accounts_auditentry a SET timestamp = b.timestamp FROM accounts_auditentry b"
        f" WHERE (a.id, b.id) IN (('{ids[2]}', '{ids[8]}'), ('{ids[8]}', '{ids[2]}'))"
    )
    mutate(sealed, swap)
    found = broken(sealed)
    assert (found.what, str(found.entry_id)) == ("entry_changed", ids[2])


def test_entries_that_change_their_ids_are_found(sealed):
    ids = entries(sealed)
    zero = "00000000-0000-4000-8000-000000000000"
    steps = [(ids[2], zero), (ids[3], ids[2]), (zero, ids[3])]
    mutate(sealed, *(OF.format(f"id = '{new}'", old) for old, new in steps))
    assert str(broken(sealed).entry_id) == ids[2]


CHANGE, DELETE = "UPDATE accounts_auditseal SET", "DELETE FROM accounts_auditseal"
SEAL_CHANGES = [
    (f"{DELETE} WHERE number = 2", "seal_missing", 2),
    (f"{DELETE} WHERE number = 1", "seal_missing", 1),
    (f"{CHANGE} count = count - 1 WHERE number = 2", "seal_changed", 2),
    (f"{CHANGE} until = until + interval '1s' WHERE number = 1", "seal_changed", 1),
    (f"{CHANGE} digests = digests || 'x' WHERE number = 1", "seal_changed", 1),
    (f"{CHANGE} seal = previous, previous = seal WHERE number = 2", "seal_changed", 2),
    # The tail, with what was sealed in it.
    (f"{DELETE} WHERE number = 3", "tail_cut", 3),
    (f"{DELETE}; DELETE FROM accounts_auditentry", "tail_cut", 1),
]


@pytest.mark.parametrize(("change", "what", "number"), SEAL_CHANGES)
def test_changed_seals_are_found(sealed, change, what, number):
    mutate(sealed, change)
    found = broken(sealed)
    assert (found.what, found.seal) == (what, number)


def test_a_tail_that_is_cut_with_its_seal_is_found(sealed):
    ids = entries(sealed)
    gone = ", ".join(f"'{pk}'" for pk in ids[10:])
    mutate(
        sealed,
        f"DELETE FROM accounts_auditentry WHERE id IN ({gone})",
        "DELETE FROM accounts_auditseal WHERE number = 3",
    )
    found = broken(sealed)
    assert (found.what, str(found.entry_id)) == ("tail_cut", ids[9])


def test_a_chain_that_was_made_anew_is_found_by_whoever_holds_a_seal(sealed):
    with tenant_transaction(sealed):
        held = AuditSeal.objects.last().seal
        assert verify_trail(held=[held]).broken is None
    mutate(
        sealed,
        OF.format("object_repr = 'other'", entries(sealed)[0]),
        "DELETE FROM accounts_auditseal",
    )
    with public_context(), transaction.atomic():
        SealNote.objects.filter(tenant=sealed.pk).delete()
    with tenant_transaction(sealed):
        assert seal_entries() == 3
        assert verify_trail().broken is None
        assert verify_trail(held=[held]).broken.what == "seal_unknown"


def test_without_its_note_a_chain_is_not_trusted(sealed):
    with public_context(), transaction.atomic():
        SealNote.objects.filter(tenant=sealed.pk).delete()
    assert broken(sealed).what == "note_missing"


SEAL_STATEMENTS = [
    "UPDATE accounts_auditseal SET count = 1",
    "DELETE FROM accounts_auditseal",
    "TRUNCATE accounts_auditseal",
]


@pytest.mark.parametrize("statement", SEAL_STATEMENTS)
@pytest.mark.parametrize("role", [as_owner, nullcontext])
def test_nobody_changes_a_seal(sealed, statement, role):
    refused = pytest.raises(DatabaseError, match=r"permission denied|is not allowed")
    with role(), refused, tenant_transaction(sealed), connection.cursor() as cursor:
        cursor.execute(statement)


# --- What is sealed, and when


def test_what_is_not_yet_settled_is_left_for_later(committed, monkeypatch):
    monkeypatch.setattr(seals, "SETTLE", timedelta(minutes=1))
    with tenant_transaction(committed):
        write(2)
    with tenant_transaction(committed):
        assert seal_entries() == 0
        assert seal_entries(now=timezone.now() + timedelta(minutes=1)) == 1
        assert seal_entries(now=timezone.now() + timedelta(minutes=1)) == 0
        assert verify_trail().entries == 2


def test_what_a_long_transaction_writes_is_sealed_when_it_has_ended(committed):
    """Others write and are sealed meanwhile; its entries are no forgery."""
    there = connection.settings_dict
    with tenant_transaction(committed):
        write(1)
    with psycopg.connect(
        host=there["HOST"],
        port=there["PORT"],
        dbname=there["NAME"],
        user=APP["USER"],
        password=APP["PASSWORD"],
    ) as other:
        copied = ", ".join(
            field.column
            for field in AuditEntry._meta.concrete_fields
            if field.column not in {"id", "timestamp"}
        )
        table = f'"{committed.schema_name}".accounts_auditentry'
        other.execute(
            f"INSERT INTO {table} (id, timestamp, {copied})"
            f" SELECT gen_random_uuid(), clock_timestamp(), {copied} FROM {table}"
        )
        with tenant_transaction(committed):
            write(1)
        with tenant_transaction(committed):
            assert seal_entries() == 1
            assert verify_trail().entries == 1
        other.commit()
    with tenant_transaction(committed):
        assert seal_entries() == 1
        verdict = verify_trail()
    assert (verdict.entries, verdict.broken) == (3, None)


def test_sealing_goes_on_where_it_ended(sealed):
    with tenant_transaction(sealed):
        write(1)
    with tenant_transaction(sealed):
        assert seal_entries() == 1
        assert verify_trail().entries == 13
        assert [row.number for row in AuditSeal.objects.all()] == [1, 2, 3, 4]


def test_what_was_sealed_before_is_told_to_the_first_batch_alone(sealed, monkeypatch):
    told, ask_next = [], seals._next

    def spy(place, until, known):
        told.append(len(known))
        return ask_next(place, until, known)

    monkeypatch.setattr(seals, "_next", spy)
    with tenant_transaction(sealed):
        write(12)
    with tenant_transaction(sealed):
        assert seal_entries() == 3
        assert verify_trail().broken is None
    assert told[0]
    assert told[1:] == [0, 0, 0]


def test_the_job_seals_each_office(committed):
    with tenant_transaction(committed):
        write(1)
    assert seal_all_offices() >= 1
    with tenant_transaction(committed):
        assert AuditSeal.objects.count() == 1


def write_and_count(office):
    """Write one entry, and have the server count it at once."""
    with tenant_transaction(office):
        write(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")


def seals_of(office):
    with tenant_transaction(office):
        return AuditSeal.objects.count()


def test_an_office_that_is_idle_costs_no_statement_in_its_schema(committed):
    write_and_count(committed)
    seal_all_offices()
    assert seals_of(committed) == 1
    with CaptureQueriesContext(connection) as asked:
        seal_all_offices()
    assert asked.captured_queries
    assert not [query for query in asked if committed.schema_name in query["sql"]]
    write_and_count(committed)
    seal_all_offices()
    assert seals_of(committed) == 2


def test_an_entry_that_had_not_settled_is_sealed_by_a_later_tick(committed, monkeypatch):
    write_and_count(committed)
    monkeypatch.setattr(seals, "SETTLE", timedelta(hours=1))
    seal_all_offices()
    assert seals_of(committed) == 0
    monkeypatch.setattr(seals, "SETTLE", timedelta(0))
    seal_all_offices()
    assert seals_of(committed) == 1


def test_sealing_asks_nothing_of_a_write(sealed):
    """No trigger of the entries is there for seals; the one that is tells webhooks."""
    with tenant_transaction(sealed), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'accounts_auditentry'::regclass"
            " AND tgtype & 4 = 4 AND NOT tgisinternal"
        )
        assert cursor.fetchall() == [("owe_webhooks",)]


# --- Doors


def test_the_command_names_what_is_broken(sealed):
    out = StringIO()
    call_command("audit_verify", "--tenant", sealed.slug, stdout=out)
    assert "12 entries under 3 seals as they were" in out.getvalue()
    pk = entries(sealed)[4]
    mutate(sealed, OF.format("object_repr = 'other'", pk))
    with pytest.raises(CommandError, match="1 broken"):
        call_command("audit_verify", stdout=out)
    assert f"BROKEN: The entry {pk} was changed after it was sealed." in out.getvalue()
    with pytest.raises(CommandError, match="no organisation"):
        call_command("audit_verify", "--tenant", "nowhere", stdout=out)


def test_an_admin_asks_over_the_api(api, ada, in_acme):
    client = api(ada)
    write(1)
    seal_entries()
    told = client.get(VERIFY).json()
    assert (told["intact"], told["broken"], told["entries"] > 0) == (True, None, True)
    held = told["last_seal"]["seal"]
    assert client.get(f"{VERIFY}?seal={held}").json()["intact"]
    other = client.get(f"{VERIFY}?seal={'0' * 64}").json()
    assert (other["intact"], other["broken"]["what"]) == (False, "seal_unknown")
    assert_refused(client.get(f"{VERIFY}?seal=short"), 400, attr="seal")


def test_only_who_may_read_the_trail_asks(api, max_, eve):
    for person in (max_, eve):
        assert_refused(api(person).get(VERIFY), 403)

"""Who hears: whoever is signed in to this office, and no longer than that."""

import pytest

from accounts.models import RefreshFamily, User
from accounts.sign_ins import end_all_sessions
from tasks.models import Task
from tenants.context import tenant_transaction
from tests.live.conftest import join
from tests.live.running import session_of


def write(office, eve, title="Water"):
    with tenant_transaction(office):
        Task.objects.create(title=title, creator=eve)


def host_of(office):
    return f"{office.slug}.localhost"


@pytest.fixture
def line(committed, eve, dial):
    return dial(host_of(committed), session_of(eve, committed))


def test_somebody_who_is_signed_in_hears_of_a_change(committed, eve, line):
    write(committed, eve)
    assert line.words() == "tasks"
    assert line.answer.headers["Cache-Control"] == "no-store"
    assert line.answer.headers["Content-Type"].startswith("text/event-stream")


def test_nothing_is_heard_of_another_office(committed, eve, elsewhere, line):
    write(elsewhere, join(elsewhere))
    write(committed, eve)
    # What comes first is what was said last: nothing came before it.
    assert line.words() == "tasks"
    with tenant_transaction(committed):
        User.objects.filter(pk=eve.pk).update(full_name="Eva")
    assert line.words() == "accounts"


def test_strangers_hear_nothing(committed, eve, elsewhere, dial):
    mine, theirs = session_of(eve, committed), session_of(join(elsewhere), elsewhere)
    for host, session in (
        (host_of(committed), ""),
        (host_of(committed), "x" * 32),
        (host_of(committed), theirs),
        (host_of(elsewhere), mine),
        ("nobody.localhost", mine),
        ("localhost", mine),
        (f"{host_of(committed)}@{host_of(elsewhere)}", mine),
    ):
        assert dial(host, session).status == 403, (host, session)


def test_nothing_in_a_request_names_a_channel(committed, eve, elsewhere, dial):
    other = str(elsewhere.pk)
    line = dial(
        *(host_of(committed), session_of(eve, committed)),
        path=f"/live?channel=cache:{other}:1:live&tenant={other}",
        **{"X-Tenant": other, "X-Forwarded-Host": host_of(elsewhere), "Last-Event-ID": other},
    )
    write(elsewhere, join(elsewhere))
    write(committed, eve)
    assert line.words() == "tasks"
    for path in (f"/live/{other}", "/tasks", "/", "/live/../tasks"):
        assert dial(host_of(committed), "", path=path).status == 404


def test_a_page_of_another_origin_is_sent_away(committed, eve, elsewhere, dial):
    session = session_of(eve, committed)
    for origin in (f"http://{host_of(elsewhere)}:8000", "https://evil.example", "null"):
        answer = dial(host_of(committed), session, Origin=origin)
        assert answer.status == 403
        assert answer.answer.headers["Access-Control-Allow-Origin"] is None
    own = f"http://{host_of(committed)}:8000"
    line = dial(host_of(committed), session, Origin=own)
    assert line.answer.headers["Access-Control-Allow-Origin"] == own


def test_whoever_signs_out_hears_nothing_more(committed, eve, line):
    with tenant_transaction(committed):
        end_all_sessions(user=eve, why="ended")
    assert line.until("data: tasks") == ""


def test_whoever_is_no_longer_active_hears_nothing_more(committed, eve, line):
    with tenant_transaction(committed):
        User.objects.filter(pk=eve.pk).update(is_active=False)
    assert line.until("data: tasks") == ""


def test_a_session_whose_end_has_come_opens_nothing(committed, eve, dial):
    session = session_of(eve, committed)
    with tenant_transaction(committed):
        RefreshFamily.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert dial(host_of(committed), session).status == 403


def test_one_session_has_only_so_many_lines(committed, eve, dial):
    session = session_of(eve, committed)
    lines = [dial(host_of(committed), session) for _ in range(13)]
    assert [line.status for line in lines] == [200] * 12 + [503]

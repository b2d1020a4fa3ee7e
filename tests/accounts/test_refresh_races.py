"""Several requests with one refresh token at the same time, with real threads and real commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import RefreshFamily
from accounts.services import create_user
from accounts.sessions import begin_session, refresh
from common.errors import UnauthenticatedError
from tenants.context import tenant_transaction
from tests.conftest import PASSWORD

THREADS = 6


@pytest.fixture
def token(committed) -> str:
    """The refresh token of a committed session."""
    with tenant_transaction(committed):
        person = create_user(
            email="race@umbrella.example", full_name="Race", role="employee", password=PASSWORD
        )
        return begin_session(user=person)["refresh_token"]


def at_once(work) -> list:
    """Run `work` in several threads that start together; return what each came to."""
    barrier = Barrier(THREADS)

    def one(_number):
        try:
            barrier.wait(timeout=10)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def family(tenant) -> RefreshFamily:
    with tenant_transaction(tenant):
        return RefreshFamily.objects.get()


@pytest.mark.parametrize("_round", range(3))
def test_of_refreshes_that_overlap_exactly_one_wins(committed, token, _round):
    received_at = timezone.now()

    def work():
        try:
            return refresh(raw_token=token, received_at=received_at)
        except UnauthenticatedError:
            return None

    winners = [pair for pair in at_once(work) if pair]
    assert len(winners) == 1
    assert family(committed).ended_at is None
    assert refresh(raw_token=winners[0]["refresh_token"], received_at=timezone.now())


def test_the_same_through_http(committed, token):
    def work():
        client = APIClient(HTTP_HOST="localhost", raise_request_exception=False)
        return client.post("/api/v1/auth/refresh", {"refresh_token": token})

    # So that all are received before one is answered, whatever the scheduler does.
    gate = Barrier(THREADS)
    from accounts import sessions

    plain = sessions.read_refresh_token

    def waiting(raw):
        gate.wait(timeout=10)
        return plain(raw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "read_refresh_token", waiting)
        answers = at_once(work)
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * (THREADS - 1)]
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    client = APIClient(HTTP_HOST="localhost", raise_request_exception=False)
    body = {"refresh_token": winner["refresh_token"]}
    assert client.post("/api/v1/auth/refresh", body).status_code == 200


def test_a_replay_after_the_race_ends_the_family_for_good(committed, token):
    winner = refresh(raw_token=token, received_at=timezone.now())
    with pytest.raises(UnauthenticatedError):
        refresh(raw_token=token, received_at=timezone.now() + timedelta(milliseconds=1))
    # The refusal did not roll back what it wrote.
    assert family(committed).ended_why == "reuse"
    with pytest.raises(UnauthenticatedError):
        refresh(raw_token=winner["refresh_token"], received_at=timezone.now())


def test_a_replay_through_http_ends_the_family_for_good(committed, token):
    client = APIClient(HTTP_HOST="localhost", raise_request_exception=False)
    codes = [
        client.post("/api/v1/auth/refresh", {"refresh_token": token}).status_code for _ in range(2)
    ]
    assert codes == [200, 401]
    assert family(committed).ended_why == "reuse"


def test_signing_out_while_a_refresh_runs_leaves_no_open_session(committed, token):
    client = APIClient(HTTP_HOST="localhost", raise_request_exception=False)

    def work():
        client.post("/api/v1/auth/logout", {"refresh_token": token})
        try:
            return refresh(raw_token=token, received_at=timezone.now())
        except UnauthenticatedError:
            return None

    at_once(work)
    assert family(committed).ended_at is not None

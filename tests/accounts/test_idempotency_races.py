"""A hundred equal requests at the same time, with real threads and real commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep

import pytest
import requests
from django.db import connections

from accounts.answer_models import KeptAnswer
from accounts.services import create_user
from accounts.sessions import begin_session
from tasks.models import Task
from tenants.context import tenant_transaction
from tests.conftest import PASSWORD, OfficeClient
from tests.served import serving_office

REQUESTS = 100
# Who is told to come again while the first is at it; all asking at once would only hold that up.
PAUSE = 0.5
DOORS = [
    ("/api/v1/tasks", {"title": "Order badges"}),
    ("/api/v1/tasks/from-text", {"text": "Order badges tomorrow at 3pm"}),
]


@pytest.fixture
def token(committed) -> str:
    with tenant_transaction(committed):
        una = create_user(
            email="una@umbrella.example", full_name="Una", role="admin", password=PASSWORD
        )
        return begin_session(user=una)["access_token"]


@pytest.mark.parametrize(("path", "body"), DOORS)
def test_a_hundred_at_once_make_one_and_get_one_answer(committed, token, path, body, settings):
    settings.API_RATES = None
    gate = Barrier(REQUESTS)

    def ask(_number):
        client = OfficeClient(HTTP_HOST="localhost", raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        told = []
        try:
            gate.wait(timeout=60)
            give_up_at = monotonic() + 120
            while monotonic() < give_up_at:
                answer = client.post(path, body, HTTP_IDEMPOTENCY_KEY="one-key")
                if answer.status_code != 409:
                    return told, answer
                told.append(answer.json()["errors"][0]["code"])
                sleep(PAUSE)
            raise AssertionError("never answered")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(REQUESTS) as pool:
        found = list(pool.map(ask, range(REQUESTS)))
    answers = [answer for _told, answer in found]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    first = [answer for answer in answers if "Idempotent-Replayed" not in answer.headers]
    assert len(first) == 1
    assert {code for told, _answer in found for code in told} <= {"idempotency_key_in_use"}
    with tenant_transaction(committed):
        assert Task.objects.count() == 1
        assert KeptAnswer.objects.count() == 1


def test_a_hundred_at_once_over_http_get_one_answer(committed, settings):
    """The same with sockets and a server between."""
    settings.API_RATES = None
    gate = Barrier(REQUESTS)
    with serving_office(committed) as (address, admin), ThreadPoolExecutor(REQUESTS) as pool:
        headers = {"Authorization": f"Bearer {admin}", "Idempotency-Key": "one-key"}

        def ask(_number):
            gate.wait(timeout=60)
            give_up_at = monotonic() + 120
            while monotonic() < give_up_at:
                answer = requests.request(
                    "POST", f"{address}{DOORS[0][0]}", json=DOORS[0][1], headers=headers, timeout=60
                )
                if answer.status_code != 409:
                    return answer
                sleep(PAUSE)
            raise AssertionError("never answered")

        answers = list(pool.map(ask, range(REQUESTS)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    with tenant_transaction(committed):
        assert Task.objects.count() == 1

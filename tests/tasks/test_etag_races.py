"""Fifty who change one state at the same time: one of them does, in every round."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from accounts.models import AuditEntry
from tasks.models import Task
from tenants.context import tenant_transaction
from tests.served import serving_office

WRITERS, ROUNDS = 50, 5
OF_A_TASK = {"title": "Water the plants", "priority": "low"}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_of_fifty_changes_of_one_state_one_wins_each_round(committed, method, settings):
    settings.API_RATES = None
    with serving_office(committed) as (address, token), ThreadPoolExecutor(WRITERS) as pool:
        headers = {"Authorization": f"Bearer {token}"}
        tasks = f"{address}/api/v1/tasks"
        made = requests.request("POST", tasks, json=OF_A_TASK, headers=headers, timeout=60)
        task, tag = f"{tasks}/{made.json()['id']}", made.headers["ETag"]
        for turn in range(ROUNDS):
            gate = Barrier(WRITERS)

            def change(number, gate=gate, tag=tag, turn=turn):
                body = {"title": f"Of {number} in {turn}"}
                gate.wait(timeout=60)
                sent = {**headers, "If-Match": tag}
                return requests.request(method, task, json=body, headers=sent, timeout=120)

            answers = list(pool.map(change, range(WRITERS)))
            [won] = [answer for answer in answers if answer.status_code == 200]
            lost = [answer for answer in answers if answer is not won]
            assert {answer.status_code for answer in lost} == {412}
            codes = {answer.json()["errors"][0]["code"] for answer in lost}
            assert codes == {"precondition_failed"}
            now = requests.request("GET", task, headers=headers, timeout=60)
            assert (now.json()["title"], now.headers["ETag"]) == (
                won.json()["title"],
                won.headers["ETag"],
            )
            assert now.headers["ETag"] != tag
            tag = now.headers["ETag"]
    with tenant_transaction(committed):
        changed = AuditEntry.objects.filter(object_pk=Task.objects.get().pk)
        assert changed.count() == 1 + ROUNDS

"""The path of the seed, once, through the API."""

import time_machine

SEED = "remind finance to approve Acme invoice tomorrow at 3pm"


@time_machine.travel("2024-05-14T10:00:00Z", tick=False)
def test_the_seed_sentence_becomes_sarahs_task(api, ada, sarah):
    answer = api(ada).post("/api/v1/tasks/from-text", {"text": SEED}).json()
    assert answer["title"] == "Approve Acme invoice"
    assert answer["description"] == SEED
    assert (answer["assignee_id"], answer["assignee_name"]) == (str(sarah.pk), "Sarah Finance")
    assert answer["due_date"] == "2024-05-15T15:00:00Z"
    assert (answer["priority"], answer["status"]) == ("medium", "pending")
    assert answer["reminder_set"] is True

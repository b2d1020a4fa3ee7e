"""Random JSON, well-formed and hostile, never makes a write of a task answer with a 5xx."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tasks.test_bad_input import BAD, TASKS, check_shape

TEXT = st.text(st.characters(codec=None), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | TEXT
    | st.datetimes(timezones=st.timezones()).map(str)
    | st.uuids().map(str)
    | st.sampled_from(["low", "done", "FREQ=DAILY", "RRULE:FREQ=YEARLY;BYMONTH=2", "UTC"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from([*BAD, "id", "source", "reminder_set"]) | TEXT
BODY = st.dictionaries(NAMES, VALUES, max_size=6) | VALUES


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=BODY, with_title=st.booleans())
def test_random_json_never_breaks_anything(body, with_title, api, ada, task):
    client = api(ada)
    if with_title and isinstance(body, dict):
        body = {**body, "title": "x"}
    data = json.dumps(body).encode()
    for method, address in (("post", TASKS), ("patch", f"{TASKS}/{task.pk}")):
        answer = getattr(client, method)(address, data, content_type="application/json")
        assert answer.status_code < 500, answer.content
        if answer.status_code >= 400:
            check_shape(answer)

"""Notes over the API: who sees and changes them, what they said before, how they are found."""

import pytest

from accounts.staff import create_role
from notes.markdown import html_of
from notes.models import Note, NoteVersion
from notes.services import NewNote, create_note

URL = "/api/v1/notes"


@pytest.fixture
def write(eve):
    """`write(title="Minutes")` is a note of Eve's."""
    return lambda by=None, **values: create_note(
        new=NewNote(**{"title": "Minutes", **values}), by=by or eve
    )


def one(note):
    return f"{URL}/{note.pk}"


def titles(answer):
    return [row["title"] for row in answer.json()["results"]]


# --- Writing


def test_a_note_is_stored_and_shown_with_safe_html(api, eve, max_):
    body = {
        "title": "Kick-off",
        "body": "# Plan\n\nWe **begin**.\n",
        "kind": "meeting",
        "tags": ["acme", "plan", "acme"],
        "visibility": "office",
        "attendee_ids": [str(max_.pk)],
    }
    answer = api(eve).post(URL, body)
    assert answer.status_code == 201
    told = answer.json()
    assert told["html"] == "<h1>Plan</h1>\n<p>We <strong>begin</strong>.</p>\n"
    assert told["tags"] == ["acme", "plan"]
    assert (told["author_id"], told["author_name"]) == (str(eve.pk), eve.full_name)
    assert (told["version"], told["kind"], told["source"]) == (1, "meeting", "api")
    assert api(eve).get(f"{URL}/{told['id']}").headers["ETag"] == answer.headers["ETag"]


def test_a_note_is_private_unless_said_otherwise(api, eve):
    assert api(eve).post(URL, {"title": "x"}).json()["visibility"] == "private"


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": "x" * 500_001}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"kind": "poem"}, "kind"),
        ({"visibility": "world"}, "visibility"),
        ({"tags": ["x" * 51]}, "tags.0"),
        ({"tags": ["x"] * 21}, "tags"),
        ({"attendee_ids": ["nobody"]}, "attendee_ids.0"),
        ({"attendee_ids": ["00000000-0000-4000-8000-000000000000"]}, "attendee_ids"),
        ({"colour": "blue"}, "colour"),
        ({"author_id": "00000000-0000-4000-8000-000000000000"}, "author_id"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(changes, attr, api, eve):
    answer = api(eve).post(URL, {"title": "Minutes"} | changes)
    assert answer.status_code == 400
    assert attr in {error["attr"] for error in answer.json()["errors"]}
    assert not Note.objects.exists()


def test_the_largest_text_with_the_widest_letters_is_stored_and_found(api, eve):
    words = " ".join(f"{number:x}日本語" for number in range(60_000))[:500_000]
    answer = api(eve).post(URL, {"title": "Big", "body": words[:200_000]})
    assert answer.status_code == 201
    assert titles(api(eve).get(URL, {"search": "Big"})) == ["Big"]
    assert titles(api(eve).get(URL, {"search": words[100_000:].split()[1]})) == ["Big"]


# --- Who sees and changes what


@pytest.mark.parametrize(
    ("values", "seen"),
    [({}, False), ({"visibility": "office"}, True), ({"attended": True}, True)],
)
def test_colleagues_see_what_is_the_offices_or_where_they_were(
    values, seen, api, eve, sarah, write
):
    if values.pop("attended", False):
        values["attendee_ids"] = [sarah.pk]
    note = write(**values)
    assert api(sarah).get(one(note)).status_code == (200 if seen else 404)
    assert titles(api(sarah).get(URL)) == (["Minutes"] if seen else [])
    assert api(eve).get(one(note)).status_code == 200


def test_admins_and_managers_see_all_that_the_office_has_written(api, ada, max_, write):
    note = write()
    for reader in (ada, max_):
        assert api(reader).get(one(note)).status_code == 200
        assert titles(api(reader).get(URL)) == ["Minutes"]


@pytest.mark.parametrize(
    ("grants", "status"),
    [
        ({"note:read", "user:read", "task:assign"}, 200),
        ({"note:read", "user:read"}, 404),
        ({"note:read", "task:assign"}, 404),
        ({"user:read", "task:assign"}, 403),
    ],
)
def test_a_role_of_the_offices_own_sees_all_with_the_grants_of_a_manager(
    grants, status, api, ada, sarah, write
):
    sarah.role = create_role(name="lead", permissions=sorted(grants), by=ada)
    sarah.save()
    assert api(sarah).get(one(write())).status_code == status


def test_only_its_author_and_admins_change_a_note(api, eve, max_, ada, write):
    note = write(visibility="office")
    assert api(max_).patch(one(note), {"title": "Mine"}).status_code == 403
    assert api(eve).patch(one(note), {"title": "Better"}).json()["title"] == "Better"
    assert api(ada).patch(one(note), {"title": "Best"}).json()["title"] == "Best"


def test_a_note_is_deleted_with_its_versions(api, ada, write):
    note = write()
    assert api(ada).delete(one(note)).status_code == 204
    assert not NoteVersion.objects.exists()


def test_who_changes_what_changed_meanwhile_is_told(api, eve, write):
    note, client = write(), api(eve)
    tag = client.get(one(note)).headers["ETag"]
    assert client.patch(one(note), {"body": "One"}, headers={"If-Match": tag}).status_code == 200
    assert client.patch(one(note), {"body": "Two"}, headers={"If-Match": tag}).status_code == 412


def test_whoever_leaves_hands_on_the_notes(api, ada, eve, max_, write):
    note = write()
    answer = api(ada).delete(f"/api/v1/admin/users/{eve.pk}")
    assert answer.status_code == 409
    api(ada).delete(f"/api/v1/admin/users/{eve.pk}?reassign_to={max_.pk}")
    note.refresh_from_db()
    assert note.author == max_


# --- What it said before


def test_each_new_text_is_a_version_that_can_be_looked_at_and_brought_back(api, eve, write):
    note, client = write(body="One\nTwo\n"), api(eve)
    client.patch(one(note), {"body": "One\nThree\n"})
    client.patch(one(note), {"tags": ["x"]})
    listed = client.get(f"{one(note)}/versions").json()["results"]
    assert [row["number"] for row in listed] == [2, 1]
    second, first = (f"{one(note)}/versions/{row['id']}" for row in listed)
    shown = client.get(second).json()
    assert "-Two\n+Three" in shown["diff"]
    restored = client.post(f"{first}/restore")
    assert restored.status_code == 200
    assert (restored.json()["body"], restored.json()["version"]) == ("One\nTwo\n", 3)
    assert client.post(f"{one(note)}/versions/{note.pk}/restore").status_code == 404


def test_versions_are_seen_by_whoever_sees_the_note(api, max_, sarah, write):
    note = write()
    first = f"versions/{note.versions.get().pk}"
    for url in ("versions", first):
        assert api(sarah).get(f"{one(note)}/{url}").status_code == 404
        assert api(max_).get(f"{one(note)}/{url}").status_code == 200
    assert api(sarah).post(f"{one(note)}/{first}/restore").status_code == 404


def test_others_cannot_bring_back_an_old_text(api, max_, write):
    note = write(visibility="office")
    first = note.versions.get()
    assert api(max_).post(f"{one(note)}/versions/{first.pk}/restore").status_code == 403


def test_the_version_of_another_note_is_none_of_this_one(api, eve, write):
    note, other = write(), write()
    url = f"{one(note)}/versions/{other.versions.get().pk}"
    assert api(eve).get(url).status_code == 404
    assert api(eve).post(f"{url}/restore").status_code == 404


# --- Finding


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"search": "budgets"}, ["Budget"]),
        ({"search": "travelling"}, ["Trip"]),
        ({"search": '"new office"'}, ["Trip"]),
        ({"search": "budget -yearly"}, []),
        ({"search": "udge"}, ["Budget"]),
        ({"search": "' OR 1=1 --"}, []),
        ({"search": "&|!():*"}, []),
        ({"kind": "policy"}, ["Trip"]),
        ({"tag": "money"}, ["Budget"]),
        ({"visibility": "office"}, ["Trip"]),
        ({"ordering": "title"}, ["Budget", "Trip"]),
        ({"ordering": "-title"}, ["Trip", "Budget"]),
        ({"since": "2999-01-01T00:00:00Z"}, []),
    ],
)
def test_notes_are_found(asked, found, api, eve, write):
    write(title="Budget", body="The yearly budget is due.", tags=["money"])
    write(title="Trip", body="We travel to the new office.", kind="policy", visibility="office")
    answer = api(eve).get(URL, asked)
    assert answer.status_code == 200
    assert titles(answer) == found


@pytest.mark.parametrize(
    "asked",
    [
        *("bugdet", "yeerly budget", "Yearlly budgets", "the bugdet", "bdget", "budgets vacaton"),
        *("aproval", "recieved"),
    ],
)
def test_a_slip_of_the_finger_finds_it_all_the_same(asked, api, eve, write):
    write(title="Trip", body="We travel to the new office.")
    write(title="Money", body="The yearly budget for vacation was received for approval.")
    assert titles(api(eve).get(URL, {"search": asked})) == ["Money"]


@pytest.mark.parametrize("asked", ['"bugdet"', "bugdet -trip", "bug", "with", "zebra crossing"])
def test_what_is_asked_for_precisely_is_not_guessed(asked, api, eve, write):
    write(title="Money", body="The yearly budget is due.")
    assert titles(api(eve).get(URL, {"search": asked})) == []


def test_what_fits_best_comes_first(api, eve, write):
    write(title="Budget", body="It is due.")
    write(title="Lunch", body="The budget was no topic. " + "We ate and talked a lot. " * 20)
    write(title="Money", body="The budget, the whole budget, and nothing but the budget.")
    assert titles(api(eve).get(URL, {"search": "budget"})) == ["Budget", "Money", "Lunch"]
    answer = api(eve).get(URL, {"search": "budget", "ordering": "title"})
    assert titles(answer) == ["Budget", "Lunch", "Money"]


def test_a_slip_finds_nothing_of_what_one_may_not_read(api, eve, sarah, write):
    write(title="Money", body="The yearly budget is due.")
    assert titles(api(sarah).get(URL, {"search": "bugdet"})) == []


def test_the_last_word_of_the_longest_note_is_found(api, eve, write):
    body = " ".join(f"w{number % 9973}" for number in range(100_000))[:499_980]
    write(title="Long", body=f"{body} the very last zebra")
    assert titles(api(eve).get(URL, {"search": "zebra"})) == ["Long"]
    assert titles(api(eve).get(URL, {"search": "zebar"})) == ["Long"]


def test_a_note_is_linked_with_tasks_that_one_may_read(api, eve, sarah, task, write):
    note, url = write(visibility="office"), f"{URL}?task={task.pk}"
    ids = [str(task.pk)]
    assert titles(api(eve).get(url)) == []
    assert api(eve).patch(one(note), {"task_ids": ids}).json()["task_ids"] == ids
    assert titles(api(eve).get(url)) == ["Minutes"]
    assert api(sarah).get(one(note)).json()["task_ids"] == []
    assert titles(api(sarah).get(url)) == []
    other = write(by=sarah)
    refused = api(sarah).patch(one(other), {"task_ids": ids})
    assert refused.json()["errors"][0]["code"] == "unknown_task"


def test_a_note_is_linked_with_events_that_one_may_read(api, max_, sarah, write):
    """Of a private event of Max others see the time alone, and not that it has notes."""
    start = {"start": "2024-05-15T09:00:00+02:00"}
    open_, private = (
        api(max_).post("/api/v1/calendar/events", {"title": name, **start, **more}).json()["id"]
        for name, more in (("Planning", {}), ("Doctor", {"visibility": "busy"}))
    )
    note = write(by=max_, visibility="office")
    told = api(max_).patch(one(note), {"event_ids": [private, open_]}).json()
    assert told["event_ids"] == [private, open_]
    assert api(sarah).get(one(note)).json()["event_ids"] == [open_]
    for event, who, found in ((open_, max_, ["Minutes"]), (private, max_, ["Minutes"]),
                              (open_, sarah, ["Minutes"]), (private, sarah, [])):  # fmt: skip
        assert titles(api(who).get(f"{URL}?event={event}")) == found
    other = write(by=sarah)
    refused = api(sarah).patch(one(other), {"event_ids": [private]})
    assert refused.json()["errors"][0]["code"] == "unknown_event"
    kept = api(sarah).patch(one(other), {"event_ids": [open_]}).json()
    assert kept["event_ids"] == [open_]


@pytest.mark.parametrize("asked", [{"kind": "x"}, {"ordering": "body"}, {"author": "me"}])
def test_a_question_that_makes_no_sense_is_refused(asked, api, eve):
    assert api(eve).get(URL, asked).status_code == 400


# --- What a page shows of it


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "![track](https://evil.example/pixel.png)",
        "<a href='javascript:x' onclick='y'>z</a>",
        "<svg/onload=alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_markdown_cannot_act(hostile):
    shown = html_of(hostile).lower()
    for bad in ("<script", "<img", "<svg", 'href="javascript', 'href="data', "<a href='"):
        assert bad not in shown


def test_links_say_nothing_of_where_they_came_from():
    assert html_of("[a](https://example.com)") == (
        '<p><a href="https://example.com" rel="noopener noreferrer nofollow">a</a></p>\n'
    )


def test_tables_and_lists_are_shown():
    assert "<table>" in html_of("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "<li>" in html_of("- a\n- b\n")
    assert "<br" in html_of("Ada: yes\nMax: no\n")

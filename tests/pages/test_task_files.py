"""Files on the page of a task: put there, fetched, taken away, each with its undo."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from tasks.attaching import add_file
from tasks.models import TaskFile
from tasks.talking import add_comment
from tenants.uploads import Upload
from tests.pages.conftest import text_of


def put(task, by, name="plants.csv", content=b"plant,day\n"):
    return add_file(task=task, upload=Upload(name, [content]), by=by)


def files(*names):
    return {"file": [SimpleUploadedFile(name, b"x") for name in names]}


def test_files_are_put_there_and_each_can_be_taken_back(browser, task, eve):
    client, path = browser(eve), f"/tasks/{task.pk}"
    answer = client.post(f"{path}/files", files("a.txt", "b.txt", "c.png"))
    assert answer.url == path
    page = client.get(path)
    text = text_of(page)
    for words in (
        "“a.txt” is put beside the task.",
        "“b.txt” is put beside the task.",
        "“c.png”: The name ends in .png, but the content is something else.",
        "Files 2",
        "1 byte · Eve Employee · Today",
    ):
        assert words in text
    tokens = re.findall(r'name="undo_token" value="([^"]+)"', page.content.decode())
    assert len(tokens) == 2
    client.post("/quick-add/undo", {"undo_token": tokens[0], "next": path})
    assert TaskFile.objects.count() == 1


def test_a_file_is_taken_away_and_brought_back(browser, task, eve):
    client, path = browser(eve), f"/tasks/{task.pk}"
    file = put(task, eve)
    answer = client.post(f"{path}/files/{file.pk}/take-away")
    assert (answer.url, TaskFile.objects.count()) == (path, 0)
    page = client.get(path)
    assert "“plants.csv” is taken away." in text_of(page)
    [token] = re.findall(r'name="undo_token" value="([^"]+)"', page.content.decode())
    client.post("/quick-add/undo", {"undo_token": token, "next": path})
    assert TaskFile.objects.get().filename == "plants.csv"
    assert b"".join(client.get(f"{path}/files/{file.pk}").streaming_content) == b"plant,day\n"


def test_more_files_than_are_taken_at_once_are_told_of(browser, task, eve):
    client, path = browser(eve), f"/tasks/{task.pk}"
    client.post(f"{path}/files", files(*(f"{number}.txt" for number in range(12))))
    text = text_of(client.get(path))
    assert "At most 10 files at once: the others were not taken." in text
    assert TaskFile.objects.count() == 10


def test_no_file_is_a_word_in_place(browser, task, eve):
    client = browser(eve)
    client.post(f"/tasks/{task.pk}/files")
    assert "Choose a file first." in text_of(client.get(f"/tasks/{task.pk}"))


def test_what_one_may_not_see_has_no_files(browser, task, eve, sarah):
    file, client, path = put(task, eve), browser(sarah), f"/tasks/{task.pk}/files"
    assert client.post(path, files("a.txt")).status_code == 404
    assert client.get(f"{path}/{file.pk}").status_code == 404
    assert client.post(f"{path}/{file.pk}/take-away").status_code == 404
    assert TaskFile.objects.count() == 1


def test_a_name_is_only_text(browser, task, eve):
    put(task, eve, name="<script>alert(1)<.txt")
    html = browser(eve).get(f"/tasks/{task.pk}").content.decode()
    assert "<script>alert" not in html


def test_a_page_that_stands_open_is_told_of_comments_and_files(browser, task, eve, ada):
    """What is said or put there makes it old; each can be exchanged where it stands."""
    file, said = put(task, eve), add_comment(task=task, body="@Eve", by=ada)
    html = browser(eve).get(f"/tasks/{task.pk}").content.decode()
    assert 'data-live="tasks"' in html
    assert f'data-key="file-{file.pk}"' in html
    assert f'data-key="comment-{said.pk}"' in html


def test_reading_alone_shows_files_and_no_form(browser, task, eve):
    put(task, eve)
    eve.role.permissions = ["task:read"]
    eve.role.save()
    html = browser(eve).get(f"/tasks/{task.pk}").content.decode()
    assert "plants.csv" in html
    assert "take-away" not in html
    assert "multipart" not in html


def test_many_files_and_comments_cost_as_many_queries_as_one(
    browser, task, eve, ada, django_assert_max_num_queries
):
    client, path = browser(eve), f"/tasks/{task.pk}"
    client.get(path)
    for number in range(20):
        put(task, eve, name=f"{number}.txt")
        task.comments.create(author=ada, body=f"@Eve {number}").mentions.create(
            person=eve, words="Eve"
        )
    task.comments.first().mentions.update(read_at=None)
    client.get(path)
    with django_assert_max_num_queries(15):
        client.get(path)

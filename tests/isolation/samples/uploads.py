"""A good file for each operation that takes one, beside its good request."""

from tests.isolation.samples.calendar_app import ICS

# The field of the form, the file's name, what stands in it.
UPLOADS: dict[tuple[str, str], tuple[str, str, bytes]] = {
    # A form without a file.
    ("PATCH", "document"): ("", "", b""),
    ("POST", "calendar-import"): ("file", "plants.ics", ICS.encode()),
    ("POST", "task-files"): ("file", "plants.csv", b"plant,day\npalm,Friday\n"),
    ("POST", "documents"): ("file", "leave.md", b"# Leave\n\nThirty days a year."),
    ("POST", "document-revisions"): ("file", "plants.txt", b"On Mondays as well."),
}

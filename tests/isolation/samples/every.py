"""The samples of all apps as one table."""

from tests.isolation.samples.accounts import ACCOUNTS
from tests.isolation.samples.assistant import ASSISTANT
from tests.isolation.samples.calendar_app import CALENDAR
from tests.isolation.samples.channels import CHANNELS
from tests.isolation.samples.documents import DOCUMENTS
from tests.isolation.samples.notes import NOTES
from tests.isolation.samples.sample import Samples, nothing
from tests.isolation.samples.tasks import TASKS

SAMPLES: Samples = {
    **ACCOUNTS,
    **TASKS,
    **CHANNELS,
    **NOTES,
    **DOCUMENTS,
    **CALENDAR,
    **ASSISTANT,
    ("GET", "schema"): nothing,
    ("GET", "docs"): nothing,
}

"""Some work for the demo offices."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from tasks.models import Priority, Task
from tasks.services import NewTask, create_task

# Title, who does it (first name), due in hours, priority.
WORK = (
    ("Approve Acme invoice 4711", "sarah", 26, Priority.HIGH),
    ("Order new badges", "eve", 50, Priority.MEDIUM),
    ("Prepare the board meeting", "ada", 5, Priority.URGENT),
    ("Water the plants", "eve", None, Priority.LOW),
    ("Send the quarterly figures", "max", 74, Priority.MEDIUM),
)


def seed(office: str) -> None:
    """Add tasks for the people who are there; only Ada's office gets any."""
    people = {user.email.split("@")[0]: user for user in User.objects.with_rights()}
    author = people.get("ada")
    if author is None or Task.objects.exists():
        return
    this_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for title, first_name, hours, priority in WORK:
        due = this_hour + timedelta(hours=hours) if hours else None
        new = NewTask(
            title=title,
            assignee_id=people[first_name].pk,
            due_date=due,
            priority=priority,
            source="demo",
        )
        remind = 0 if due else None
        create_task(new=new, by=author, remind_minutes_before=remind)

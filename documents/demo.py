"""A few short policies for the demo office."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from documents.models import Document, Kind, Visibility
from documents.services import create_document, update_document
from tenants.uploads import Upload

VACATION = """\
# Vacation policy

Everybody has 28 days of paid vacation in each calendar year. New employees earn two days of
vacation in each month of their first year, and may take them from the fourth month on.

## Asking for vacation

Ask your manager at least two weeks ahead. Vacation of more than ten days in a row needs the
consent of the management. The answer comes within three working days.

## What is left over

Up to five days may be taken until the end of March of the next year. What is left after that
lapses.

# Illness

Tell your manager before nine o'clock on the first day. From the fourth day on we need a note
from a doctor.
"""
EXPENSES = """\
# Travel and expenses

Expenses are paid back within ten working days after they have been handed in. Hand them in
within thirty days, with a receipt for everything above 20 euros.

## Trains and flights

Trains are second class. Flights are for journeys of more than six hours by train, in economy
class.

## Meals

On a journey of a whole day up to 45 euros are paid for meals. Alcohol is not paid for.
"""
REMOTE = """\
# Working from home

Everybody may work from home on up to three days a week, agreed with their team. On Tuesdays all
teams meet in the office.

## Safety of data

Lock your screen whenever you leave it. Nobody prints customers' data at home. Whoever loses a
laptop or a telephone tells the IT desk within one hour, at any time of day.
"""
# Title, text, who owns it (first name), whether all are to sign it.
POLICIES = (
    ("Vacation policy", VACATION, "max", False),
    ("Travel and expenses", EXPENSES, "sarah", False),
    ("Working from home", REMOTE, "ada", True),
)
REVIEWED_AFTER = timedelta(days=365)


def seed(office: str) -> None:
    """Add policies that all may read; only Ada's office gets any."""
    people = {user.email.split("@")[0]: user for user in User.objects.with_rights()}
    author = people.get("ada")
    if author is None or Document.objects.exists():
        return
    for title, text, owner, is_signed in POLICIES:
        upload = Upload(f"{title}.md", [text.encode()])
        document = create_document(
            upload=upload, by=author, title=title, kind=Kind.POLICY, visibility=Visibility.OFFICE
        )
        changes = {
            "owner_id": people[owner].pk,
            "review_on": (timezone.now() + REVIEWED_AFTER).date(),
            "sign_by_all": is_signed,
        }
        update_document(document=document, changes=changes, by=author)

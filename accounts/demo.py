"""The people of the demo offices."""

from accounts.models import Team, TeamMembership, User
from accounts.services import create_user

PASSWORD = "office-demo-2024"  # noqa: S105  printed by `make run`
# Office, name, role, team. The first of a team takes what is given to the team.
PEOPLE = (
    ("acme", "Ada Admin", "admin", ""),
    ("acme", "Max Manager", "manager", ""),
    ("acme", "Eve Employee", "employee", "Marketing"),
    ("acme", "Sarah Finance", "employee", "Finance"),
    ("acme", "Omar Ledger", "employee", "Finance"),
    ("globex", "Mia Admin", "admin", ""),
    ("globex", "Sarah Sales", "employee", "Sales"),
)
OPERATOR = "operator@office.example"


def email_of(name: str, office: str) -> str:
    """Return the address of a demo person."""
    return f"{name.split(maxsplit=1)[0].lower()}@{office}.example"


LOGINS = [
    {"tenant": office, "email": email_of(name, office), "password": PASSWORD, "role": role}
    for office, name, role, _team in PEOPLE
] + [{"tenant": "", "email": OPERATOR, "password": PASSWORD, "role": "operator"}]


def seed(office: str) -> None:
    """Add the people and teams of one office; Max leads every team of acme."""
    for home, name, role, team_name in PEOPLE:
        if home != office:
            continue
        user = create_user(
            email=email_of(name, office), full_name=name, role=role, password=PASSWORD
        )
        if team_name:
            lead = User.objects.filter(role__name="manager").first()
            team, _made = Team.objects.get_or_create(name=team_name, defaults={"lead": lead})
            place = team.memberships.count()
            TeamMembership.objects.create(team=team, user=user, position=place)


def seed_operator() -> None:
    """Add somebody who may open the platform console; call it outside all tenants."""
    if not User.objects.filter(email=OPERATOR).exists():
        create_user(email=OPERATOR, full_name="Olga Operator", role="admin", password=PASSWORD)

"""The offices that are asked: one after another, since whoever may do all ends things too."""

from dataclasses import dataclass, field

import requests

from accounts.sessions import begin_session
from tenants.context import tenant_transaction
from tenants.plan_models import Tier
from tenants.services import change_tier, open_tenant
from tests.conftest import PEOPLE, hire, person
from tests.fuzz.known import Known
from tests.isolation.world import make_world

NAMES = {"admin": "ada", "manager": "max", "employee": "eve"}


@dataclass
class Person:
    """Somebody who asks as one role, and begins anew elsewhere when the office is of no use."""

    base: str
    role: str
    seed: int = 1
    token: str = ""
    offices: int = 0
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        self.known = Known(self.seed)

    def begin(self) -> None:
        """Open an office full of things, and sign in."""
        self.offices += 1
        office = change_tier(tenant=open_tenant(name="Acme"), tier=Tier.ENTERPRISE)
        with tenant_transaction(office):
            hire(PEOPLE["acme"])
            world = make_world(whole=True)
            user = person(f"{NAMES[self.role]}@acme.example")
            tokens = begin_session(user=user)
            self.token = tokens["access_token"]
            self.known.learn(world, tokens)

    def may_work(self) -> bool:
        """Tell whether the person is still let in."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request("GET", f"{self.base}/api/v1/tasks", headers=headers, timeout=30)
        return answer.status_code == requests.codes.ok

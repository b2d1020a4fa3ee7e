"""Strangers open the doors that are listed as open, and no other."""

from tests.isolation import promises
from tests.isolation.targets import targets

REFUSED = {401, 403, 404, 405}
SIGN_IN = ("/sign-in", "/admin/login/?")


def opened(answer):
    return answer.status not in REFUSED and not answer.location.startswith(SIGN_IN)


def test_strangers_open_the_listed_doors_only(attack):
    nobody, there = attack.arena.members["nobody"], set()
    for target in targets():
        if opened(attack.see(target.ask(nobody)).answer):
            there.add(target.path)
    new, gone = there - set(promises.OPEN_DOORS), set(promises.OPEN_DOORS) - there
    assert not new, f"{sorted(new)}: say in OPEN_DOORS of promises.py what it does for strangers."
    assert not gone, f"{sorted(gone)}: closed by now, so take its line out."


def test_programs_of_strangers_post_to_the_listed_addresses_only(attack):
    """Whatever takes a POST without a form's token from nobody is a way in for programs."""
    nobody, there = attack.arena.members["nobody"], set()
    for target in targets():
        if target.method == "post":
            ask = target.ask(nobody).but(cookies=())
            if opened(attack.see(ask).answer):
                there.add(target.path)
    new, gone = there - set(promises.WEBHOOKS), set(promises.WEBHOOKS) - there
    assert not new, f"{sorted(new)}: say in WEBHOOKS of promises.py how it knows who calls."
    assert not gone, f"{sorted(gone)}: closed by now, so take its line out."

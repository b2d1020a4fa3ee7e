"""Invitations: written by who may, good once, for seven days, until they are taken back."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from accounts.identity_models import Invitation
from accounts.invitations import GOOD_FOR, invite, revoke_invitation
from accounts.models import Role, User
from messaging.delivery import deliver
from messaging.models import OutgoingMessage
from tests.accounts.contract import assert_refused
from tests.accounts.letters import letters, token_in
from tests.plan_limits import allow

INVITATIONS, ACCEPT = "/api/v1/admin/invitations", "/api/v1/auth/invitations/accept"
IAN, STRONG = "ian@acme.example", "seven green umbrellas"


@pytest.fixture
def invitation(ada):
    return invite(email=IAN, full_name="Ian", role="employee", by=ada)


@pytest.fixture
def token(invitation):
    return token_in(letters("invitation")[-1])


def accept(stranger, token, **more):
    body = {"token": token, "password": STRONG, "full_name": "Ian Invited", **more}
    return stranger.post(ACCEPT, body)


def test_an_invitation_is_written_to_and_accepted_once(api, stranger, ada):
    made = api(ada).post(INVITATIONS, {"email": "Ian@Acme.example", "role": "manager"})
    assert made.status_code == 201, made.content
    assert made.json()["status"] == "open"
    assert made.json()["invited_by_id"] == str(ada.pk)
    (letter,) = letters("invitation")
    assert letter.address == IAN
    answer = accept(stranger, token_in(letter))
    assert answer.status_code == 200, answer.content
    ian = User.objects.get(email=IAN)
    assert (ian.role.name, ian.full_name) == ("manager", "Ian Invited")
    assert ian.email_verified_at is not None
    assert api(ian).get("/api/v1/auth/me").status_code == 200
    assert_refused(accept(stranger, token_in(letter)), 400, code="invalid_token", attr="token")
    assert api(ada).get(f"{INVITATIONS}/{made.json()['id']}").json()["status"] == "accepted"


def test_the_ledger_holds_no_link_that_opens_the_door(invitation):
    row = OutgoingMessage.objects.get(kind="invitation")
    assert "[link]" in row.text
    assert "[link]" in row.html
    assert "/invitation/" not in row.text + row.html + row.brief


def test_the_letter_really_goes_out_with_its_link(invitation, mailoutbox):
    deliver([OutgoingMessage.objects.get(kind="invitation").pk])
    (mail,) = mailoutbox
    assert mail.to == [IAN]
    assert "http://acme.localhost" in mail.body
    assert "[link]" not in mail.body + mail.alternatives[0].content


def test_one_that_was_taken_back_meanwhile_is_not_written_to(invitation, mailoutbox):
    revoke_invitation(invitation=invitation)
    deliver([OutgoingMessage.objects.get(kind="invitation").pk])
    assert mailoutbox == []


def test_it_ends_after_seven_days(stranger, token, time_machine):
    time_machine.move_to(timezone.now() + GOOD_FOR - timedelta(minutes=1))
    assert accept(stranger, token, password="short").json()["errors"][0]["code"] == "weak_password"
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert_refused(accept(stranger, token), 400, code="invalid_token")
    assert not User.objects.filter(email=IAN).exists()


def test_sending_again_ends_the_links_before_and_gives_seven_more_days(
    api, stranger, ada, invitation, token, time_machine
):
    time_machine.move_to(timezone.now() + timedelta(days=6))
    answer = api(ada).post(f"{INVITATIONS}/{invitation.pk}/resend")
    assert answer.status_code == 200
    time_machine.move_to(timezone.now() + timedelta(days=6))
    assert_refused(accept(stranger, token), 400, code="invalid_token")
    assert accept(stranger, token_in(letters("invitation")[-1])).status_code == 200


def test_one_that_was_taken_back_opens_nothing(api, stranger, ada, invitation, token):
    assert api(ada).delete(f"{INVITATIONS}/{invitation.pk}").status_code == 204
    assert_refused(accept(stranger, token), 400, code="invalid_token")
    assert_refused(
        api(ada).post(f"{INVITATIONS}/{invitation.pk}/resend"), 409, code="invitation_over"
    )


@pytest.mark.parametrize("changed", ["", "x", "forged", "other purpose"])
def test_a_forged_token_opens_nothing(stranger, token, invitation, acme, changed):
    claims = {"t": acme.pk.hex, "i": invitation.pk.hex, "n": 1}
    tokens = {
        "": "nonsense",
        "x": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "forged": signing.dumps(claims, key="another key", salt="accounts.invitation"),
        "other purpose": signing.dumps(claims, salt="accounts.password"),
    }
    assert_refused(accept(stranger, tokens[changed]), 400, code="invalid_token")


def test_a_token_of_another_office_opens_nothing_on_this_ones_host(stranger, token, globex):
    answer = stranger.post(
        ACCEPT, {"token": token, "password": STRONG, "full_name": "I"}, HTTP_HOST="globex.localhost"
    )
    assert_refused(answer, 400, code="invalid_token")


def test_rights_end_with_those_who_gave_them(stranger, ada, token):
    """Ada was demoted before Ian came: nobody comes in on her word any more."""
    ada.role = Role.objects.get(name="employee")
    ada.save()
    assert_refused(accept(stranger, token), 400, code="invalid_token")


def test_nobody_invites_to_more_rights_than_their_own(api, max_, ada):
    helper = Role.objects.create(name="helper", permissions=["user:create"])
    max_.role = helper
    max_.save()
    answer = api(max_).post(INVITATIONS, {"email": IAN, "role": "admin"})
    assert_refused(answer, 403, code="beyond_own_rights")
    by_ada = invite(email=IAN, role="admin", by=ada)
    answer = api(max_).post(f"{INVITATIONS}/{by_ada.pk}/resend")
    assert_refused(answer, 403, code="beyond_own_rights")


@pytest.mark.parametrize("email", ["eve@acme.example", "EVE@acme.example", IAN])
def test_who_is_there_or_was_invited_is_not_invited_again(api, ada, eve, invitation, email):
    answer = api(ada).post(INVITATIONS, {"email": email})
    assert_refused(answer, 409, code="email_taken", attr="email")


def test_what_ran_out_is_not_in_the_way(api, ada, invitation, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=8))
    listed = api(ada).get(f"{INVITATIONS}?status=expired").json()["results"]
    assert [row["id"] for row in listed] == [str(invitation.pk)]
    assert api(ada).post(INVITATIONS, {"email": IAN}).status_code == 201


def test_a_full_office_says_so_and_the_link_stays_good(stranger, token, acme):
    allow(acme, users=User.objects.count())
    answer = accept(stranger, token)
    assert answer.status_code == 402
    allow(acme, users=100)
    assert accept(stranger, token).status_code == 200


def test_the_page_lets_the_person_in(browser, token):
    client = browser()
    page = client.get(f"/invitation/{token}")
    assert b"ian@acme.example" in page.content
    weak = client.post(f"/invitation/{token}", {"full_name": "Ian", "password": "short"})
    assert weak.status_code == 400
    done = client.post(f"/invitation/{token}", {"full_name": "Ian", "password": STRONG})
    assert (done.status_code, done.url) == (302, "/")
    assert client.get("/").status_code == 200
    assert browser().get(f"/invitation/{token}").status_code == 400


def test_the_console_invites_sends_again_and_takes_back(browser, ada):
    client = browser(ada)
    role = Role.objects.get(name="employee")
    table = "/admin/accounts/invitation/"
    made = client.post(f"{table}add/", {"email": IAN, "full_name": "Ian", "role": role.pk})
    assert made.status_code == 302, made.content
    invitation = Invitation.objects.get(email=IAN)
    for action, field in (("resend", "number"), ("revoke", "revoked_at")):
        before = getattr(invitation, field)
        client.post(table, {"action": action, "_selected_action": [invitation.pk], "post": "yes"})
        invitation.refresh_from_db()
        assert getattr(invitation, field) != before
    assert b"revoked" in client.get(table).content

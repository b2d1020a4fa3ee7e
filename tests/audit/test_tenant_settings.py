"""An office's settings are in the trail as they are stored."""

import json

from accounts.models import AuditEntry
from tenants.context import public_context


def test_changed_settings_are_recorded_as_json(acme):
    with public_context():
        acme.settings.sms_enabled = False
        acme.save()
        entry = AuditEntry.objects.filter(object_pk=str(acme.pk)).first()
    old, new = map(json.loads, entry.changes["settings"])
    assert (old["sms_enabled"], new["sms_enabled"]) == (True, False)

"""The messaging app."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Owed messages and their delivery."""

    name = "messaging"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Tell the sweep what to do with messages and digests that are due."""
        from accounts.notices import register_carrier
        from connections.announcing import on_lost
        from messaging import delivery, digests, letters, reconnecting, telephones, trying
        from messaging.due import DueKind, MessageKind, register_due, register_message
        from messaging.notices import owe_notice, register_notices
        from messaging.services import retry_messages
        from messaging.unsubscribing import unsubscribe_url
        from tenants.archive.format import leave_out
        from tenants.moving import register_hand

        # Good for some minutes, at the address they were made for.
        leave_out(self.get_model("LinkCode")._meta.db_table)
        register_due("message", DueKind(handle=retry_messages))
        due = DueKind(handle=digests.owe_due_digests, plan=digests.planned_digests)
        register_due(digests.KIND, due)
        register_message(digests.KIND, MessageKind(unsubscribe_url=unsubscribe_url))
        # A code that came by another way would show nothing of the telephone.
        register_message(telephones.KIND, MessageKind(goes_on=False))
        # What came by another way would show nothing of this one.
        register_message(trying.KIND, MessageKind(goes_on=False))
        register_hand(delivery.is_sending)
        on_lost(reconnecting.tell_owner)
        register_message(letters.KIND, MessageKind(to_anybody=True))
        register_notices()
        register_carrier(owe_notice)

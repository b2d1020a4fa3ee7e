"""The calendar app."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """Calendars, events and rooms."""

    name = "calendar_app"
    verbose_name = "Calendar"

    def ready(self) -> None:
        """Tell the sweep and the ledger what comes."""
        from accounts.agenda import register_agenda
        from accounts.finding import register_finder
        from calendar_app import following, inviting, jobs, reminders, replies, rooms, tombstones
        from calendar_app.agenda import agenda
        from calendar_app.finding import EVENTS
        from calendar_app.sync import channels, running, services
        from connections.announcing import on_ended
        from messaging.due import DueKind, MessageKind, register_due, register_message
        from tenants.archive.format import leave_out

        # An address may be a secret.
        leave_out(self.get_model("Subscription")._meta.db_table)
        # They point to connected accounts, which are left out as well.
        for name in ("CalendarSync", "EventLink", "SyncChannel", "SyncConflict"):
            leave_out(self.get_model(name)._meta.db_table)
        due = DueKind(handle=reminders.owe_due_reminders, plan=reminders.planned_reminders)
        register_due(reminders.DUE_KIND, due)
        register_message(reminders.DUE_KIND, MessageKind(objections=reminders.objections))
        asked = MessageKind(objections=inviting.objections, to_anybody=True, goes_on=False)
        register_message(inviting.ASKED, asked)
        register_message(inviting.CALLED_OFF, MessageKind(to_anybody=True, goes_on=False))
        register_message(replies.ANSWERED, MessageKind())
        register_due(tombstones.DUE_KIND, DueKind(handle=tombstones.forget))
        register_due(following.DUE_KIND, DueKind(handle=jobs.fetch_due))
        register_message(following.HELD, MessageKind())
        register_due(services.DUE_KIND, DueKind(handle=jobs.sync_due))
        register_due(channels.DUE_KIND, DueKind(handle=jobs.renew_due))
        register_message(running.HELD, MessageKind())
        on_ended(channels.stop_all)
        register_message(rooms.ROOM_LOST, MessageKind())
        register_finder(EVENTS)
        register_agenda(agenda)
        register_due(rooms.DUE_KIND, DueKind(handle=rooms.book_more))

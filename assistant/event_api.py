"""`/api/v1/calendar/events/from-text`."""

from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import WaitingView, body_of
from accounts.permissions import Permission
from assistant.event_handlers import event_from_draft
from assistant.interpreter import Draft
from assistant.serializers import FromTextSerializer, ParseSerializer, parse_data
from assistant.services import read_text
from calendar_app.models import Event
from calendar_app.serializers import EventSerializer
from calendar_app.showing import show
from tenants.context import atomic, home_alias


class EventFromTextSerializer(EventSerializer):
    """The event, how it was understood, and what takes it back for 24 hours."""

    parse = ParseSerializer(read_only=True)
    undo_token = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="null where nothing was stored"
    )


class EventFromTextView(WaitingView):
    """An event out of a sentence."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": Permission.EVENT_CREATE}

    @extend_schema(
        request=FromTextSerializer,
        responses={200: EventFromTextSerializer, 201: EventFromTextSerializer},
    )
    def post(self, request: Request) -> Response:
        """Store the event (201), or with `dry_run` only show what was understood (200)."""
        body = body_of(request, FromTextSerializer)
        draft = read_text(text=body["text"], by=self.user)
        with atomic():
            written = event_from_draft(draft, text=body["text"], by=self.user, source="api")
            data = {**self.shown(written.event, draft), "undo_token": written.undo_token}
            if body["dry_run"]:
                # All that it would have written is taken back.
                transaction.set_rollback(True, using=home_alias())
            else:
                self.keep(Response(data, status=201))
        if body["dry_run"]:
            gone = ("id", "created_at", "updated_at", "undo_token")
            return Response({**data, **dict.fromkeys(gone)})
        return Response(data, status=201)

    def shown(self, event: Event, draft: Draft) -> dict[str, Any]:
        """Return the event and how it was understood."""
        stored = Event.objects.for_reading().get(pk=event.pk)
        return {**show(stored, self.user), "parse": parse_data(draft)}

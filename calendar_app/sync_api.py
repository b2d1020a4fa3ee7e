"""`/api/v1/calendar/syncs`: calendars that are kept equal with one at a vendor."""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, OfficeViewSet, body_of
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from calendar_app.jobs import run_sync, tell_no_more
from calendar_app.models import CalendarSync, SyncConflict
from calendar_app.sync.services import (
    accept_deletions,
    end_sync,
    link_calendar,
    start_sync,
    stop_sync,
    sync_now,
)
from calendar_app.sync_rows import SyncQuerySet
from common.api import StrictModelSerializer, StrictSerializer, checked, etag_of
from connections.models import ProviderName

Grants = dict[str, Permission | None]
VENDORS = [ProviderName.GOOGLE.value, ProviderName.MICROSOFT.value]


class SyncSerializer(StrictModelSerializer):
    """What a sync keeps equal, how the last one went, and when the next one comes."""

    calendar_id = serializers.UUIDField(read_only=True)
    connection_id = serializers.UUIDField(read_only=True)
    provider = serializers.CharField(source="connection.provider", read_only=True)
    account = serializers.CharField(source="connection.address", read_only=True)
    connection_state = serializers.CharField(source="connection.state", read_only=True)
    watched_until = serializers.SerializerMethodField()
    renews_at = serializers.SerializerMethodField()
    left_out = serializers.SerializerMethodField()

    class Meta:
        model = CalendarSync
        fields = (
            *("id", "calendar_id", "connection_id", "provider", "account", "connection_state"),
            *("remote_id", "remote_name", "read_only", "state", "preview", "synced_at", "next_at"),
            *("last_counts", "total_counts", "trouble", "held_deletions", "watched_until"),
            *("renews_at", "left_out", "created_at"),
        )

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_watched_until(self, sync: CalendarSync) -> Any:
        """Return until when the vendor tells of changes."""
        return max((row.ends_at for row in sync.channels.all()), default=None)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_renews_at(self, sync: CalendarSync) -> Any:
        """Return when the vendor is asked to go on telling."""
        return min((row.renew_at for row in sync.channels.all() if row.renew_at), default=None)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_left_out(self, sync: CalendarSync) -> list[str]:
        """Return why some events are on one side alone."""
        return sorted({link.trouble for link in sync.links.all()})


class LinkSerializer(StrictSerializer):
    """What to keep equal with what."""

    connection_id = serializers.UUIDField()
    remote_id = serializers.CharField(max_length=512, required=False, default="")
    calendar_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class EndSerializer(StrictSerializer):
    """Whether what came from the vendor goes as well."""

    purge = serializers.BooleanField(required=False, default=False)


class ConflictSerializer(StrictModelSerializer):
    """Something that both sides changed, and what the side that lost had said."""

    event_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = SyncConflict
        fields = ("id", "event_id", "title", "field", "lost", "lost_side", "created_at")


class SyncNowSerializer(StrictSerializer):
    """With whom to sync now."""

    provider = serializers.ChoiceField(choices=VENDORS)


class SyncedSerializer(StrictSerializer):
    """What was set off: the syncs, of which the first stands for the job."""

    job_id = serializers.UUIDField()
    syncs = serializers.ListField(child=serializers.UUIDField())


@extend_schema_view(destroy=extend_schema(parameters=[EndSerializer]))
class SyncViewSet(OfficeViewSet[CalendarSync]):
    """One's own syncs."""

    queryset = CalendarSync.objects.none()
    serializer_class = SyncSerializer
    grants: ClassVar[Grants] = {
        "list": Permission.EVENT_READ,
        "link": Permission.EVENT_CREATE,
        "retrieve": Permission.EVENT_READ,
        "destroy": Permission.EVENT_CREATE,
        "start": Permission.EVENT_CREATE,
        "accept": Permission.EVENT_CREATE,
        "stop": Permission.EVENT_CREATE,
        "conflicts": Permission.EVENT_READ,
    }
    # What a sync shows comes from several tables.
    reads_alone = False
    reads = frozenset({"list", "retrieve", "conflicts"})
    shown_as: ClassVar[dict[str, Any]] = {"conflicts": ConflictSerializer}

    @classmethod
    def rows(cls, asker: User, values: Values) -> SyncQuerySet:
        """Describe the asker's syncs."""
        return CalendarSync.objects.visible_to(asker)

    def list(self, request: Request) -> Response:
        """Return a page of syncs: how each went, and what it would need."""
        return self.page_of(self.rows(self.user, {}).for_reading())

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one sync; before it was started with what it would do on both sides."""
        data = self.seen(pk)
        return Response(data, headers={"ETag": etag_of(data)})

    def seen(self, pk: UUID) -> Any:
        """Return a sync as the API shows it. Raises Http404."""
        rows = self.rows(self.user, {}).for_reading()
        return SyncSerializer(get_object_or_404(rows, pk=pk)).data

    def locked(self, pk: UUID) -> CalendarSync:
        """Return a sync of one's own, locked. Raises Http404."""
        rows = self.rows(self.user, {}).select_for_update(of=("self",))
        found: CalendarSync = get_object_or_404(rows, pk=pk)
        return found

    @extend_schema(request=LinkSerializer, responses={201: SyncSerializer})
    def link(self, request: Request) -> Response:
        """Put a calendar beside one at a vendor; what a sync would do is found out first."""
        made = link_calendar(**self.checked(LinkSerializer), by=self.user)
        run_sync.delay_on_commit(str(made.pk))
        return Response(self.seen(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=SyncSerializer)
    def start(self, request: Request, pk: UUID) -> Response:
        """Let it write on both sides, from now on."""
        row = start_sync(sync=self.locked(pk))
        run_sync.delay_on_commit(str(row.pk))
        return Response(self.seen(pk))

    @extend_schema(request=None, responses=SyncSerializer)
    def accept(self, request: Request, pk: UUID) -> Response:
        """Let the deletions happen that were held back."""
        row = accept_deletions(sync=self.locked(pk))
        run_sync.delay_on_commit(str(row.pk))
        return Response(self.seen(pk))

    @extend_schema(request=None, responses=SyncSerializer)
    def stop(self, request: Request, pk: UUID) -> Response:
        """Write no more on either side until it is started again."""
        row = self.locked(pk)
        tell_no_more(str(row.connection_id), stop_sync(sync=row))
        return Response(self.seen(pk))

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Sync no more; nothing is deleted at the vendor's."""
        values = checked(EndSerializer, request.query_params)
        row = self.locked(pk)
        tell_no_more(str(row.connection_id), end_sync(sync=row, purge=values["purge"]))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=ConflictSerializer(many=True))
    def conflicts(self, request: Request, sync_id: UUID) -> Response:
        """Return a page of what both sides changed, the latest first."""
        sync = get_object_or_404(self.rows(self.user, {}), pk=sync_id)
        return self.page_of(sync.conflicts.all())


class SyncNowView(OfficeAPIView):
    """One's syncs with a vendor, at once."""

    grants: ClassVar[Grants] = {"post": Permission.EVENT_CREATE}
    # There may be none with the vendor.
    may_be_missing = True

    @extend_schema(request=SyncNowSerializer, responses={202: SyncedSerializer})
    def post(self, request: Request) -> Response:
        """Have them run now; `GET /calendar/sync-status` tells how it went."""
        found = sync_now(**body_of(request, SyncNowSerializer), by=self.user)
        for key in found:
            run_sync.delay_on_commit(str(key))
        body = SyncedSerializer({"job_id": found[0], "syncs": found}).data
        return Response(body, status=status.HTTP_202_ACCEPTED)


class SyncStatusView(OfficeAPIView):
    """How one's syncs are."""

    grants: ClassVar[Grants] = {"get": Permission.EVENT_READ}

    @extend_schema(responses=SyncSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return all of one's syncs."""
        rows = CalendarSync.objects.visible_to(self.user).for_reading()
        return Response(SyncSerializer(rows, many=True).data)

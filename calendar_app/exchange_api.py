"""`/api/v1/calendar/feeds` and `/import`."""

from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, OfficeViewSet, OpenView, body_of
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from calendar_app.calendars import calendar_for
from calendar_app.exchange import Detail, Feed, FeedQuerySet
from calendar_app.feeds import close_feed, feed_of_secret, office_of_secret, open_feed, text_of_feed
from calendar_app.ical.reading import MOST_BYTES, read_file
from calendar_app.importing import import_events, plain_counts
from common.api import StrictModelSerializer, StrictSerializer
from common.parsers import StrictJSONParser, UploadParser
from tenants.context import current_tenant, tenant_transaction

Grants = dict[str, Permission | None]


class FeedSerializer(StrictModelSerializer):
    """A feed; its address is shown once, when it is opened."""

    calendar_id = serializers.UUIDField(required=False, allow_null=True)
    detail = serializers.ChoiceField(choices=Detail.choices, required=False)

    class Meta:
        model = Feed
        fields: tuple[str, ...] = ("id", "name", "calendar_id", "detail", "created_at")


class OpenedFeedSerializer(FeedSerializer):
    """The same with its address."""

    url = serializers.CharField(read_only=True)

    class Meta(FeedSerializer.Meta):
        fields = (*FeedSerializer.Meta.fields, "url")


class CalendarImportSerializer(StrictSerializer):
    """A calendar file, as an upload or as text, and where it goes."""

    file = serializers.FileField(required=False)
    text = serializers.CharField(required=False, trim_whitespace=False)
    calendar_id = serializers.UUIDField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one of the two."""
        if ("file" in attrs) == ("text" in attrs):
            words = serializers.ErrorDetail("Give either “file” or “text”.", code="one_of")
            raise serializers.ValidationError({"file": [words]})
        return attrs


class ImportProblemSerializer(serializers.Serializer[Any]):
    """What was left out or read with doubt."""

    uid = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class CalendarImportedSerializer(serializers.Serializer[Any]):
    """What an import did."""

    calendar_id = serializers.UUIDField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    deleted = serializers.IntegerField()
    problems = ImportProblemSerializer(many=True)


class FeedViewSet(OfficeViewSet[Feed]):
    """One's own feeds."""

    queryset = Feed.objects.none()
    serializer_class = FeedSerializer
    grants: ClassVar[Grants] = {
        "list": Permission.EVENT_READ,
        "open": Permission.EVENT_READ,
        "destroy": Permission.EVENT_READ,
    }
    shows_secrets = frozenset({"open"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> FeedQuerySet:
        """Describe the asker's feeds."""
        return Feed.objects.visible_to(asker)

    def list(self, request: Request) -> Response:
        """Return a page of feeds, without their addresses."""
        return self.page(self.filter_values())

    @extend_schema(request=FeedSerializer, responses={201: OpenedFeedSerializer})
    def open(self, request: Request) -> Response:
        """Open a feed; the answer has its address, which is not shown again."""
        values = self.checked(FeedSerializer)
        feed, url = open_feed(
            name=values["name"],
            calendar_id=values.get("calendar_id"),
            detail=values.get("detail", Detail.FULL),
            by=self.user,
        )
        return Response({**self.shown(feed.pk), "url": url}, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Close the feed."""
        close_feed(feed=self.locked_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PublicFeedView(OpenView):
    """A feed at its secret address, on the office's own host."""

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR}, auth=[])
    def get(self, request: Request, secret: str) -> HttpResponseBase:
        """Return the calendar; 304 for whoever has it already."""
        office = office_of_secret(secret)
        if office is None:
            raise Http404
        with tenant_transaction(office):
            feed = feed_of_secret(secret)
            if feed is None:
                raise Http404
            text = text_of_feed(feed)
        return _answer(request._request, text)  # noqa: SLF001  DRF offers no other way to it


def _answer(request: HttpRequest, text: bytes) -> HttpResponse:
    tag = f'"{sha256(text).hexdigest()[:32]}"'
    known = {each.strip() for each in request.headers.get("If-None-Match", "").split(",")}
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer"}
    if tag in known:
        return HttpResponse(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


class CalendarUploadParser(UploadParser):
    """A form with a file that is no longer than a calendar may be."""

    most_bytes = MOST_BYTES


class ImportView(OfficeAPIView):
    """Calendar files of other programs."""

    parser_classes = (CalendarUploadParser, StrictJSONParser)
    grants: ClassVar[Grants] = {"post": Permission.EVENT_CREATE}

    @extend_schema(request=CalendarImportSerializer, responses=CalendarImportedSerializer)
    def post(self, request: Request) -> Response:
        """Write the events of a file into a calendar; the same file again changes nothing."""
        body = body_of(request, CalendarImportSerializer)
        data = body["file"].read(MOST_BYTES + 1) if "file" in body else body["text"].encode()
        calendar = calendar_for(body.get("calendar_id"), self.user)
        file = read_file(data, zone=current_tenant().timezone)
        report = import_events(file=file, calendar=calendar, by=self.user)
        return Response({"calendar_id": calendar.pk, **plain_counts(report)})

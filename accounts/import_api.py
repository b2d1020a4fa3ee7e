"""`/api/v1/admin/users/import`."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, body_of
from accounts.people_import import check_people, import_people, shown
from accounts.permissions import Permission
from common.api import StrictSerializer

LONGEST = 200_000


class ImportSerializer(StrictSerializer):
    """A table of people as CSV: email, full_name, role."""

    csv = serializers.CharField(max_length=LONGEST, trim_whitespace=False)
    dry_run = serializers.BooleanField(default=True)


class ProblemSerializer(serializers.Serializer[None]):
    """What is wrong in one line."""

    line = serializers.IntegerField()
    attr = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportedSerializer(serializers.Serializer[None]):
    """How many people the table has, and what is wrong with it."""

    people = serializers.IntegerField()
    problems = ProblemSerializer(many=True)


class ImportView(OfficeAPIView):
    """Many people at once."""

    grants: ClassVar[dict[str, Permission | None]] = {"post": Permission.USER_CREATE}

    @extend_schema(
        request=ImportSerializer, responses={200: ImportedSerializer, 201: ImportedSerializer}
    )
    def post(self, request: Request) -> Response:
        """Look at the table (200), or invite everybody in it (201), if nothing is wrong."""
        body = body_of(request, ImportSerializer)
        if body["dry_run"]:
            return Response(shown(*check_people(text=body["csv"], by=self.user)))
        made = import_people(text=body["csv"], by=self.user)
        answer = {"people": len(made), "problems": []}
        return Response(answer, status=status.HTTP_201_CREATED)

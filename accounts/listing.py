"""Lists and things as requests wish them: in pages, some fields, with what is named by ids."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from django.db import models
from django.db.models import QuerySet
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.reading import Values, order_of, read_beyond, read_page
from accounts.wishes import Relation, Wish, wish_of
from common.api import CursorPages, NumberedPages
from common.columns import Columns, Row, chosen, columns_of
from common.cursors import Order, Place

M = TypeVar("M", bound=models.Model)


class ReadingViewSet(viewsets.GenericViewSet[M]):
    """Starts every read from `rows`, and shows of them what is wished for."""

    # The actions that show things without changing them.
    reads: ClassVar[frozenset[str]] = frozenset({"list", "retrieve"})
    # What shows an action's things, where it is not the `serializer_class`.
    shown_as: ClassVar[Mapping[str, type[serializers.Serializer[Any]]]] = {}
    # What `?expand=` may name.
    relations: ClassVar[Mapping[str, Relation]] = {}
    # Long texts that are not read where they are not wished for.
    long_texts: ClassVar[frozenset[str]] = frozenset()
    wish: Wish | None = None

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[M]:
        """Describe what the asker may read; `values` are the address's ids and the filters."""
        raise NotImplementedError

    @property
    def user(self) -> User:
        """The person who asks."""
        return cast("User", self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Take the request's wishes, once it is known who asks."""
        super().initial(request, *args, **kwargs)
        if request.query_params and self.action in self.reads:
            self.wish = wish_of(request, self.shows(self.action), self.relations)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Show what is wished for; the ETag stays that of the whole."""
        if self.wish is not None and response.status_code == status.HTTP_200_OK:
            self._fulfil(self.wish, response)
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        return answer

    def _fulfil(self, wish: Wish, response: Response) -> None:
        data: Any = response.data
        if self.action == "retrieve":
            [response.data] = wish.fulfil([data], by=self.user)
        else:
            data["results"] = wish.fulfil(data["results"], by=self.user)

    @classmethod
    def shows(cls, action: str) -> type[serializers.Serializer[Any]]:
        """Return what shows an action's things."""
        return cls.shown_as.get(action) or cast("Any", cls.serializer_class)

    @property
    def columns(self) -> Columns:
        """What the serializer shows."""
        columns = columns_of(cast("Any", self.serializer_class))
        if columns is None:
            raise TypeError(f"{self.serializer_class} shows more than columns")
        return columns

    def page(self, values: Values) -> Response:
        """Answer with a page of the rows as the API shows them."""
        columns, wish = self.columns, self.wish
        if wish is not None and wish.read is not None:
            columns = chosen(columns, wish.read)

        def slice_of(limit: int, offset: int) -> tuple[list[Row], int]:
            return read_page(
                self.rows, columns, by=self.user, values=values, limit=limit, offset=offset
            )

        def beyond(limit: int, place: Place | None) -> list[tuple[Row, list[Any]]]:
            return read_beyond(
                self.rows, columns, by=self.user, values=values, limit=limit, place=place
            )

        if "cursor" in self.request.query_params:
            order = order_of(self.rows, by=self.user, values=values)
            return CursorPages().answer(self.request, order, beyond)
        return NumberedPages().answer(self.request, slice_of)

    def page_of(
        self, rows: QuerySet[Any], show: Callable[[Sequence[Any]], list[Row]] | None = None
    ) -> Response:
        """Answer with a page of records, for what no columns show."""
        show = show or self._represented
        if isinstance(self.paginator, CursorPages) or "cursor" in self.request.query_params:
            order = Order(self._wished(rows))

            def beyond(limit: int, place: Place | None) -> list[tuple[Row, list[Any]]]:
                known = None if place is None else place.as_values()
                is_back = place is not None and place.is_back
                found = list(order.beyond(known, is_back=is_back)[:limit])
                places = [[getattr(row, key) for key in order.keys] for row in found]
                return list(zip(show(found), places, strict=True))

            return CursorPages().answer(self.request, order, beyond)
        pages = NumberedPages()
        page = pages.paginate_queryset(self._wished(rows), self.request, view=self)
        return pages.get_paginated_response(show(page or []))

    def _wished(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.wish is None or self.wish.read is None:
            return rows
        return rows.defer(*(self.long_texts - self.wish.read))

    def _represented(self, rows: Sequence[Any]) -> list[Row]:
        shown = self.shows(self.action)(rows, many=True, context=self.get_serializer_context())
        if self.wish is not None and self.wish.read is not None:
            fields = cast("Any", shown).child.fields
            for name in set(fields) - self.wish.read:
                fields.pop(name)
        return list(shown.data)

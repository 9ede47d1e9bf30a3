"""Long lists in pages that stay right while rows come and go: a page begins after the last row of the one before, wherever that row now stands.

A view names its order in `order` (a field, `-` for newest first); rows that are equal in it are told apart by their id. The cursor is opaque to callers, holds
no more than that row's place, and gives no access to anything: the rows are those of the workspace whatever it says.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

PAGE_SIZE, LARGEST_PAGE = 50, 100
CURSOR, SIZE = "cursor", "page_size"


class KeysetPagination(BasePagination):
    """`?cursor=...&page_size=...` in, `{"next": url or null, "results": [...]}` out. One query per page, whatever its number."""

    next: str | None

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        order: str = getattr(view, "order", "id")
        name, is_falling = order.removeprefix("-"), order.startswith("-")
        size = _page_size(request.query_params.get(SIZE))
        if cursor := request.query_params.get(CURSOR):
            queryset = queryset.filter(_after(cursor, name=name, is_falling=is_falling))
        sign = "-" if is_falling else ""
        rows = list(queryset.order_by(f"{sign}{name}", f"{sign}id")[: size + 1])
        self.next = None
        if len(rows) > size:
            rows.pop()
            self.next = replace_query_param(request.build_absolute_uri(), CURSOR, _cursor(rows[-1], name))
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": ["string", "null"], "format": "uri", "description": "The next page; null on the last one.", "example": None},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, _view: APIView) -> list[dict[str, Any]]:
        return [
            _parameter(CURSOR, "Where the page begins: taken from `next`, never made up.", {"type": "string", "minLength": 1}),
            _parameter(SIZE, "How many rows a page holds.", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}),
        ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _page_size(text: str | None) -> int:
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= LARGEST_PAGE):
        raise ValidationError({SIZE: f"Ask for 1 to {LARGEST_PAGE} rows."})
    return int(text)


def _after(cursor: str, *, name: str, is_falling: bool) -> Q:
    try:
        place, row = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
        value, row_id = None if name == "id" else _value(place), UUID(row)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise ValidationError({CURSOR: "This cursor is none of ours. Follow `next` of the page before, or leave it out to begin anew."}) from error
    then = "lt" if is_falling else "gt"
    if name == "id":
        return Q(**{f"id__{then}": row_id})
    return Q(**{f"{name}__{then}": value}) | Q(**{name: value, f"id__{then}": row_id})


def _value(place: Any) -> datetime:
    moment = datetime.fromisoformat(place)
    if moment.tzinfo is None:
        raise ValueError("without a time zone")
    return moment


def _cursor(row: Model, name: str) -> str:
    place = getattr(row, name)
    plain = json.dumps([place.isoformat() if isinstance(place, datetime) else None, str(row.pk)])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

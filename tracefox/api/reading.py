"""What the API reads: JSON of sane depth, whatever the caller says it would like to get back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

DEEPEST = 20


class ShallowJSONParser(JSONParser):
    """JSON nested no deeper than anything here needs: a tower of brackets is refused, not climbed."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(f"JSON may be nested {DEEPEST} levels deep.") from error
        if _is_deeper(data, DEEPEST):
            raise ParseError(f"JSON may be nested {DEEPEST} levels deep.")
        return data


class OneAnswer(BaseContentNegotiation):
    """Each route has one form of answer, told by its description. What the caller would rather have does not matter."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        wanted = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(self, _request: Request, renderers: Any, _format_suffix: str | None = None) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def _is_deeper(data: Any, levels: int) -> bool:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return any(levels <= 1 or _is_deeper(part, levels - 1) for part in inner if isinstance(part, dict | list))

"""Every refusal of the API in one form: RFC 9457, `application/problem+json`, with a `detail` that says what to do.

`title` is the name of the status, `detail` a sentence for people, `errors` names the fields that were refused. A row of another workspace and a row that
does not exist give the same answer, byte for byte. To refuse in a new way: raise an `APIException` whose text is such a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

MEDIA_TYPE = "application/problem+json"
NOT_FOUND = "This workspace has nothing under this address. Check the id and the path; a path ends with a slash."
NOT_VALID = "What was sent is not valid."


class Conflict(exceptions.APIException):
    """The request is well formed, but the state of things does not allow it."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class Gone(exceptions.APIException):
    """It was there once, and cannot be had any more."""

    status_code = HTTPStatus.GONE
    default_code = "gone"


class Unavailable(exceptions.APIException):
    """Something that we need does not answer. Asking again later will do."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    wait = 5


def answer(problem: Exception, _context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler. What is not a refusal but a fault of ours passes on, and is logged as an error."""
    if isinstance(problem, Http404):
        problem = exceptions.NotFound()
    elif isinstance(problem, PermissionDenied):
        problem = exceptions.PermissionDenied()
    if not isinstance(problem, exceptions.APIException):
        return None
    set_rollback()  # type: ignore[no-untyped-call]
    return Response(_body(problem), status=problem.status_code, headers=_headers(problem), content_type=MEDIA_TYPE)


@csrf_exempt  # it does nothing, and a program that writes to a path with a slip in it is told so
def no_such_path(_request: HttpRequest, **_path: Any) -> JsonResponse:
    """For what lies under the API's root and is no route."""
    return JsonResponse(_body(exceptions.NotFound()), status=HTTPStatus.NOT_FOUND, content_type=MEDIA_TYPE)


def _body(problem: exceptions.APIException) -> dict[str, Any]:
    status = HTTPStatus(problem.status_code)
    body: dict[str, Any] = {"title": status.phrase, "status": int(status)}
    if isinstance(problem, exceptions.ValidationError):
        errors = [{"field": field, "detail": detail} for field, detail in _flat(problem.detail)]
        first = next((f"{error['field']}: {error['detail']}" if error["field"] else error["detail"] for error in errors), NOT_VALID)
        return body | {"detail": first, "errors": errors}
    return body | {"detail": NOT_FOUND if isinstance(problem, exceptions.NotFound) else str(problem.detail)}


def _headers(problem: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if scheme := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(max(int(wait), 1))
    return headers


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested errors as pairs of a dotted path and a sentence."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            plain = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(part for part in (path, plain) if part))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            yield from _flat(inner, f"{path}.{number}" if isinstance(inner, dict) else path)
    else:
        yield path, str(detail)

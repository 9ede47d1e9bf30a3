"""How the API describes itself (OpenAPI 3.1, at `/api/v1/schema/`): the key, and the refusals that every operation may answer with.

A refusal stands here once instead of on each operation. To add one: a line in `REFUSALS`, and when it applies in `_refusals`, or on the
operation itself: a status of `REFUSALS` with `None`.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from tracefox.api.problems import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `type` is left out: it is always `about:blank`.",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer", "description": "The status code."},
        "detail": {"type": "string", "description": "What happened and what to do, as a sentence for people."},
        "errors": {
            "type": "array",
            "description": "The fields that were refused.",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {
                    "field": {"type": "string", "description": "E.g. `url` or `urls.3`; empty when it is the whole."},
                    "detail": {"type": "string", "description": "What is wrong with it."},
                },
            },
        },
    },
    "examples": [
        {
            "title": "Bad Request",
            "status": 400,
            "detail": "url: “ftp://your-client.com” is not the address of a web page. Give one that starts with https://.",
            "errors": [{"field": "url", "detail": "“ftp://your-client.com” is not the address of a web page. Give one that starts with https://."}],
        }
    ],
}
REFUSALS = {
    "400": "What was sent is not valid; `errors` names the fields.",
    "401": "No API key was sent, or it is unknown or revoked.",
    "403": "The key may read, but not change anything.",
    "404": "The workspace has nothing under this id.",
    "409": "The state of things does not allow it; `detail` says why.",
    "410": "What was stored cannot be opened any more.",
    "413": "The body is larger than 1 MB.",
    "415": "The body is not `application/json`.",
    "429": "Too many requests in this minute. `Retry-After` says how many seconds to wait.",
    "503": "The storage does not answer right now. `Retry-After` says when to ask again.",
}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.access.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "tfx_live_...",
            "description": "An API key of the workspace: `Authorization: Bearer tfx_live_...`. Cookies open nothing.",
        }


def keep_ours(endpoints: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """drf-spectacular's pre-processing hook: whatever else is served, the description is that of the API."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


def add_refusals(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's post-processing hook."""
    del generator, request, public
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            named = [status for status in operation["responses"] if status in REFUSALS]
            for status in {*named, *_refusals(path, method, operation)}:
                operation["responses"][status] = _refusal(status)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def _refusals(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    statuses = ["401", "429"]
    if "requestBody" in operation:
        statuses += ["400", "413", "415"]
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
        statuses.append("400")
    if method not in ("get", "head"):
        statuses.append("403")
    if "{" in path:
        statuses.append("404")
    return statuses


def _refusal(status: str) -> dict[str, Any]:
    """A body that is too large is refused before anything of the API is asked: by a plain sentence."""
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": REFUSALS[status], "content": {"text/plain": {"schema": {"type": "string"}}} if status == "413" else problem}

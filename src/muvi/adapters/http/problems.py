"""Errors as problem documents (RFC 9457). The table family -> status lives here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from muvi.adapters.http.methods import offered
from muvi.adapters.http.wire import MalformedRequest, camel, json_bytes, language_of
from muvi.domain.shared.errors import (
    Conflict,
    DomainError,
    Expired,
    Forbidden,
    InvariantBroken,
    LimitReached,
    NotFound,
    PaymentRefused,
    Unauthenticated,
)
from muvi.domain.shared.text import Language
from muvi.ports.errors import OutcomeUnknown, PortError, Refused, Unavailable

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Conflict: 409,
    Expired: 410,
    Forbidden: 403,
    Unauthenticated: 401,
    PaymentRefused: 402,
    LimitReached: 429,
    MalformedRequest: 400,
    InvariantBroken: 500,
}
UNPROCESSABLE = 422
OUTCOME_RETRY_S = 5

_HTTP_CODES = {
    400: ("malformed-request", "The request is malformed", "الطلب غير صالح"),
    401: ("unauthenticated", "Sign in first", "يلزم تسجيل الدخول"),
    403: ("forbidden", "Not allowed", "غير مسموح"),
    404: ("not-found", "Not found", "غير موجود"),
    405: ("method-not-allowed", "This method is not offered here", "هذه الطريقة غير متاحة هنا"),
    413: ("too-large", "The request is too large", "حجم الطلب كبير جدًا"),
    415: ("unsupported-media-type", "Send JSON", "أرسل الطلب بصيغة JSON"),
}

GENERAL = {
    400: ("`malformed-request`: The request is malformed; `errors` says where",),
    401: ("`unauthenticated`: Sign in first",),
    413: ("`too-large`: The request is too large",),
    415: ("`unsupported-media-type`: Send JSON",),
    409: ("`busy`: Somebody else is changing this right now",),
    500: ("`internal-error`, `invariant-broken`: Something went wrong on our side",),
    502: ("`…-refused`: A partner system refused",),
    503: (
        "`…-unavailable`: Temporarily unavailable, nothing has happened; see `Retry-After`",
        "`outcome-unknown`: We are finding out what happened; see `Retry-After`",
    ),
}
"""What every route with such a status may say; the dots stand for the name of a system."""
BODY = (413, 415)

log = structlog.get_logger()
AnyRequest = Request[Any, Any, Any]


class Problem(msgspec.Struct, frozen=True, rename="camel"):
    """The shape of every error. Branch on `code`; `detail` is for people; further members are facts."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


def status_of(error: type[DomainError]) -> int:
    """The status of a kind of domain error, found along its family."""
    for cls in error.__mro__:
        if cls in STATUS:
            return STATUS[cls]
    return UNPROCESSABLE


def problem(
    request: AnyRequest,
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    facts: Mapping[str, object] | None = None,
    **more: object,
) -> Response[bytes]:
    """Render a problem document. No fact can take the place of a standard member."""
    facts = {**(facts or {}), **more}
    request.scope.setdefault("state", {})["outcome"] = code
    body = {
        **camel(facts),
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
        "requestId": str(request.scope.get("state", {}).get("request_id", "")),
    }
    headers = {"cache-control": "no-store"}
    retry_after = facts.get("retry_after_s")
    if isinstance(retry_after, int | float):
        headers["retry-after"] = str(max(1, round(retry_after)))
    if status == 401:  # noqa: PLR2004
        headers["www-authenticate"] = "Bearer"
    return Response(content=json_bytes(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def on_domain_error(request: AnyRequest, error: DomainError) -> Response[bytes]:
    """A rule was not met; when a third party's failure stands behind it, the log tells that."""
    if isinstance(error.__cause__, PortError):
        _note_cause(request, error.__cause__)
    if isinstance(error, InvariantBroken):
        _tell_defect(request, error)
    arabic = language_of(request.headers) is Language.AR
    title = error.title_ar if arabic else error.title
    detail = title if arabic else str(error)
    return problem(
        request, status=status_of(type(error)), code=error.code, title=title, detail=detail, facts=error.facts
    )


def on_port_error(request: AnyRequest, error: PortError) -> Response[bytes]:
    """A third party or the database failed us."""
    system = error.system or "service"
    _note_cause(request, error)
    arabic = language_of(request.headers) is Language.AR
    match error:
        case Unavailable():
            return problem(
                request,
                status=503,
                code=f"{system}-unavailable",
                title="غير متاح مؤقتًا" if arabic else "Temporarily unavailable",
                detail="يرجى المحاولة بعد قليل." if arabic else "Please try again in a moment.",
                retry_after_s=error.retry_after_s or 2,
            )
        case OutcomeUnknown():
            return problem(
                request,
                status=503,
                code="outcome-unknown",
                title="نتحقق مما حدث" if arabic else "We are finding out what happened",
                detail="لم يُفقد شيء: يرجى السؤال مجددًا بعد قليل."
                if arabic
                else "Nothing is lost: please ask again in a moment.",
                retry_after_s=OUTCOME_RETRY_S,
            )
        case Refused():
            return problem(
                request,
                status=502,
                code=f"{system}-refused",
                title="رفض نظام شريك الطلب" if arabic else "A partner system refused",
                detail="لم يقبل نظام نعتمد عليه هذا الطلب."
                if arabic
                else "A system we depend on did not accept this.",
            )
        case _:
            return on_any_error(request, error)


def _note_cause(request: AnyRequest, error: PortError) -> None:
    request.scope.setdefault("state", {})["cause"] = f"{type(error).__name__}: {error}"[:300]


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """The framework refused the request."""
    status = error.status_code
    code, title, title_ar = _HTTP_CODES.get(status, ("http-error", "The request failed", "تعذر تنفيذ الطلب"))
    if language_of(request.headers) is Language.AR:
        title = title_ar
    facts: dict[str, object] = {}
    if isinstance(error, ValidationException):
        facts["errors"] = [_readable(item) for item in (error.extra or [])] or [{"message": error.detail}]
    elif status == 400:  # noqa: PLR2004
        facts["errors"] = [{"message": error.detail}]
    response = problem(request, status=status, code=code, title=title, detail=title, facts=facts)
    allow = (error.headers or {}).get("allow")
    if allow:
        response.headers["allow"] = offered(allow.split(", "))
    return response


def _tell_defect(request: AnyRequest, error: Exception) -> None:
    log.error(
        "unhandled error",
        exc_info=error,
        method=request.scope["method"],
        route=str(request.scope.get("path_template") or "unmatched"),
        order=request.scope.get("state", {}).get("order", ""),
    )


def _readable(item: object) -> object:
    if not isinstance(item, dict):
        return {"message": str(item)}
    if (item.get("key"), item.get("message")) == ("data", "'data'"):  # the framework's own name for a body
        return {"message": "a body is required", "source": "body"}
    return {name: str(item[name]) for name in ("key", "message", "source") if name in item}


def on_any_error(request: AnyRequest, error: Exception, code: str = "internal-error") -> Response[bytes]:
    """A defect of ours: logged in full, answered without detail."""
    _tell_defect(request, error)
    arabic = language_of(request.headers) is Language.AR
    return problem(
        request,
        status=500,
        code=code,
        title="حدث خطأ من جانبنا" if arabic else "Something went wrong on our side",
        detail="اذكر رقم الطلب عند التواصل مع الدعم." if arabic else "Quote the request id to support.",
    )


def on_defect(request: AnyRequest, error: InvariantBroken) -> Response[bytes]:
    """A guard that should never be needed has stopped it."""
    return on_any_error(request, error, error.code)


HANDLERS: dict[type[Exception] | int, Any] = {
    DomainError: on_domain_error,
    InvariantBroken: on_defect,
    PortError: on_port_error,
    HTTPException: on_http_error,
    Exception: on_any_error,
}


def problems(*what: int | type[DomainError], **named: str) -> dict[int, ResponseSpec]:
    """The problem documents a route can answer, for OpenAPI: `problems(401, OrderNotFound, s503="…")`.

    An error stands under its status and is told by its code. 400 and 500 are always there.
    """
    told: dict[int, list[str]] = {400: [], 500: []}
    for one in what:
        status = one if isinstance(one, int) else status_of(one)
        told.setdefault(status, [])
        if not isinstance(one, int):
            told[status].append(f"`{one.code}`: {one.title}")
    told |= {int(key.removeprefix("s")): [value] for key, value in named.items()}
    return {status: _described(status, told[status]) for status in sorted(told)}


def _described(status: int, told: list[str]) -> ResponseSpec:
    lines = dict.fromkeys([*told, *GENERAL.get(status, ())])
    return ResponseSpec(
        Problem, description="\n".join(lines) or "Problem", media_type=MEDIA_TYPE, generate_examples=False
    )


def shows(data: Any, description: str = "Success") -> ResponseSpec:  # noqa: ANN401  (a type)
    """An answer's shape, for handlers that return ready bytes. Examples made by dice are left out."""
    return ResponseSpec(data, description=description, generate_examples=False)

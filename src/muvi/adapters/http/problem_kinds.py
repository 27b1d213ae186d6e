"""Every problem that the API can answer: what `type` of a problem document leads to."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from inspect import cleandoc
from typing import Any

from litestar import Controller, MediaType, Request, Response, get
from litestar.params import FromPath

import muvi.adapters.http
import muvi.application
import muvi.domain
import muvi.ports
from muvi.adapters.http.problems import problems, shows, status_of
from muvi.adapters.http.wire import Answer, json_bytes
from muvi.domain.shared.errors import DomainError, NotFound

CACHE = {"cache-control": "public, max-age=3600", "vary": "accept"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    code: str
    status: int
    title: str
    title_ar: str
    meaning: str


_AWAY = ("Temporarily unavailable", "غير متاح مؤقتًا")
_REFUSED = ("A partner system refused", "رفض نظام شريك الطلب")
_OURS = "did not accept this, for a reason that is ours to mend."

OTHERS = (
    Kind(
        "method-not-allowed",
        405,
        "This method is not offered here",
        "هذه الطريقة غير متاحة هنا",
        "`Allow` lists those that are.",
    ),
    Kind("too-large", 413, "The request is too large", "حجم الطلب كبير جدًا", "A body holds at most 1 MB."),
    Kind(
        "unsupported-media-type",
        415,
        "Send JSON",
        "أرسل الطلب بصيغة JSON",
        "Bodies are `application/json`.",
    ),
    Kind(
        "webhook-malformed",
        400,
        "The message cannot be read",
        "تعذرت قراءة الرسالة",
        "A gateway's message is not what its documentation says.",
    ),
    Kind(
        "webhook-forged",
        401,
        "The message is not the gateway's",
        "الرسالة ليست من بوابة الدفع",
        "No key of ours opens a gateway's message.",
    ),
    Kind(
        "outcome-unknown",
        503,
        "We are finding out what happened",
        "نتحقق مما حدث",
        "A partner system did not answer in time. Nothing is lost and nothing is to be repeated blindly: "
        "read the state again after `Retry-After`.",
    ),
    Kind("box-office-unavailable", 503, *_AWAY, "The box office does not answer; nothing has happened."),
    Kind("gateway-unavailable", 503, *_AWAY, "The payment gateway does not answer; nothing has happened."),
    Kind("database-unavailable", 503, *_AWAY, "We cannot serve this just now; nothing has happened."),
    Kind("sms-unavailable", 503, *_AWAY, "Texts cannot be sent just now."),
    Kind("box-office-refused", 502, *_REFUSED, f"The box office {_OURS}"),
    Kind("gateway-refused", 502, *_REFUSED, f"The payment gateway {_OURS}"),
    Kind("sms-refused", 502, *_REFUSED, f"The sender of texts {_OURS}"),
    Kind(
        "internal-error",
        500,
        "Something went wrong on our side",
        "حدث خطأ من جانبنا",
        "A defect of ours. Quote the request id to support.",
    ),
)
"""Problems that are no errors of the core: the protocol's, partner systems', our own."""


class ProblemKind(Answer, frozen=True):
    """What a code means."""

    code: str
    status: int
    title: str
    title_ar: str
    meaning: str


class UnknownProblem(NotFound):
    """There is no problem of this code."""

    code = "unknown-problem"
    title = "There is no such problem"
    title_ar = "لا توجد مشكلة بهذا الرمز"


class ProblemKinds(Controller):
    """`/problems`: outside of the versioned API, since codes outlive versions."""

    path = "/problems"
    tags = ("operations",)

    @get(
        "/{code:str}",
        operation_id="explainProblem",
        responses={200: shows(ProblemKind), **problems(UnknownProblem)},
        sync_to_thread=False,
    )
    def explain(self, request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
        """What a problem's code means: JSON, or a page for browsers."""
        kind = kinds().get(code)
        if kind is None:
            raise UnknownProblem
        if "text/html" in request.headers.get("accept", ""):
            return Response(_page(kind), media_type=MediaType.HTML, headers=CACHE)
        shown = ProblemKind(kind.code, kind.status, kind.title, kind.title_ar, kind.meaning)
        return Response(json_bytes(shown), media_type="application/json", headers=CACHE)


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by code, in the order of status and code."""
    for package in (muvi.domain, muvi.ports, muvi.application, muvi.adapters.http):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = [*OTHERS, *(_kind(error) for error in _leaves(DomainError))]
    return {kind.code: kind for kind in sorted(found, key=lambda kind: (kind.status, kind.code))}


def _leaves(of: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in of.__subclasses__():
        if error.__module__.startswith("muvi."):
            yield error
        yield from _leaves(error)


def _kind(error: type[DomainError]) -> Kind:
    meaning = " ".join(cleandoc(error.__doc__ or "").split())
    return Kind(error.code, status_of(error), error.title, error.title_ar, meaning)


def as_markdown() -> str:
    """The page for people: `docs/problems.md`."""
    head = (
        "# Problems\n\n"
        "Every error is a problem document (RFC 9457) with a stable `code`. Branch on the code, show\n"
        "`title`, quote `requestId` to support. Served at `/problems/{code}`. This page is made by\n"
        "`muvi openapi --into docs`; the texts stand with the errors.\n\n"
        "| status | code | title | العنوان | meaning |\n| --- | --- | --- | --- | --- |\n"
    )
    rows = (
        f"| {kind.status} | `{kind.code}` | {kind.title} | {kind.title_ar} | {kind.meaning} |\n"
        for kind in kinds().values()
    )
    return head + "".join(rows)


def _page(kind: Kind) -> bytes:
    title, title_ar, meaning = escape(kind.title), escape(kind.title_ar), escape(kind.meaning)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><body style="font:16px sans-serif;margin:2em">'
        f'<h1>{title}</h1><p lang="ar" dir="rtl">{title_ar}</p><p>{meaning}</p>'
        f"<p>{kind.status} <code>{kind.code}</code></p></body></html>"
    ).encode()

"""Cancelling on the wire: the reason, and whether it can be done."""

from __future__ import annotations

from uuid import UUID

from muvi.adapters.http.public.order_wire import WireText
from muvi.adapters.http.wire import Amount, Answer, Body, id_in_body
from muvi.domain.shared.errors import Invalid


class ReasonsDiffer(Invalid):
    """Two spellings of one thing, with two meanings: which is meant is not ours to guess."""

    code = "reasons-differ"
    title = "cancellationReasonId and reasonId name different reasons"
    title_ar = "الحقلان cancellationReasonId وreasonId يشيران إلى سببين مختلفين"


class CancelBody(Body, frozen=True):
    """Why; either spelling, or both when they say the same."""

    cancellation_reason_id: WireText | None = None
    reason_id: WireText | None = None

    def reason(self) -> UUID | None:
        """The id of the reason, if one was given. Raises `ReasonsDiffer`."""
        spelled = {"cancellationReasonId": self.cancellation_reason_id, "reasonId": self.reason_id}
        given = {id_in_body(text, name) for name, text in spelled.items() if text not in (None, "")}
        if len(given) > 1:
            raise ReasonsDiffer(field="reasonId")
        return given.pop() if given else None


class Cancellability(Answer, frozen=True):
    """Whether the order can be cancelled and what would come back."""

    can_cancel: bool
    refund_amount: Amount
    refund_to: str
    currency: str

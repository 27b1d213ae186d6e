"""The three ways a foreign call ends badly. Adapters translate every vendor or driver error into these at
their edge.
"""

from __future__ import annotations


class PortError(Exception):
    """Base of what a port may raise; `system` names the role that failed (box office, gateway …), never a
    vendor's secret. `answered`: the other side is well and spoke of this one call, so it says nothing about
    anybody else's.
    """

    def __init__(self, message: str, *, system: str = "", answered: bool = False) -> None:
        super().__init__(message)
        self.system = system
        self.answered = answered


class Unavailable(PortError):
    """The call had no effect and may be repeated; `retry_after_s` when the other side said so, `reason` its
    own code where it gave one.
    """

    def __init__(
        self,
        message: str,
        *,
        system: str = "",
        reason: str = "",
        retry_after_s: float | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(message, system=system, answered=answered)
        self.reason = reason
        self.retry_after_s = retry_after_s


class Refused(PortError):
    """The other side understood and said no. `reason` is its own code, kept verbatim."""

    def __init__(self, message: str, *, reason: str = "", system: str = "") -> None:
        super().__init__(message, system=system, answered=True)
        self.reason = reason


class OutcomeUnknown(PortError):
    """The call was sent and its effect is not known: ask before repeating, never compensate on a guess."""

"""The part of the vendor's request document that decides whether a letter is taken."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

Text = Annotated[str, Meta(min_length=1)]
Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=320)]


class Address(Struct):
    """A mailbox."""

    email: Email
    name: str | None = None


class Personalization(Struct):
    """One envelope: its receivers see each other."""

    to: Annotated[list[Address], Meta(min_length=1, max_length=1000)]
    cc: Annotated[list[Address], Meta(max_length=1000)] = field(default_factory=list)
    bcc: Annotated[list[Address], Meta(max_length=1000)] = field(default_factory=list)
    subject: Text | None = None
    dynamic_template_data: dict[str, Any] | None = None
    custom_args: dict[str, str] | None = None
    send_at: int | None = None


class Content(Struct):
    """One representation of the text."""

    type: Text
    value: Text


class Attachment(Struct):
    """A file; `content` is base64."""

    content: Text
    filename: str
    type: Text | None = None
    disposition: str = "attachment"
    content_id: str | None = None


class Letter(Struct):
    """The request."""

    personalizations: Annotated[list[Personalization], Meta(min_length=1, max_length=1000)]
    sender: Address = field(name="from")
    subject: Text | None = None
    content: list[Content] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    template_id: str | None = None
    reply_to: Address | None = None
    categories: Annotated[list[str], Meta(max_length=10)] = field(default_factory=list)
    send_at: int | None = None
    mail_settings: dict[str, dict[str, Any]] | None = None

    @property
    def sandboxed(self) -> bool:
        """Whether the sender asked only to have the letter checked."""
        return bool((self.mail_settings or {}).get("sandbox_mode", {}).get("enable"))

    def part(self, kind: str) -> str | None:
        """Return the text of one media type."""
        return next((content.value for content in self.content if content.type.startswith(kind)), None)

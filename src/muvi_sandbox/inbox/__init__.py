"""Where SMS and email of the sandbox land, for a person in a browser and for a test as JSON."""

from muvi_sandbox.inbox.box import InboxSandbox, Mail, create

__all__ = ["InboxSandbox", "Mail", "create"]

"""SendGrid: takes mail and puts it into the inbox."""

from muvi_sandbox.sendgrid.mail import SendgridSandbox, create

__all__ = ["SendgridSandbox", "create"]

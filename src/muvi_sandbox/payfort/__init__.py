"""Amazon Payment Services, formerly PayFort, as a merchant and a shopper meet it."""

from muvi_sandbox.payfort.sandbox import PayfortSandbox, create

__all__ = ["PayfortSandbox", "create"]

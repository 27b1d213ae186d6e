"""Unifonic Authenticate: makes one-time codes, sends and checks them."""

from muvi_sandbox.unifonic.verifications import UnifonicSandbox, create

__all__ = ["UnifonicSandbox", "create"]

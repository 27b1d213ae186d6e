"""Taqnyat Verify: makes one-time codes, sends and checks them."""

from muvi_sandbox.taqnyat.verify import TaqnyatSandbox, create

__all__ = ["TaqnyatSandbox", "create"]

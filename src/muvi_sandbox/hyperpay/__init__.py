"""HyperPay on the Open Payment Platform, as a merchant and a shopper meet it."""

from muvi_sandbox.hyperpay.sandbox import HyperpaySandbox, create

__all__ = ["HyperpaySandbox", "create"]

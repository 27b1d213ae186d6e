"""Payments: attempts to take money, what gateways report of them, refunds."""

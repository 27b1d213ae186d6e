"""Hear of payments, ask gateways about them, give money back."""

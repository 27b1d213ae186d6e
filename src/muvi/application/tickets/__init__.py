"""Issuing tickets and showing them."""

"""Seats as guests see them, and the plans behind it."""

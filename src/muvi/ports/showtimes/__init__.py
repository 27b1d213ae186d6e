"""Showtimes."""

"""Showtimes: one film, one screen, one start."""

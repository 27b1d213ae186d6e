"""Keeping the catalogue in step with the box office, and reading films."""

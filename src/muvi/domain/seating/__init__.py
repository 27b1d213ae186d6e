"""Seats of a showtime: the plan, the choice, the claim."""

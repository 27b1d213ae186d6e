"""Muvi on one machine: embedded servers and the supervisor behind `muvi up`. Never part of production."""

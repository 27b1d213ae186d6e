"""Telling people things, once."""

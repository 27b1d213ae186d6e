"""Why this machine cannot run Muvi right now, in words for the person at the shell."""


class CannotStart(Exception):
    """Something is missing or in the way; the message says what it is and what to do about it."""

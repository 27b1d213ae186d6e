"""Where kept files live."""

"""Cities, cinemas, screens and experiences."""

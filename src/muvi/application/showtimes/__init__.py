"""Reading showtimes."""

"""Orders: what is being bought until it is paid, and the process that turns one into a booking."""

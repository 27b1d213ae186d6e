"""Speed, measured on this machine beside its own ceiling."""

"""The mirror of the box office's catalogue and what the public reads of it."""

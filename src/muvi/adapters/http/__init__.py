"""The HTTP edge: controllers and wire structs by audience, problems, authentication, the access log."""

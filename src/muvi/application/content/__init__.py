"""Reading what staff write, and loading content to try the service with."""

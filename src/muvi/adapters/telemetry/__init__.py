"""Where spans and unexpected errors are sent. Imported only when an address for them is set."""

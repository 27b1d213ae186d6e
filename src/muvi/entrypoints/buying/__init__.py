"""One purchase through the public API, over HTTP alone: a client that knows nothing of the server's code."""

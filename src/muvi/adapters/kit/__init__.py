"""The only plumbing that adapters share: clock, ids, HTTP client."""

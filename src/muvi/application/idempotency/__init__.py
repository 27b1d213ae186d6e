"""Keys of repeated calls."""

"""Places as the public sees them."""

"""What staff write, to show and to keep."""

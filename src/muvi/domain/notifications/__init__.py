"""What is said to people outside of their requests."""

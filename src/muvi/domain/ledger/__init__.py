"""Every movement of money as a double entry."""

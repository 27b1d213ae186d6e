"""Orders and their checkout, as rows."""

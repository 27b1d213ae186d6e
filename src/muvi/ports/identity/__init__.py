"""Who is asking, and one-time codes that prove a phone."""

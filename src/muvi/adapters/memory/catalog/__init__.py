"""The mirror and its readers in memory."""

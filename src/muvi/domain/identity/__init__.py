"""Who somebody is: a phone number, the one-time code that proves it, the session that follows."""

"""Facts that leave a capability: written with the change that caused them, acted on once."""

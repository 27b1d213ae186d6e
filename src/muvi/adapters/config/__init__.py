"""Where settings are kept beside the environment."""

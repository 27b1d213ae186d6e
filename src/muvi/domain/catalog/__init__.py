"""Films, genres and people, and the rules by which they follow the box office."""

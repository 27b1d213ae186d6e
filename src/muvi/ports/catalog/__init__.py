"""What the catalogue asks: the feed of the box office, the mirror that keeps it, the films to show."""

"""Commands of `muvi` that do more than start something."""

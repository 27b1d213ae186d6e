"""Controllers of this audience, one module per capability."""

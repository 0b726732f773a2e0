"""Values that may be set against each other."""

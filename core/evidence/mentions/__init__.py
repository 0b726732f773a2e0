"""Words that mean rows of the record."""

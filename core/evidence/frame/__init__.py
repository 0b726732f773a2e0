"""A sentence linked to the record."""

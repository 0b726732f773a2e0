"""Columns of the record."""

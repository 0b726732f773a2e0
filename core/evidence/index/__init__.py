"""The record made searchable."""

"""Figures that some arithmetic over the record makes, whether or not the words ask for it."""

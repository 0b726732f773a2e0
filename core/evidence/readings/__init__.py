"""Ways in which a record can carry a claim; each module is one way."""

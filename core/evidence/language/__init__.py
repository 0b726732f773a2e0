"""What is known about language apart from any record: word forms, synonyms, numerals, units, dates, cues."""

"""What is known about language in general, apart from any record: word forms, synonyms, numerals, units, dates, cues."""

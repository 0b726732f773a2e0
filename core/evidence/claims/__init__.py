"""What an answer claims: figures, dates and codes as people write them."""

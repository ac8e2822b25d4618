"""The shapes of what the API takes and gives, as its description shows them."""

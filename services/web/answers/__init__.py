"""How what is stored is said in the shapes of the API."""

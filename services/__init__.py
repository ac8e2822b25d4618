"""The doors, the use cases, the store, the tables and the settings."""

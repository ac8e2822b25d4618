"""A diagram made by anyone becomes an executable definition: read → dialects → check. No SpiffWorkflow, no SQL."""

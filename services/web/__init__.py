"""The web face: the API under ``/api/v1`` and one page. It parses, calls one use case, and answers; it decides nothing."""

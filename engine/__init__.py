"""The rules: definitions, the token kernel, cases, clocks. A value in, a value out; no database, HTTP or environment."""

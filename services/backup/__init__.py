"""A whole installation in one file, taken while it works: every row as it stood at one moment, and the files handed in.

`archive`: the file, and whether it is whole. `taking`: from a database into it. `restoring`: from it into an empty one. It is
the same for SQLite and PostgreSQL, so that an office that outgrows one machine moves by it. It holds personal data in clear,
and the office's secrets: whoever keeps it keeps the office.
"""

"""The wire: how facts leave and callbacks come in. No tables and no Flask here."""

"""The demonstration: nine cases across a Spring Festival, played through the use cases on a clock of its own."""

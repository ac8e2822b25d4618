"""The demonstration: nine cases, a bundle and a project, played through the use cases on a clock of its own."""

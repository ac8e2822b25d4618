"""The demonstration: nine cases across a Spring Festival, a bundle and a project, played through the use cases on a clock of its
own."""

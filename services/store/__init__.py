"""What is kept and how it is asked for: `writing` and `reading` hold every statement, built once; `rows` their shapes."""

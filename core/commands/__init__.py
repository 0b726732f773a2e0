"""What `python -m core` can do; one module per command, each with `add_arguments` and `run`."""

"""The token kernel, and the only room that knows SpiffWorkflow: state bytes in, state bytes and what happened out."""

"""Those who watch a training run, one a file; nothing they do changes a result."""

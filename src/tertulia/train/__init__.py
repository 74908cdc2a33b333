"""Token shards, data order, objectives, optimiser, loop and checkpoints."""

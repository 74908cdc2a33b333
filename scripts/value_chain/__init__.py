"""Makes the shipped tables of the value chain: `python -m scripts.value_chain [--data DIR]`."""

"""The molecules that ship as training text, and the language model that is trained on them."""

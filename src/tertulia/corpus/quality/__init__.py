"""Quality: signals measured on every document, and decisions that recipes take over them.

`signals.quality_signals` writes columns `quality.X` and drops nothing; `decision.quality_decision`
reads only those columns and the language, so that other thresholds never mean other measuring.
"""

"""Measures quality signals on good text: thresholds, function words, planted defects."""

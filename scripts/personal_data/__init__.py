"""Makes the labelled set on which the detectors of personal data are measured."""

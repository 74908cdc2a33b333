"""Search: which of many candidates the next calculations go to, given what is known so far."""

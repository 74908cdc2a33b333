"""Campaigns: propose, evaluate, learn, over calculations too dear to do twice."""

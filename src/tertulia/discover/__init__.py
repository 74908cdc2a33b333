"""Materials: molecules that a campaign finds, computes and explains, and screens of real tables."""

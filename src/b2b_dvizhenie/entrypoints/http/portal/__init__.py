"""Portal pages for buyers and staff."""

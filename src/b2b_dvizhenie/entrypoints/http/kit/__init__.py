"""Sample data: every page and component in every state, for `/_kit`, screenshots, browser tests and the bench.

The seller, the buyers and the goods are made up; article numbers follow the patterns of the trade.
"""

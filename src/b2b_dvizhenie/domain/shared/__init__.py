"""Values every context speaks: money, quantities, ids, errors."""

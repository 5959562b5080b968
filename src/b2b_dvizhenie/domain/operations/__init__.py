"""Background work: when a failed job is tried again, when it is given up, when a schedule is due."""

from b2b_dvizhenie.domain.operations.retries import LUCK, Bury, Retry, after_failure, back_off

__all__ = ["LUCK", "Bury", "Retry", "after_failure", "back_off"]

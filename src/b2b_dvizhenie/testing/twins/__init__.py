"""Offline twins: small implementations of ports that pass the same contracts as the real ones."""

from b2b_dvizhenie.testing.twins.company_directory import DirectoryInMemory
from b2b_dvizhenie.testing.twins.currency_rates import RatesInMemory
from b2b_dvizhenie.testing.twins.job_leases import JobsInMemory
from b2b_dvizhenie.testing.twins.live_prices import LivePricesInMemory
from b2b_dvizhenie.testing.twins.messages import MemoryMail, MemorySms
from b2b_dvizhenie.testing.twins.passwords import QuickPasswords
from b2b_dvizhenie.testing.twins.prices import PricesInMemory

__all__ = [
    "DirectoryInMemory",
    "JobsInMemory",
    "LivePricesInMemory",
    "MemoryMail",
    "MemorySms",
    "PricesInMemory",
    "QuickPasswords",
    "RatesInMemory",
]

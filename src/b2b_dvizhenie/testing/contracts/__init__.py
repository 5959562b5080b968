"""Contract suites of the ports: pytest classes that a twin, our adapter and a customer's adapter all pass.

Subclass a suite in your own tests and provide its `make` (and what else it asks for) as fixtures or methods.
"""

from b2b_dvizhenie.testing.contracts.company_directory import CompanyDirectoryContract
from b2b_dvizhenie.testing.contracts.currency_rates import CurrencyRatesContract
from b2b_dvizhenie.testing.contracts.job_leases import JobLeasesContract
from b2b_dvizhenie.testing.contracts.live_prices import LivePriceSourceContract
from b2b_dvizhenie.testing.contracts.passwords import PasswordHasherContract
from b2b_dvizhenie.testing.contracts.prices import PriceSourceContract

__all__ = [
    "CompanyDirectoryContract",
    "CurrencyRatesContract",
    "JobLeasesContract",
    "LivePriceSourceContract",
    "PasswordHasherContract",
    "PriceSourceContract",
]

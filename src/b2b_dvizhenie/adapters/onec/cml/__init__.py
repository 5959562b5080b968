"""CommerceML 2.03-3.1: bytes to records and orders to bytes. No network, no database, no framework."""

from b2b_dvizhenie.adapters.onec.cml.errors import CmlBroken
from b2b_dvizhenie.adapters.onec.cml.options import ReadOptions
from b2b_dvizhenie.adapters.onec.cml.reader import Survey, read, survey

__all__ = ["CmlBroken", "ReadOptions", "Survey", "read", "survey"]

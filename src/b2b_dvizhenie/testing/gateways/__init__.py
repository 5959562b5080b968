"""SMS gateways for tests: real HTTP on a free port, the vendors' shapes, and their misbehaviour on demand."""

from b2b_dvizhenie.testing.gateways.sms import Fault, SmsGateway, Taken

__all__ = ["Fault", "SmsGateway", "Taken"]

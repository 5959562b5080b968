"""SMS by the gateways SMSC.ru and SMS.RU (protocols.md §3)."""

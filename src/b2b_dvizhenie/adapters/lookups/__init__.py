"""Services of others that are asked for facts: official rates, companies by INN."""

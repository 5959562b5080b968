"""1C by CommerceML: `cml` reads and writes files, `protocol` speaks HTTP, `storage` keeps what arrived."""

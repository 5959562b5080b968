"""Credentials that were verified a moment ago, so that Basic on every request costs no slow hash."""

import hmac
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import sha256

from b2b_dvizhenie.domain.shared.ids import NodeId

LIFETIME = timedelta(minutes=10)
CAPACITY = 1000


class VerifiedCredentials:
    """Remembers a keyed hash of what was verified, in this process only.

    The stored password hash is part of the key: changing a node's password forgets what was verified with the old
    one at once. The key of the hash is random per process, so a memory dump gives no password to guess offline.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, datetime] = OrderedDict()

    def _key(self, node_id: NodeId, password_hash: str, password: str) -> bytes:
        parts = (node_id.bytes, password_hash.encode(), password.encode())
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._secret, message, sha256)

    def known(self, node_id: NodeId, password_hash: str, password: str, now: datetime) -> bool:
        """Whether exactly this was verified within the last minutes."""
        until = self._until.get(self._key(node_id, password_hash, password))
        return until is not None and now < until

    def remember(self, node_id: NodeId, password_hash: str, password: str, now: datetime) -> None:
        """Remember that the password matched the hash at this moment."""
        key = self._key(node_id, password_hash, password)
        self._until[key] = now + LIFETIME
        self._until.move_to_end(key)
        while len(self._until) > CAPACITY:
            self._until.popitem(last=False)

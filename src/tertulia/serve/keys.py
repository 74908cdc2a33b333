"""API keys: 32 random bytes, shown once, kept as a SHA-256 only."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from tertulia.serve.database.database import Database
from tertulia.serve.database.records import ApiKey, Reader

PREFIX = "tk-"
TENANT = "default"
"""The tenant of servers that know only one."""
LOCAL = Reader(tenant=TENANT, user="local")
"""Who asks a server on this machine that has no keys."""


def new_key(
    user: str,
    *,
    now: int,
    tenant: str = TENANT,
    roles: frozenset[str] = frozenset(),
    expires: int | None = None,
    label: str = "",
) -> tuple[str, ApiKey]:
    """A fresh key and what is kept of it; times are Unix seconds."""
    key = PREFIX + secrets.token_urlsafe(32)
    kept = ApiKey(
        id=f"key_{secrets.token_hex(6)}",
        digest=digest_of(key),
        tenant=tenant,
        user=user,
        roles=roles,
        created=now,
        expires=expires,
        label=label,
    )
    return key, kept


def digest_of(key: str) -> str:
    """The SHA-256 under which a key is kept; 32 random bytes need no salt."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def find_key(database: Database, key: str) -> ApiKey | None:
    """What is kept of the key, expired or not; None for a key that was never given."""
    digest = digest_of(key)
    found = database.key(digest)
    if found is None or not hmac.compare_digest(found.digest, digest):
        return None
    return found


def reader_of(key: ApiKey) -> Reader:
    """On whose behalf the key's bearer asks."""
    return Reader(tenant=key.tenant, user=key.user, roles=key.roles)

"""Keys and files in the tables."""

from __future__ import annotations

import json
import secrets

from tertulia.serve.database.dialect import Engine, Row
from tertulia.serve.database.records import ApiKey, Reader, StoredFile

_KEY = "id, digest, tenant, user_name, roles, created, expires, label"
_FILE = "id, tenant, owner, name, size, sha256, purpose, created"


class AccountTables:
    """The part of Database that keeps keys and files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_key(self, key: ApiKey) -> None:
        """As Database; raises ServeError `serve.conflict` where the id or digest is taken."""
        roles = json.dumps(sorted(key.roles))
        with self._engine.writing() as statements:
            statements.rows(
                f"INSERT INTO api_keys ({_KEY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key.id,
                    key.digest,
                    key.tenant,
                    key.user,
                    roles,
                    key.created,
                    key.expires,
                    key.label,
                ),
            )

    def key(self, digest: str) -> ApiKey | None:
        """The key with this SHA-256; whether it has expired is for the caller to see."""
        with self._engine.reading() as statements:
            found = statements.rows(f"SELECT {_KEY} FROM api_keys WHERE digest = ?", (digest,))
        return _key(found[0]) if found else None

    def keys(self, tenant: str) -> list[ApiKey]:
        """All keys of a tenant, the oldest first."""
        with self._engine.reading() as statements:
            found = statements.rows(
                f"SELECT {_KEY} FROM api_keys WHERE tenant = ? ORDER BY number", (tenant,)
            )
        return [_key(row) for row in found]

    def delete_key(self, id: str) -> bool:
        """Whether there was one."""
        with self._engine.writing() as statements:
            return bool(statements.rows("DELETE FROM api_keys WHERE id = ? RETURNING id", (id,)))

    def add_file(self, file: StoredFile) -> None:
        """As Database; raises ServeError `serve.conflict` where the id is taken."""
        with self._engine.writing() as statements:
            statements.rows(
                f"INSERT INTO files ({_FILE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    file.id,
                    file.tenant,
                    file.owner,
                    file.name,
                    file.size,
                    file.sha256,
                    file.purpose,
                    file.created,
                ),
            )

    def file(self, id: str, reader: Reader) -> StoredFile | None:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows(
                f"SELECT {_FILE} FROM files WHERE id = ? AND tenant = ? AND owner = ?",
                (id, reader.tenant, reader.user),
            )
        return _file(found[0]) if found else None

    def files(
        self, reader: Reader, *, after: str | None = None, limit: int = 10_000
    ) -> list[StoredFile]:
        """The reader's files, the oldest first, from the one after `after`."""
        owned = "tenant = ? AND owner = ?"
        values = (reader.tenant, reader.user)
        with self._engine.reading() as statements:
            found = statements.rows(
                f"SELECT {_FILE} FROM files WHERE {owned} AND number > COALESCE("
                f"(SELECT number FROM files WHERE {owned} AND id = ?), 0) ORDER BY number LIMIT ?",
                (*values, *values, after or "", limit),
            )
        return [_file(row) for row in found]

    def delete_file(self, id: str, reader: Reader) -> bool:
        """Whether there was one; documents made of it stay."""
        with self._engine.writing() as statements:
            return bool(
                statements.rows(
                    "DELETE FROM files WHERE id = ? AND tenant = ? AND owner = ? RETURNING id",
                    (id, reader.tenant, reader.user),
                )
            )

    def file_bytes(self, reader: Reader) -> int:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows(
                "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM files "
                "WHERE tenant = ? AND owner = ?",
                (reader.tenant, reader.user),
            )
        return int(found[0][0])

    def identity(self) -> int:
        """As Database."""
        with self._engine.writing() as statements:
            statements.rows(
                "INSERT INTO counters (name, value) VALUES ('identity', ?) ON CONFLICT DO NOTHING",
                (secrets.randbits(62),),
            )
            [(number,)] = statements.rows("SELECT value FROM counters WHERE name = 'identity'")
        return int(number)

    def originals_in_use(self) -> set[str]:
        """As Database."""
        with self._engine.reading() as statements:
            found = statements.rows("SELECT sha256 FROM files UNION SELECT sha256 FROM documents")
        return {row[0] for row in found}


def _key(row: Row) -> ApiKey:
    id, digest, tenant, user, roles, created, expires, label = row
    return ApiKey(
        id=id,
        digest=digest,
        tenant=tenant,
        user=user,
        roles=frozenset(json.loads(roles)),
        created=created,
        expires=expires,
        label=label,
    )


def _file(row: Row) -> StoredFile:
    id, tenant, owner, name, size, sha256, purpose, created = row
    return StoredFile(
        id=id,
        tenant=tenant,
        owner=owner,
        name=name,
        size=size,
        sha256=sha256,
        purpose=purpose,
        created=created,
    )

"""Who may see what, as the conditions that stand in every statement that looks something up.

A collection is seen by its owner and by the readers named, within its tenant. A document may name
readers of its own: of those who see its collection, only they and the owner see it. The aliases
`c` and `d` are the collection and the document.
"""

from __future__ import annotations

from tertulia.serve.database.dialect import Value
from tertulia.serve.database.records import EVERYBODY, Reader

SEES_COLLECTION = """(c.tenant = ? AND (c.owner = ? OR EXISTS (
    SELECT 1 FROM collection_readers r WHERE r.collection = c.number AND r.reader IN (?, ?))))"""

SEES_DOCUMENT = f"""({SEES_COLLECTION} AND (c.owner = ? OR d.restricted = 0 OR EXISTS (
    SELECT 1 FROM document_readers r WHERE r.document = d.number AND r.reader IN (?, ?))))"""

OWNS = "(c.tenant = ? AND c.owner = ?)"


def collection_values(reader: Reader) -> tuple[Value, ...]:
    """What `SEES_COLLECTION` asks for."""
    return (reader.tenant, reader.user, reader.user, EVERYBODY)


def document_values(reader: Reader) -> tuple[Value, ...]:
    """What `SEES_DOCUMENT` asks for."""
    return (*collection_values(reader), reader.user, reader.user, EVERYBODY)


def owner_values(reader: Reader) -> tuple[Value, ...]:
    """What `OWNS` asks for."""
    return (reader.tenant, reader.user)

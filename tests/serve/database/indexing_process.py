"""A process that indexes what is queued until it is killed: `python -m … ADDRESS`."""

from __future__ import annotations

import sys

from tertulia.serve.database.open_database import open_database
from tests.serve.database.filling import EMBEDDER, indexed


def main() -> None:
    database = open_database(sys.argv[1])
    database.requeue_interrupted()
    print("working", flush=True)
    while document := database.take_queued():
        texts = [f"El artículo {at} de {document.id} sobre el agua {at * 7}." for at in range(20)]
        database.store_index(document.id, indexed(texts), EMBEDDER.embed_passages(texts))
    print("finished", flush=True)


if __name__ == "__main__":
    main()

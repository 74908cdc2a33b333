"""The keys of a server: made, listed, revoked."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from tertulia.errors import ServeError
from tertulia.messages import tr

if TYPE_CHECKING:
    from tertulia.serve.database.database import Database
    from tertulia.serve.database.records import ApiKey


def print_new_key(state: Database, user: str) -> None:
    """Makes a key and prints it alone on standard output; ServeError `serve.user-name`."""
    from tertulia.serve.database.records import EVERYBODY
    from tertulia.serve.keys import new_key

    if not user.strip() or not user.isprintable() or user == EVERYBODY:
        raise ServeError(
            "serve.user-name", f"'{user}' cannot be the name of a user", remedy="Name it otherwise"
        )
    shown, kept = new_key(user, now=int(time.time()))
    state.add_key(kept)
    print(tr("The key of {user}, which is shown this once:", user=user), file=sys.stderr)
    print(shown)


def print_keys(state: Database) -> None:
    """A line for each key: its id, its day, its user."""
    from tertulia.serve.keys import TENANT

    keys = state.keys(TENANT)
    for key in keys:
        print(f"{key.id}  {_day(key)}  {key.user}")
    if not keys:
        print(tr("There are no keys."))


def _day(key: ApiKey) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(key.created))


def print_revoked_key(state: Database, id: str) -> None:
    """Forgets the key; ServeError `serve.no-key`."""
    if not state.delete_key(id):
        raise ServeError(
            "serve.no-key",
            f"there is no key '{id}'",
            remedy="See those there are with --list-keys",
        )
    print(tr("The key {id} is worth nothing any more.", id=id))

"""`tertulia serve`: a model, and documents, behind an address that every client knows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tertulia.cli.options import RUNS, ModelArgument, RunsOption
from tertulia.cli.serve_keys import print_keys, print_new_key, print_revoked_key
from tertulia.cli.serving import Wanted, named_folder, serve_mcp, serve_until_stopped
from tertulia.messages import mark

EngineOption = Annotated[
    str | None,
    typer.Option(
        metavar="ENGINE",
        help=mark("openvino, llama_cpp, torch or remote; without it, the fastest that fits."),
    ),
]
EmbedderOption = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help=mark("Sentence vectors by a model folder or URL#MODEL instead of our own."),
    ),
]
DataOption = Annotated[
    Path, typer.Option(metavar="DIR", help=mark("The folder in which the server remembers."))
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help=mark("A postgresql:// address instead of SQLite.")),
]
HostOption = Annotated[
    str, typer.Option(help=mark("The address to listen on; other machines need a key."))
]
PortOption = Annotated[
    int, typer.Option(min=0, max=65535, help=mark("The port; 0 takes a free one."))
]
CollectionsOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=FOLDER", help=mark("Keep a collection of documents like a folder.")),
]
HostNamesOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help=mark("Another name that the server answers to.")),
]
OriginsOption = Annotated[
    list[str] | None,
    typer.Option(metavar="URL", help=mark("A site whose pages may ask the server.")),
]
AddKeyOption = Annotated[
    str | None,
    typer.Option(metavar="USER", help=mark("Make a key for a user, print it, and end.")),
]
ListKeysOption = Annotated[
    bool, typer.Option("--list-keys", help=mark("Print whose keys there are, and end."))
]
RevokeKeyOption = Annotated[
    str | None, typer.Option(metavar="ID", help=mark("Make a key worthless, and end."))
]
McpOption = Annotated[
    bool,
    typer.Option("--mcp", help=mark("Speak MCP on standard input and output instead of HTTP.")),
]

DATA = Path("server")


def serve(
    model: ModelArgument = None,
    engine: EngineOption = None,
    embedder: EmbedderOption = None,
    data: DataOption = DATA,
    database: DatabaseOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8080,
    collection: CollectionsOption = None,
    allow_host: HostNamesOption = None,
    allow_origin: OriginsOption = None,
    mcp: McpOption = False,
    add_key: AddKeyOption = None,
    list_keys: ListKeysOption = False,
    revoke_key: RevokeKeyOption = None,
    runs: RunsOption = RUNS,
) -> None:
    from tertulia.serve.opening import require_server, server_state

    require_server()
    with server_state(data, database) as state:
        if add_key is not None:
            print_new_key(state, add_key)
        elif revoke_key is not None:
            print_revoked_key(state, revoke_key)
        elif list_keys:
            print_keys(state)
        elif mcp:
            serve_mcp(state, embedder)
        else:
            wanted = Wanted(
                model=model,
                engine=engine,
                embedder=embedder,
                data=data,
                host=host,
                port=port,
                collections=tuple(map(named_folder, collection or ())),
                hosts=tuple(allow_host or ()),
                origins=tuple(allow_origin or ()),
                runs=runs,
            )
            serve_until_stopped(state, wanted)

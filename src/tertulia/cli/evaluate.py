"""`tertulia evaluate text MODEL FILE`: bits per byte of a model on a text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tertulia.cli.options import RUNS, JsonOption, RunsOption
from tertulia.messages import mark, tr


def evaluate_text(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help=mark("A model folder or the name of a run."))
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=mark("A UTF-8 text file."))],
    runs: RunsOption = RUNS,
    json: JsonOption = False,
) -> None:
    from tertulia.cli.json_output import print_json
    from tertulia.evaluate.text import bits_per_byte_of_text
    from tertulia.inference.model_folder import find_model

    folder = find_model(model, runs)
    result = bits_per_byte_of_text(folder, read_text(file))
    if json:
        print_json({"model": folder.name, "file": file, **result})
    elif result["comparable"]:
        print(tr("{bits:.4f} bits per byte", bits=result["bits_per_byte"]))
    else:
        print(tr("Not comparable: the model's tokenizer does not give this text back unchanged."))


def read_text(file: Path) -> str:
    """The text of `file`, byte for byte.

    Raises DataError `cli.no-file` or `cli.not-utf8`.
    """
    from tertulia.errors import DataError

    try:
        return file.read_bytes().decode("utf-8")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise DataError(
            "cli.no-file", "there is no such file", where=str(file), remedy="Check the name"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            "cli.not-utf8",
            f"the file is not UTF-8 text, from byte {error.start} on",
            where=str(file),
            remedy="Convert it to UTF-8 first",
        ) from error

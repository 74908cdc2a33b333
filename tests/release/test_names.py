"""Release names go together and apart."""

from __future__ import annotations

import pytest

from tertulia.errors import ModelError
from tertulia.release.names import ModelName


def test_a_name_survives_being_written_and_read() -> None:
    name = ModelName(family="tertulia", size="7m", kind="instruct", version="0.1")
    assert str(name) == "tertulia-7m-instruct-v0.1"
    assert ModelName.parse(str(name)) == name


@pytest.mark.parametrize(
    "text", ["", "tertulia", "tertulia-7m-chat-v0.1", "t-7m-base-v1", "T-7m-base-v1.0"]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        ModelName.parse(text)
    assert caught.value.code == "release.name"

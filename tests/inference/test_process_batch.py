"""A batch in a process of its own: the same answers, and a server that outlives its death."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from tertulia.errors import ModelError
from tertulia.inference import process_batch
from tertulia.inference.decoding_batch import DecodingBatch
from tertulia.inference.open_text_engine import open_batch as open_by_settings
from tertulia.inference.process_batch import ProcessBatch
from tertulia.inference.text_engine import EngineSettings
from tests.inference.tiny_engines import listen, local_engine, open_batch, text_of
from tests.inference.tiny_engines import write_gguf as write_tiny


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("process"))


def opener(gguf: Path) -> partial[DecodingBatch]:
    return partial(open_by_settings, gguf, "torch", EngineSettings(threads=1))


def test_it_answers_as_the_batch_within_does_and_outlives_its_death(gguf: Path) -> None:
    async def work() -> None:
        here = local_engine(open_batch("torch", gguf), gguf)
        batch = ProcessBatch(opener(gguf))
        there = local_engine(batch, gguf)
        assert there.capabilities == here.capabilities
        prompts = ["La casa", "O mar", "Zenbat", "Non sei", "Què"]
        both = [
            [
                text_of(pieces)
                for pieces in await asyncio.gather(
                    *(listen(engine, p, max_tokens=10, seed=3) for p in prompts)
                )
            ]
            for engine in (here, there)
        ]
        assert both[0] == both[1]
        await here.close()
        # It is stopped, so that it cannot be done before it is killed.
        os.kill(batch._process.pid, signal.SIGSTOP)
        asked = asyncio.create_task(listen(there, "La casa", max_tokens=10))
        while there.load().running == 0:
            await asyncio.sleep(0.002)
        os.kill(batch._process.pid, signal.SIGKILL)
        with pytest.raises(ModelError) as caught:
            await asked
        assert caught.value.code == "inference.failed"
        # Another process has taken over.
        assert text_of(await listen(there, "La casa", max_tokens=10, seed=3)) == both[0][0]
        await there.close()

    asyncio.run(work())


def test_a_process_that_is_stuck_holds_up_neither_time_nor_close(
    gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_batch, "_PATIENCE", 0.2)

    async def work() -> None:
        batch = ProcessBatch(opener(gguf))
        engine = local_engine(batch, gguf)
        os.kill(batch._process.pid, signal.SIGSTOP)
        with pytest.raises(ModelError) as caught:
            await listen(engine, "La casa", max_tokens=10, timeout=0.1)
        assert caught.value.code == "inference.timeout"
        asked = asyncio.create_task(listen(engine, "La casa", max_tokens=10))
        while engine.load().running == 0:
            await asyncio.sleep(0.002)
        await engine.close()
        with pytest.raises(ModelError) as caught:
            await asked
        assert caught.value.code == "inference.closed"
        assert batch._process.returncode == -signal.SIGKILL

    asyncio.run(work())


def test_a_process_that_is_stuck_for_long_is_replaced(gguf: Path) -> None:
    """A schema can keep openvino's compiler busy for ever."""

    async def work() -> None:
        batch = ProcessBatch(opener(gguf), silence=0.3)
        engine = local_engine(batch, gguf)
        os.kill(batch._process.pid, signal.SIGSTOP)
        with pytest.raises(ModelError) as caught:
            await listen(engine, "La casa", max_tokens=10)
        assert caught.value.code == "inference.failed"
        batch._silence = 60.0
        assert text_of(await listen(engine, "La casa", max_tokens=3, temperature=0.0))
        await engine.close()

    asyncio.run(work())


def test_no_module_of_the_folder_it_is_started_in_is_run(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    ProcessBatch(opener(gguf)).close()


def test_an_error_of_opening_crosses_over(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        ProcessBatch(opener(tmp_path))
    assert caught.value.code == "model.file-unreadable"


def test_a_process_that_ends_while_opening_is_an_error() -> None:
    with pytest.raises(ModelError) as caught:
        ProcessBatch(partial(os._exit, 7))  # type: ignore[arg-type]
    assert caught.value.code == "inference.failed"
    assert "7" in caught.value.what

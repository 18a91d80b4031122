"""Work in a process of its own: whatever happens there, the asker hears of it in a sentence and can ask again."""

import io
import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from pipeline.child import Child, receive, send
from pipeline.errors import BadInput, Cancelled, RendererFailed, RendererUnavailable


@pytest.fixture
def echo(tmp_path):
    child = Child(
        "tests.children.echo",
        "The echo",
        tmp_path / "echo.log",
        memory_ceiling_mb=300,
        idle_s=60,
        failed=RendererFailed,
        unavailable=RendererUnavailable,
    )
    yield child
    child.close()


@given(
    st.dictionaries(st.text(max_size=8), st.integers() | st.text() | st.booleans(), max_size=4),
    st.lists(
        st.sampled_from(["uint8", "uint16", "int32", "float32", "float64", "bool"]).flatmap(
            lambda kind: nps.arrays(kind, nps.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
        ),
        max_size=3,
    ),
)
def test_a_message_arrives_as_it_was_sent(header, arrays) -> None:
    """Header and arrays survive the wire: values, shapes and types."""
    header.pop("arrays", None)
    stream = io.BytesIO()
    send(stream, header, arrays)
    stream.seek(0)
    read, received = receive(stream)
    assert read == header
    assert [a.shape for a in received] == [a.shape for a in arrays]
    assert all(a.dtype == b.dtype for a, b in zip(received, arrays, strict=True))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(received, arrays, strict=True))


@given(st.binary(max_size=60))
def test_noise_on_the_wire_is_named(noise: bytes) -> None:
    """Bytes that are no message end as EOFError or ValueError, never as an endless wait or a wild allocation."""
    with pytest.raises((EOFError, ValueError, TypeError, KeyError, AttributeError, OverflowError)):
        receive(io.BytesIO(noise))


def test_it_answers_and_reports(echo: Child) -> None:
    """An answer brings words and arrays; progress is heard on the way."""
    heard: list[float] = []
    header, arrays = echo.ask(
        {"op": "echo", "words": "hé"}, [np.arange(6).reshape(2, 3) / 2], progress=heard.append
    )
    assert header["words"] == "hé"
    assert arrays[0].tolist() == [[0.0, 0.5, 1.0], [1.5, 2.0, 2.5]]
    assert heard == [0.5]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"op": "die"}, "stopped unexpectedly (status 3); please try again. Its last words: the last straw"),
        ({"op": "grow"}, "needed more memory than it may take"),
        ({"op": "nonsense"}, "could not finish this (KeyError"),
    ],
)
def test_a_death_is_a_sentence_and_the_next_question_is_answered(echo: Child, order, sentence: str) -> None:
    """Dying, growing and raising hurt the one question only."""
    with pytest.raises(RendererFailed, match=re.escape(sentence)):
        echo.ask(order)
    assert echo.ask({"op": "echo", "words": ""})[0]["words"] == ""


def test_its_own_errors_arrive_as_themselves(echo: Child) -> None:
    """A typed error of the work is raised where it was asked."""
    with pytest.raises(BadInput, match="choose another"):
        echo.ask({"op": "refuse"})


def test_cancel_stops_it_kindly_and_a_deaf_one_by_force(echo: Child) -> None:
    """Work that looks at its orders stops at once; work that does not is ended after the grace."""
    echo.ask({"op": "echo", "words": "awake"})
    started = time.monotonic()
    header, _ = echo.ask({"op": "wait", "seconds": 20}, cancelled=lambda: time.monotonic() - started > 0.2)
    assert header["event"] == "done"
    with pytest.raises(Cancelled):
        echo.ask({"op": "hang", "seconds": 20}, cancelled=lambda: True)
    assert time.monotonic() - started < 15


def test_silence_has_an_end(echo: Child) -> None:
    """One that hangs is ended after its patience, told so, and replaced."""
    echo.ask({"op": "echo", "words": ""})
    with pytest.raises(RendererFailed, match="no sign of life for 1 s"):
        echo.ask({"op": "hang", "seconds": 30}, patience_s=1.0)
    assert echo.ask({"op": "echo", "words": "again"})[0]["words"] == "again"

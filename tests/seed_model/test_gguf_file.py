"""The exported file answers like the network it was made from, and cuts text like the training tokenizer."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the seed model's trainer needs the train extra (torch)")
pytest.importorskip("tokenizers", reason="the seed model's trainer needs the train extra (tokenizers)")
pytest.importorskip("gguf", reason="the seed model's trainer needs the train extra (gguf)")
llama_cpp = pytest.importorskip("llama_cpp")

import numpy as np  # noqa: E402
from seed_model import gguf_file, rows, tokenizer  # noqa: E402
from seed_model.lesson import Lesson, Task  # noqa: E402
from seed_model.network import Network, Shape  # noqa: E402

from dtc_local import prompts  # noqa: E402

WORDS = ["order", "ticket", "Berlin", "Zürich", "北京", "O'Brien", "re-open", "don't", "naïve", "a\n\nb", "50%", "🙂"]
WORDS += ['[{"id":1}]', "$1.id", "<|im_end|>", "\t", "end", ""]


def words(random: Random, count: int) -> str:
    """Text with digits, accents and a special token's name in it."""
    return " ".join(random.choice(WORDS) + str(random.randint(0, 99999)) * random.randint(0, 1) for _ in range(count))


def lesson(random: Random) -> Lesson:
    """Two turns' worth of history with a task after each part."""
    history = tuple(words(random, 12) + "\n" for _ in range(4))
    tasks = tuple(Task("verify", after, words(random, 6) + "\n", words(random, 8)) for after in (0, 2, 2, 4))
    return Lesson(words(random, 30) + "\n", history, tasks)


@pytest.fixture(scope="module")
def segments() -> tokenizer.Segments:
    random = Random(1)
    return tokenizer.Segments(tokenizer.train((words(random, 40) for _ in range(200)), 600))


@pytest.fixture(scope="module")
def network(segments: tokenizer.Segments) -> Network:
    torch.manual_seed(1)
    shape = Shape(vocabulary=segments.tokenizer.get_vocab_size(), layers=2, width=64, heads=2, hidden=96)
    network = Network(shape, block=128)
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.3)
    return network


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, network: Network, segments: tokenizer.Segments) -> Any:
    path = tmp_path_factory.mktemp("gguf") / "seed.gguf"
    gguf_file.write(path, network, segments)
    return llama_cpp.Llama(str(path), n_ctx=1024, logits_all=True, n_threads=1, seed=1, verbose=False)


def flat(segments: tokenizer.Segments, one: Lesson, task: Task) -> list[int]:
    """A prompt's tokens as an engine makes them."""
    ids = [*segments.frame(tokenizer.TO_SYSTEM), *segments.content(one.system)]
    ids += segments.frame(tokenizer.SYSTEM_TO_USER)
    for part in (prompts.OPENING, *one.history[: task.after], task.prompt):
        ids += segments.content(part)
    return ids + segments.frame(tokenizer.USER_TO_ASSISTANT)


def answers(network: Network, ids: list[int]) -> Any:
    """Logits at every place of one flat prompt."""
    size = len(ids)
    places = torch.arange(size)[None]
    with torch.no_grad():
        return network(torch.tensor([ids]), places, torch.full((1, size), size - 1), places)[0]


def test_llama_cpp_cuts_text_into_the_same_tokens(model: Any, segments: tokenizer.Segments) -> None:
    random = Random(2)
    for text in [words(random, random.randint(1, 30)) for _ in range(150)] + ["  ", " \n", "a  12  b", "½ 5²", "end  "]:
        assert model.tokenize(text.encode(), add_bos=False, special=False) == segments.content(text)
    for frame in (tokenizer.TO_SYSTEM, tokenizer.SYSTEM_TO_USER, tokenizer.USER_TO_ASSISTANT):
        assert model.tokenize(frame.encode(), add_bos=False, special=True) == segments.frame(frame)


def test_llama_cpp_computes_the_same_logits(model: Any, network: Network, segments: tokenizer.Segments) -> None:
    one = lesson(Random(3))
    ids = flat(segments, one, one.tasks[-1])
    model.reset()
    model.eval(ids)
    expected, got = answers(network, ids).numpy(), np.array(model.scores[: len(ids)])
    assert np.abs(expected - got).max() < 0.3 * expected.std()
    assert (expected.argmax(1) == got.argmax(1)).mean() > 0.9


def test_a_task_in_a_packed_tree_is_read_like_its_own_prompt(network: Network, segments: tokenizer.Segments) -> None:
    one = lesson(Random(4))
    packed = rows.tree(one, segments, Random(1), length=2048, asked=1024)
    assert packed is not None
    row = next(rows.fill([packed, packed], length=4096, asked=2048))
    columns = [torch.from_numpy(column)[None] for column in row[:4]]
    with torch.no_grad():
        logits = network(*columns)[0]
    start = 0
    for task in one.tasks * 2:
        ids, answer = flat(segments, one, task), segments.content(task.answer)
        expected = answers(network, ids + answer)[len(ids) - 1 :]
        assert list(row.targets[start : start + len(expected)]) == [*answer, segments.turn_end]
        torch.testing.assert_close(logits[start : start + len(expected)], expected, atol=1e-4, rtol=1e-3)
        start += len(expected)


def test_tasks_are_left_out_until_a_lesson_fits(segments: tokenizer.Segments) -> None:
    one = lesson(Random(5))
    whole = rows.tree(one, segments, Random(1), length=2048)
    assert whole is not None
    part = rows.tree(one, segments, Random(1), length=len(whole.tokens) - 1)
    assert part is not None
    assert 0 < len(part.targets) < len(whole.targets)
    assert rows.tree(one, segments, Random(1), length=20) is None

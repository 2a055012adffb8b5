"""A tree of local session logs of any size, shaped like those a real client writes.

Made from a seed, so that two runs measure the same bytes. The content is filler: what matters
is its weight between the usage fields, and that part of it looks like usage.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

MODELS: Final = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5")
FIRST_DAY: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
DAYS: Final = 90
PROJECTS: Final = 40
SUBAGENT_SHARE: Final = 0.15
SENTENCES: Final = (
    "the build of this module reads every file once and keeps what it needs in a table that "
    "is sorted by day so a later step can join it without a second pass over the history "
    "def parse(line): return None if not line else line.split() # noqa"
)

ENVELOPE: Final = (
    '"userType":"external","entrypoint":"cli","cwd":"/home/dev/%s","sessionId":"%s",'
    '"version":"2.1.329","gitBranch":"main"'
)
ASSISTANT: Final = (
    '{"parentUuid":"%s","isSidechain":%s,%s"message":{"id":"%s","type":"message",'
    '"role":"assistant","model":"%s","content":[%s],"stop_reason":"tool_use",'
    '"stop_sequence":null,"usage":{"input_tokens":%d,"cache_creation_input_tokens":%d,'
    '"cache_read_input_tokens":%d,"output_tokens":%d,"output_tokens_details":'
    '{"thinking_tokens":0},"server_tool_use":{"web_search_requests":0,"web_fetch_requests":0},'
    '"service_tier":"standard","cache_creation":{"ephemeral_1h_input_tokens":%d,'
    '"ephemeral_5m_input_tokens":%d},"inference_geo":"not_available","iterations":[],'
    '"speed":"standard"},"stop_details":null},"requestId":"%s","type":"assistant",'
    '"uuid":"%s","timestamp":"%s",%s}\n'
)
USER: Final = (
    '{"parentUuid":"%s","isSidechain":%s,"type":"user","message":{"role":"user","content":'
    '[{"tool_use_id":"toolu_%s","type":"tool_result","content":"%s"}]},"uuid":"%s",'
    '"timestamp":"%s","toolUseResult":{"stdout":"%s","stderr":"","interrupted":false},%s}\n'
)
BLOCKS: Final = (
    '{"type":"thinking","thinking":"%s","signature":"c2lnbmF0dXJl"}',
    '{"type":"text","text":"%s"}',
    '{"type":"tool_use","id":"toolu_01","name":"Write","input":{"file_path":"notes.py",'
    '"content":"%s"}}',
)


@dataclass
class Written:
    """What was written: the truth a reading of the tree is held against.

    Attributes:
        files: Number of files.
        assistant_lines: Lines that carry usage.
        bytes: Size of all that was written.
        message_count: Distinct messages.
        tokens: Input, output, cache write and cache read tokens, each message once.
    """

    files: int = 0
    assistant_lines: int = 0
    bytes: int = 0
    message_count: int = 0
    tokens: list[int] = field(default_factory=lambda: [0, 0, 0, 0])


class _Writer:
    """Writes sessions below one directory, counting as it goes."""

    def __init__(self, directory: Path, seed: int) -> None:
        self._root = directory
        self._random = random.Random(seed)
        self._seed = seed
        self._ids = (f"{seed:04x}{number:012x}" for number in count())
        self._texts = [self._text(size) for size in range(200, 1_400, 4)]
        self.written = Written()

    def _text(self, size: int) -> str:
        words = " ".join(self._random.choices(SENTENCES.split(), k=size // 5))
        return words[:size] + '\\n{\\"usage\\":{\\"input_tokens\\":1}}\\t\\u00e9'

    def _uuid(self) -> str:
        return f"{self._seed:08x}-0000-4000-8000-{next(self._ids)[-12:]}"

    def _message(
        self, session_id: str, agent: str, project: str, moment: datetime, streamed: bool
    ) -> Iterator[str]:
        """One answer, a line per content block, and the tool result that follows it."""
        pick = self._random
        envelope = ENVELOPE % (project, session_id)
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
        message_id, request_id = f"msg_01{next(self._ids)}", f"req_011C{next(self._ids)}"
        model, side = pick.choice(MODELS), "true" if agent else "false"
        agent_field = f'"agentId":"{agent}",' if agent else ""
        tokens_in, tokens_out = pick.randrange(3, 4_000), pick.randrange(20, 3_000)
        write_5m, write_1h = pick.choice(((0, 0), (pick.randrange(9_000), 0), (0, 2_057)))
        read = pick.randrange(0, 150_000)
        parent = self._uuid()
        blocks = pick.choice((1, 2, 2, 3))
        for block in range(blocks):
            # A streamed answer is logged with the output it had so far; the last copy is whole.
            is_partial = streamed and block < blocks - 1
            content = BLOCKS[block] % pick.choice(self._texts)
            line_uuid = self._uuid()
            yield ASSISTANT % (
                parent, side, agent_field, message_id, model, content, tokens_in,
                write_5m + write_1h, read, 1 + block if is_partial else tokens_out, write_1h,
                write_5m, request_id, line_uuid, stamp, envelope,
            )  # fmt: skip
            parent = line_uuid
        result = pick.choice(self._texts)
        yield USER % (
            parent, side, next(self._ids), result, self._uuid(), stamp, result, envelope
        )  # fmt: skip
        totals = self.written.tokens
        for place, number in enumerate((tokens_in, tokens_out, write_5m + write_1h, read)):
            totals[place] += number
        self.written.message_count += 1
        self.written.assistant_lines += blocks

    def session_lines(
        self, session_id: str, agent: str, project: str, moment: datetime, lines: int
    ) -> Iterator[str]:
        """Yield about `lines` assistant lines with their tool results."""
        enough = self.written.assistant_lines + lines
        while self.written.assistant_lines < enough:
            moment += timedelta(seconds=self._random.uniform(1, 40))
            streamed = self._random.random() < 0.1
            yield from self._message(session_id, agent, project, moment, streamed)

    def write(self, path: Path, lines: Iterator[str], mode: str = "w") -> None:
        """Write or append lines to one file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        with path.open(mode, encoding="utf-8", newline="") as file:
            for line in lines:
                self.written.bytes += file.write(line)
        self.written.files += is_new

    def new_file(self, lines: int) -> None:
        """Write one session, or one subagent of a session, into a project picked at random."""
        project = f"project-{self._random.randrange(PROJECTS):02d}"
        session_id = self._uuid()
        agent = next(self._ids)[-8:] if self._random.random() < SUBAGENT_SHARE else ""
        moment = FIRST_DAY + timedelta(days=self._random.randrange(DAYS))
        folder = self._root / "projects" / f"-home-dev-{project}"
        path = folder / f"{session_id}.jsonl"
        if agent:
            path = folder / session_id / "subagents" / f"agent-{agent}.jsonl"
        self.write(path, self.session_lines(session_id, agent, project, moment, lines))

    def fill(self, assistant_lines: int) -> None:
        """Write files of a few hundred to two thousand lines until there are enough."""
        while (missing := assistant_lines - self.written.assistant_lines) > 0:
            self.new_file(min(missing, self._random.randrange(150, 1_400)))

    def grow(self, assistant_lines: int) -> None:
        """Append half of the lines to the sessions written last, the rest in new files."""
        sessions = sorted((self._root / "projects").glob("*/*.jsonl"))[-10:]
        for path in sessions:
            project = path.parent.name.removeprefix("-home-dev-")
            moment = FIRST_DAY + timedelta(days=DAYS)
            lines = assistant_lines // 2 // len(sessions)
            self.write(path, self.session_lines(path.stem, "", project, moment, lines), mode="a")
        self.fill(assistant_lines)


def generate(directory: Path, assistant_lines: int, seed: int = 1) -> Written:
    """Write a tree with `projects/` at its top.

    Args:
        directory: Root, as `CLAUDE_CONFIG_DIR` would name it.
        assistant_lines: Lines with usage to write, at least.
        seed: Two calls with one seed write the same tree.
    """
    writer = _Writer(directory, seed)
    writer.fill(assistant_lines)
    return writer.written


def grow(directory: Path, assistant_lines: int, seed: int = 2) -> Written:
    """Add lines to a generated tree: in part to existing files, in part in new ones."""
    writer = _Writer(directory, seed)
    writer.grow(assistant_lines)
    return writer.written

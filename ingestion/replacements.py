"""What takes the place of the identifiers of a person, and how values are changed."""

import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

ALWAYS_FROM: Final = date(1900, 1, 1)
ALWAYS_UNTIL: Final = date(9999, 12, 31)

_TOKEN_BYTES: Final = 8
# A shorter word, or a bare number, stands in texts for much else than a person.
_MIN_TEXT_LENGTH: Final = 5
_NO_DOMAIN: Final = "erased.invalid"
_STRING: Final = re.compile(r'"([^"\\]+)"')
# Anybody may give a key any name, a model's for one: it says nothing outside of its own column.
_NAME_KIND: Final = "api_key_name"
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_WORD: Final = re.compile(r"[A-Za-z0-9]+(?:[._+@-][A-Za-z0-9]+)*")
_PART: Final = re.compile(r"[A-Za-z0-9]+")
# Identifiers of the vendor begin with what they are of.
_PREFIX: Final = re.compile(r"(user|apikey|svac)_")
# A word of more parts is a path or a sentence; an identifier within has no more than these.
_MAX_PARTS: Final = 8


@dataclass(frozen=True)
class Identity:
    """What a source calls a person, and on which days it means them: [from, until)."""

    kind: str
    value: str
    valid_from_date: date = ALWAYS_FROM
    until_date: date = ALWAYS_UNTIL

    @property
    def is_theirs_alone(self) -> bool:
        """Whether nobody else ever has it."""
        return (self.valid_from_date, self.until_date) == (ALWAYS_FROM, ALWAYS_UNTIL)


@dataclass(frozen=True)
class Replacement:
    """What takes the place of an identifier.

    Attributes:
        value: The identifier, lower-cased; its keyed hash where only that is known.
        token: What takes its place.
        is_sought_in_texts: Whether it is particular enough to be looked for within texts.
        valid_from_date: First day on which it is replaced.
        until_date: First day on which it no longer is.
    """

    value: str
    token: str
    is_sought_in_texts: bool
    valid_from_date: date = ALWAYS_FROM
    until_date: date = ALWAYS_UNTIL

    @property
    def is_unmistakable(self) -> bool:
        """Whether it is theirs wherever it stands, and no word of a language."""
        return self.is_sought_in_texts and self.is_unlimited and not self.value.isalpha()

    @property
    def is_unlimited(self) -> bool:
        """Whether it is replaced on every day."""
        return (self.valid_from_date, self.until_date) == (ALWAYS_FROM, ALWAYS_UNTIL)


@dataclass(frozen=True)
class Erasure:
    """A person who is to go: written down until they are gone, so that a kill loses nothing.

    Attributes:
        replacements: Their identifiers and what takes their place.
        pseudonyms: What the marts called them.
    """

    replacements: tuple[Replacement, ...]
    pseudonyms: tuple[str, ...]

    @property
    def identifier_count(self) -> int:
        """How many identifiers go."""
        return len(self.replacements)

    def sought(self) -> re.Pattern[str]:
        """Everything of theirs alone that must be nowhere when they are gone."""
        values = [
            replacement.value for replacement in self.replacements if replacement.is_unmistakable
        ]
        return pattern_of([*values, *self.pseudonyms])

    def write(self, path: Path) -> None:
        """Store it, whole or not at all, for its owner only."""
        draft = path.with_name(f"{path.name}.tmp")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, default=str)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)

    @classmethod
    def read(cls, path: Path) -> "Erasure":
        """Read what `write` stored."""
        content = json.loads(path.read_text(encoding="utf-8"))
        replacements = tuple(
            Replacement(
                entry["value"],
                entry["token"],
                entry["is_sought_in_texts"],
                date.fromisoformat(entry["valid_from_date"]),
                date.fromisoformat(entry["until_date"]),
            )
            for entry in content["replacements"]
        )
        return cls(replacements, tuple(content["pseudonyms"]))


def plan_erasure(
    identities: Iterable[Identity], pseudonyms: Iterable[str], shared_domains: Iterable[str]
) -> Erasure:
    """Choose what takes the place of each identifier.

    Identifiers of one core get one token: where a login is the first part of an e-mail address, or
    an address goes on under another domain, sources still meet.

    Args:
        identities: All identifiers of the person.
        pseudonyms: What the marts called them.
        shared_domains: Domains of e-mail addresses of others; such a domain stays.
    """
    domains = {domain.lower() for domain in shared_domains}
    tokens: dict[str, str] = {}

    def token(core: str) -> str:
        return tokens.setdefault(core, f"erased-{secrets.token_hex(_TOKEN_BYTES)}")

    def replace(value: str) -> str:
        if "@" in value:
            local, _, domain = value.rpartition("@")
            # No-reply addresses of code hosts are made of a number and a login.
            locals_ = "+".join(token(part) for part in local.split("+"))
            return f"{locals_}@{domain if domain in domains else _NO_DOMAIN}"
        prefix = _PREFIX.match(value)
        return (prefix.group() if prefix else "") + token(value)

    found: dict[tuple[str, date, date], Replacement] = {}
    for identity in sorted(identities, key=lambda one: (one.value, one.valid_from_date)):
        value = identity.value.strip().lower()
        days = (identity.valid_from_date, identity.until_date)
        is_sought = identity.kind != _NAME_KIND and is_particular(value)
        values = [(value, replace(value), is_sought)]
        if "@" in value:
            local = value.rpartition("@")[0]
            # Names of keys and paths carry the first part of an address.
            if is_particular(local) and not local.isalpha():
                values.append((local, token(local), True))
        for text, replacement, is_sought_in_texts in values:
            entry = Replacement(text, replacement, is_sought_in_texts, *days)
            known = found.setdefault((text, *days), entry)
            if is_sought_in_texts and not known.is_sought_in_texts:
                found[text, *days] = entry
    return Erasure(tuple(found.values()), tuple(sorted(set(pseudonyms))))


def is_particular(value: str) -> bool:
    """Whether it may be looked for within texts."""
    return len(value) >= _MIN_TEXT_LENGTH and not value.isdigit()


class Replacer:
    """Replaces identifiers in the values of columns.

    Args:
        replacements: What to replace, and by what.
        key: Key that the values of the replacements are hashed with; None if they are plain.
    """

    def __init__(self, replacements: Iterable[Replacement], key: bytes | None = None) -> None:
        self._key = key
        self._found: dict[str, list[Replacement]] = {}
        for replacement in replacements:
            self._found.setdefault(replacement.value, []).append(replacement)
        self._known: dict[str, list[Replacement]] = {}

    def whole(self, value: str, day: date | None) -> str:
        """Replace a value that is an identifier."""
        return self._token(value, day) or value

    def listed(self, text: str, day: date | None) -> str:
        """Replace the strings of a JSON text that are identifiers."""
        return _STRING.sub(lambda match: f'"{self.whole(match[1], day)}"', text)

    def within(self, text: str, day: date | None) -> str:
        """Replace every identifier in a text; other people's that contain one stay."""
        whole = self._token(text, day, in_text=True)
        if whole:
            return whole
        parts: list[str] = []
        end = 0
        for match in _EMAIL.finditer(text):
            parts += [self._words(text[end : match.start()], day), self.whole(match.group(), day)]
            end = match.end()
        return "".join((*parts, self._words(text[end:], day)))

    def _words(self, text: str, day: date | None) -> str:
        return _WORD.sub(lambda match: self._word(match.group(), day), text)

    def _word(self, word: str, day: date | None) -> str:
        parts = [match.span() for match in _PART.finditer(word)]
        start = 0
        for first in range(len(parts)):
            if parts[first][0] < start:
                continue
            for last in range(min(len(parts), first + _MAX_PARTS) - 1, first - 1, -1):
                begin, end = parts[first][0], parts[last][1]
                token = self._token(word[begin:end], day, in_text=True)
                if token:
                    return word[:begin] + token + self._word(word[end:], day)
        return word

    def _token(self, value: str, day: date | None, *, in_text: bool = False) -> str | None:
        key = value.strip().lower()
        if key not in self._known:
            self._known[key] = self._found.get(hash_of(self._key, key) if self._key else key, [])
        for replacement in self._known[key]:
            if in_text and not replacement.is_sought_in_texts:
                continue
            if day is None and not replacement.is_unlimited:
                continue
            if day is None or replacement.valid_from_date <= day < replacement.until_date:
                return replacement.token
        return None


def pattern_of(values: Iterable[str]) -> re.Pattern[str]:
    """Any of the values where nothing that could belong to it stands beside."""
    ordered = sorted(set(values), key=lambda value: (-len(value), value))
    parts = "|".join(re.escape(value) for value in ordered) or r"[^\s\S]"
    return re.compile(rf"(?:^|[^a-z0-9])(?:{parts})(?:[^a-z0-9]|$)", re.IGNORECASE)


def as_re2(pattern: str) -> str:
    """Write a pattern as DuckDB reads it."""
    return pattern.replace(r"\-", "-").replace(r"\@", "@").replace(r"\ ", " ")


def hash_of(key: bytes, value: str) -> str:
    """Return what is remembered of an identifier: nobody without the key can try names on it."""
    return hmac.digest(key, f"erased|{value}".encode(), "sha256").hex()

"""Typed reading of environment variables. A fault is one line that begins with the variable's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import quote, urlsplit

from muvi.domain.shared.errors import DomainError

PORTS = range(1, 65536)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_NUMBER = 12
"""Digits; no setting comes near."""
PLACES = ("local", "development", "dev", "test", "uat", "staging", "production", "prod")
PERSONAL = frozenset({"local", "development", "dev", "test"})
"""Places that may be one person's machine, where `make up` helps."""
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
WEB = ("http", "https")


def place_of(variables: Mapping[str, str]) -> str:
    """What the environment is called, in lower case; `local` where nobody says."""
    named = variables.get("MUVI_ENV", "").strip() or variables.get("NODE_ENV", "").strip()
    return named.lower() or "local"


class BadSettings(Exception):
    """The environment cannot be worked with; the message lists every fault and its remedy."""


class Environment:
    """Reads variables and gathers every fault before it complains. No fault quotes a secret."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []
        name = "MUVI_ENV" if self.text("MUVI_ENV", "") else "NODE_ENV"
        self.production = self.one_of(name, "local", PLACES) in {"production", "prod"}

    def text(self, name: str, default: str) -> str:
        """A text; empty counts as missing."""
        return self._variables.get(name, "").strip() or default

    def words(self, name: str) -> tuple[str, ...]:
        """Texts separated by commas or spaces."""
        return words(self.text(name, ""))

    def one_of(self, name: str, default: str, known: Collection[str]) -> str:
        """One of the known words, in lower case."""
        value = self.text(name, default).lower()
        if value not in known:
            self._faults.append(f"{name} must be one of {', '.join(known)}, not {value!r}")
            return default
        return value

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        """Addresses and networks (`10.0.0.7 10.1.0.0/16`)."""
        found = []
        for word in self.words(name):
            try:
                found.append(ip_network(word))
            except ValueError:
                self._faults.append(f"{name} holds {word!r}, which is neither an address nor a network")
        return tuple(found)

    def number(self, name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
        """A whole number within bounds."""
        value = self.text(name, str(default))
        number = _whole(value)
        if number is None or number < least or (most is not None and number > most):
            bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
            self._faults.append(f"{name} must be a whole number {bounds}, not {value[:40]!r}")
            return default
        return number

    def seconds(self, name: str, default: int, *, least: str, most: str) -> int:
        """A time as seconds (`900`) or with a unit `s`, `m`, `h`, `d` (`15m`), like its bounds."""
        value = self.text(name, str(default))
        seconds = _seconds(value)
        if seconds is None or not (_seconds(least) or 0) <= seconds <= (_seconds(most) or 0):
            self._faults.append(
                f"{name} must be a time from {least} to {most}, like 900, 900s, 15m, 12h or 30d, "
                f"not {value[:40]!r}"
            )
            return default
        return seconds

    def port(self, name: str, default: int) -> int:
        """A port; `default` is not checked, so that 0 can stand for none."""
        value = self.text(name, "")
        if not value:
            return default
        if not value.isdecimal() or int(value) not in PORTS:
            self._faults.append(f"{name} must be a port ({PORTS[0]} to {PORTS[-1]}), not {value!r}")
            return default
        return int(value)

    def secret(self, name: str, default: str) -> str:
        """A value whose default is for the sandbox only: production must set it, and to something else."""
        value = self.text(name, default)
        if self.production and (not value or value == default):
            self._faults.append(f"{name} must be set in production, and not to a sandbox value")
        return value

    def needed(self, name: str, otherwise: str = "") -> str:
        """A value without which another makes no sense; `otherwise` ends the sentence of the fault."""
        value = self.text(name, "")
        if not value:
            self._faults.append(f"{name} must be set{otherwise}")
        return value

    def all_or_none(self, names: Collection[str]) -> bool:
        """Whether all of them are set; some without the others are one fault."""
        missing = [name for name in names if not self.text(name, "")]
        if missing and len(missing) < len(names):
            self._faults.append(f"{', '.join(missing)} must be set too, or none of {', '.join(names)}")
        return not missing

    def chosen(self, name: str, default: str) -> str:
        """A value that is no secret and that production must set, to whatever it likes."""
        if self.production and not self.text(name, ""):
            self._faults.append(f"{name} must be set in production")
        return self.text(name, default)

    def readable(self, name: str, value: str, read: Callable[[str], object]) -> str:
        """The value, tried by whoever reads it later, so that it fails at the start and not in a purchase."""
        if value:
            try:
                read(value)
            except (ValueError, DomainError) as error:
                self._faults.append(f"{name} cannot be used: {error}")
        return value

    def address(self, name: str, value: str) -> str:
        """A web address, without a slash at its end."""
        if not _is_web(value):
            self._faults.append(f"{name} must be an address like https://host:port/path, not {value!r}")
        return value.rstrip("/")

    def partner(self, name: str, sandbox: str) -> str:
        """The address of a third party, which the sandbox plays outside production."""
        return self.address(name, self.secret(name, sandbox))

    def origins(self, name: str) -> tuple[str, ...]:
        """Origins of web pages (`https://host`) and schemes of apps (`muvi://`)."""
        found = self.words(name)
        for word in found:
            scheme = word.partition("://")[0].lower()
            if SCHEME.match(word) is None or (scheme in WEB and not _is_web(word)):
                self._faults.append(
                    f"{name} holds {word!r}, which is neither https://host nor an app's scheme://"
                )
        return found

    def database(self, role: str) -> str:
        """DATABASE_URL, else DB_*; the read role falls back to the write role, then to the same."""
        port = self.port("DB_PORT", 5432)
        url = self.text("DATABASE_URL", "")
        if not url:
            host = self.text(f"DB_{role}_HOST", self.text("DB_WRITE_HOST", ""))
            if not host:
                self._faults.append("DATABASE_URL (or DB_WRITE_HOST, DB_DATABASE …) must be set")
                return ""
            user = quote(
                self.text(f"DB_{role}_USERNAME", self.text("DB_WRITE_USERNAME", "postgres")), safe=""
            )
            key = quote(self.text(f"DB_{role}_PASSWORD", self.text("DB_WRITE_PASSWORD", "")), safe="")
            name = self.text("DB_DATABASE", "muvi")
            login = f"{user}:{key}" if key else user
            url = f"postgresql://{login}@{host}:{port}/{name}"
        self._server("DATABASE_URL", url, ("postgresql", "postgres", "postgresql+asyncpg"))
        return f"postgresql+asyncpg://{url.partition('://')[2]}"

    def redis(self) -> str:
        """REDIS_URL, else REDIS_HOST and REDIS_PORT."""
        port = self.port("REDIS_PORT", 6379)
        url = self.text("REDIS_URL", "")
        if not url:
            host = self.text("REDIS_HOST", "")
            if not host:
                self._faults.append("REDIS_URL (or REDIS_HOST) must be set")
            url = f"redis://{host}:{port}/0"
        self._server("REDIS_URL", url, ("redis", "rediss", "unix"))
        return url

    def _server(self, name: str, url: str, schemes: Collection[str]) -> None:
        """A fault when the address of a server has another scheme or an impossible port."""
        scheme, _, rest = url.partition("://")
        if scheme not in schemes:
            self._faults.append(f"{name} must begin with {' or '.join(f'{one}://' for one in schemes)}")
            return
        place = re.split(r"[/?]", rest, maxsplit=1)[0].rpartition("@")[2]
        port = re.search(r":([^\]]+)$", place)
        if port is not None and not (port[1].isdecimal() and int(port[1]) in PORTS):
            self._faults.append(f"{name} names a port that is none")

    def finish(self) -> None:
        """Raise `BadSettings` when anything was wrong."""
        if self._faults:
            raise BadSettings("\n".join(dict.fromkeys(self._faults)))


def words(text: str) -> tuple[str, ...]:
    """The words of a text, separated by commas or spaces."""
    return tuple(text.replace(",", " ").split())


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _seconds(text: str) -> int | None:
    number = _whole(text[:-1] if text[-1:] in SECONDS else text)
    return None if number is None else number * SECONDS.get(text[-1:], 1)


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        usable = parts.port is None or parts.port in PORTS
    except ValueError:
        return False
    return parts.scheme in WEB and bool(parts.hostname) and usable and not re.search(r"\s", address)

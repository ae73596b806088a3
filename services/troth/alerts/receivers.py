"""Chat and mail by Apprise: one address of a receiver, which is a secret and is never said."""

import logging
import re
from typing import Any, Final, Protocol

from troth.alerts.messages import Message

ANSWER_SECONDS: Final = 20.0  # a receiver that is slow to answer has mostly taken what it was sent
_STATUS: Final = re.compile(r"error=(\d{3})\b")


class NoApprise(Exception):
    """Receivers are configured and Apprise is not installed; the message says so and what to do."""


class WrongAddress(Exception):
    """An address that Apprise does not know; the message names the variable and not the address."""


class NotTaken(Exception):
    """A receiver did not take a message; the message says how it answered, where that is known."""


class Receiver(Protocol):
    """Whoever takes messages."""

    def send(self, message: Message) -> None:
        """Send it. Raises NotTaken."""


class AppriseReceiver:
    """One address. `variable` is where it was found. Raises NoApprise or WrongAddress."""

    def __init__(self, address: str, variable: str) -> None:
        try:
            import apprise  # noqa: PLC0415 - who tells nobody by chat or mail need not have it
        except ModuleNotFoundError:
            raise NoApprise(f"{variable} names a receiver of chat or mail, which needs the package apprise: install troth[chat].") from None
        log = logging.getLogger("apprise")  # it may say addresses; what it has to say is said in our own sentences
        log.propagate = False
        log.addHandler(logging.NullHandler())
        found = apprise.Apprise.instantiate(address)
        if found is None:
            raise WrongAddress(
                f"{variable} has an address that Apprise does not know. Write it as https://github.com/caronc/apprise/wiki tells, "
                "such as mailto://user:password@example.org or slack://token_a/token_b/token_c."
            )
        if "overflow=" not in address:
            found.overflow_mode = apprise.OverflowMode.SPLIT  # a long list comes in parts where a message has to be short
        if "rto=" not in address:
            found.socket_read_timeout = ANSWER_SECONDS
        self._receiver: Any = apprise.Apprise()
        self._receiver.add(found)  # by way of the whole, which makes HTML of the text for those that take that

    def send(self, message: Message) -> None:
        """Send it. Raises NotTaken."""
        import apprise  # noqa: PLC0415 - as above

        with apprise.LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call]  # the library leaves it untyped
            taken = self._receiver.notify(body=message.body, title=message.title, body_format=apprise.NotifyFormat.TEXT)
            answered = _STATUS.search(said.getvalue())
        if not taken:
            raise NotTaken(f"it answered {answered[1]}" if answered else "it could not be reached, or did not say why")

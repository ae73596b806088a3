"""What Kafka's errors are called: that it is away, which waiting mends, or that something is wrong with how it is used."""

import pytest
from kafka import errors

from troth.stream.broker import Broker, said_of
from troth.stream.trouble import BrokerAway, BrokerTrouble

BROKER = Broker("kafka.example:9092")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.KafkaConnectionError("refused"), id="nothing listens"),
        pytest.param(ConnectionResetError("reset"), id="it went"),
        pytest.param(errors.RequestTimedOutError("Request timed out after 9999 ms"), id="it stands still"),
        pytest.param(errors.UnknownBrokerIdError(-1), id="it has no controller yet"),
        pytest.param(errors.LeaderNotAvailableError(), id="a partition has no leader yet"),
        pytest.param(errors.NotLeaderForPartitionError(), id="another leads now"),
        pytest.param(errors.CoordinatorLoadInProgressError(), id="it is reading what it had"),
    ],
)
def test_what_passes_by_itself_is_that_it_is_away(error: Exception) -> None:
    with pytest.raises(BrokerAway, match=r"^Kafka at kafka\.example:9092 could not be read: "), said_of(BROKER, "be read"):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.SaslAuthenticationFailedError(), id="a wrong password"),
        pytest.param(errors.TopicAuthorizationFailedError(), id="no right"),
        pytest.param(errors.UnsupportedVersionError(), id="too old"),
    ],
)
def test_what_waiting_does_not_mend_is_trouble(error: Exception) -> None:
    with pytest.raises(BrokerTrouble, match=r"^Kafka at kafka\.example:9092 could not be read: "), said_of(BROKER, "be read"):
        raise error


def test_what_is_a_mistake_of_ours_keeps_its_name() -> None:
    with pytest.raises(errors.InvalidTopicError), said_of(BROKER, "be read"):
        raise errors.InvalidTopicError

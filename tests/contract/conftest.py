"""The real Kafka, as in the integration tests."""

from tests.integration.conftest import kafka

__all__ = ["kafka"]

"""Kafka: the topics, the records on them, and the programs of a cluster."""

"""The scorer and its peers, each a program of its own that does the same work on the same log of a real Kafka."""

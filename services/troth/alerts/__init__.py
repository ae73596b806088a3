"""Notices out: to Alertmanager what is wrong now, to chat and mail what happened, each once, with an outbox that survives a restart."""

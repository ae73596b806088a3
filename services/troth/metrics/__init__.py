"""What Prometheus scrapes: one catalogue of metrics, and the collector that fills it from the book."""

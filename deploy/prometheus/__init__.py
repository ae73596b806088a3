"""What Prometheus is told: its configuration, its rules, and their tests."""

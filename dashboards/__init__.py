"""Grafana's dashboards, built in typed Python from the catalogue of metrics: `python -m schemas.build` writes the JSON beside this."""

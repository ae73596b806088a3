"""A preview of the dashboards, drawn by Grafana's own front-end packages where no Grafana server is at hand."""

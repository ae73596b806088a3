"""What Troth is run with: the image, the cluster here, Kafka without Docker, Prometheus, Alertmanager and Grafana."""

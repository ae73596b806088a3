"""What tools export, as the deliveries that they would have sent: so history becomes the same events as webhooks. Pure."""

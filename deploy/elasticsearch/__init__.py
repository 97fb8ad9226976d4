"""A real, secured Elasticsearch node on the loopback interface: got, run and stopped without a container engine."""

"""Report generators and the command line."""

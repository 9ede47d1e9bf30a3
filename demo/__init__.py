"""A small web on loopback: the demo shop and its third parties, and the server that tests put their own sites on."""

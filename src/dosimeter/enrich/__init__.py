"""Says where an address is registered, who operates its network and whose it is, from local data alone."""

"""The only package that opens connections. Every one of them passes the gate."""

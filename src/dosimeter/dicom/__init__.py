"""A sans-I/O DICOM codec: bytes in, events out, bytes to send. There is no networking code here at all.

It can ask C-ECHO, C-FIND, C-CANCEL and a C-GET of an object that cannot exist, and nothing else.
"""

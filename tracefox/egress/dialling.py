"""Opening a socket to an address that was judged: the one place in Tracefox where a connection to the web begins."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

Dial = Callable[[str, int], Awaitable[socket.socket]]


async def dial(address: str, port: int) -> socket.socket:
    """A connected, non-blocking socket. `address` is a literal: nothing is looked up here."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, (address, port))
    except BaseException:
        connection.close()
        raise
    return connection


def reached(connection: socket.socket, address: str, port: int) -> bool:
    """Is the other end where it should be?"""
    try:
        peer = connection.getpeername()
    except OSError:  # gone again already
        return False
    return ipaddress.ip_address(peer[0]) == ipaddress.ip_address(address) and peer[1] == port

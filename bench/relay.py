"""relay.py HOST PORT MS: standard input to a TCP port and back, each direction held up by half of MS (ssh's ProxyCommand). Whatever is sent meanwhile is under way together."""

import os
import queue
import socket
import sys
import threading
import time

PIECE = 1 << 18


def carry(read, write, delay):
    """Until `read` brings nothing more; then `write` is told so by an empty piece."""
    under_way = queue.SimpleQueue()

    def deliver():
        piece = b"more"
        while piece:
            due, piece = under_way.get()
            time.sleep(max(0, due - time.monotonic()))
            write(piece)

    delivering = threading.Thread(target=deliver)
    delivering.start()
    piece = b"more"
    while piece:
        piece = read(PIECE)
        under_way.put((time.monotonic() + delay, piece))
    delivering.join()


def write_all(descriptor, piece):
    while piece:
        piece = piece[os.write(descriptor, piece) :]


def main():
    host, port, milliseconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    far = socket.create_connection((host, port))
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    delay = milliseconds / 2000
    there = threading.Thread(
        target=carry,
        args=(lambda most: os.read(0, most), lambda piece: far.sendall(piece) if piece else far.shutdown(socket.SHUT_WR), delay),
        daemon=True,
    )
    there.start()
    carry(far.recv, lambda piece: write_all(1, piece), delay)


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of what record-loopback makes of packets; that it sees them is SecrecyIT's to show."""

import importlib.machinery
import importlib.util
import pathlib
import struct
import tempfile
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "record-loopback"
_loader = importlib.machinery.SourceFileLoader("record_loopback", str(PROGRAM))
_spec = importlib.util.spec_from_loader("record_loopback", _loader)
record_loopback = importlib.util.module_from_spec(_spec)
_loader.exec_module(record_loopback)

SYN, ACK = 0x02, 0x10


def segment(sequence, payload, source=1000, target=2000, flags=ACK):
    tcp = struct.pack("!HHIIBBHHH", source, target, sequence % (1 << 32), 0, 5 << 4, flags, 0, 0, 0)
    return tcp + payload


def ipv4(content, protocol=6):
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, protocol, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + content


def ipv6(content):
    return struct.pack("!IHBB16s16s", 6 << 28, 0, 6, 64, b"\0" * 15 + b"\1", b"\0" * 15 + b"\1") + content


class RecordingTest(unittest.TestCase):
    def setUp(self):
        self.recording = record_loopback.Recording({8080})

    def take(self, *segments):
        for each in segments:
            self.recording.packet(0x0800, ipv4(each))

    def written(self):
        with tempfile.TemporaryDirectory() as folder:
            self.recording.write(folder)
            return {file.name: file.read_bytes() for file in pathlib.Path(folder).iterdir()}

    def test_segments_are_put_in_order_and_repeated_ones_taken_once(self):
        self.take(segment(99, b"", flags=SYN), segment(103, b"def"), segment(100, b"abc"), segment(100, b"abcd"))
        self.assertEqual(self.written()["127.0.0.1.1000-127.0.0.1.2000.0"], b"abcdef")

    def test_numbers_may_pass_their_end(self):
        self.take(segment(-2, b"", flags=SYN), segment(-1, b"ab"), segment(1, b"cd"))
        self.assertEqual(self.written()["127.0.0.1.1000-127.0.0.1.2000.0"], b"abcd")

    def test_connection_that_was_there_before_is_kept_from_where_it_was_seen(self):
        self.take(segment(500, b"cd"), segment(498, b"ab"))
        self.assertEqual(self.written()["127.0.0.1.1000-127.0.0.1.2000.0"], b"abcd")

    def test_directions_and_connections_are_kept_apart(self):
        self.take(segment(1, b"there"), segment(1, b"back", source=2000, target=1000))
        self.take(segment(9, b"", flags=SYN), segment(10, b"again"))
        self.assertEqual(sorted(self.written().values()), [b"", b"again", b"back", b"there"])

    def test_excepted_ports_are_left_out(self):
        self.take(segment(1, b"a", source=8080), segment(1, b"b", target=8080))
        self.assertEqual(self.written(), {"other": b""})

    def test_ipv6_is_kept_too(self):
        self.recording.packet(0x86DD, ipv6(segment(1, b"six")))
        self.assertEqual(self.written()["::1.1000-::1.2000.0"], b"six")

    def test_what_is_not_tcp_is_kept_whole(self):
        self.recording.packet(0x0800, ipv4(b"datagram", protocol=17))
        self.assertIn(b"datagram", self.written()["other"])


if __name__ == "__main__":
    unittest.main()

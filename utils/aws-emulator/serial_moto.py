#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS for tests: DynamoDB, EC2, S3 and STS by moto, one call at a time.

moto's own server answers several calls at once without locks, and then lets two writers win one conditional put. Here each
body is read whole, and then one call runs after the other. Prints "listening on URL" when it does. POST /moto-api/reset
forgets everything. Signatures, checksums and roles are not checked: what depends on those needs a stricter server.
"""
import argparse
import io
import logging
import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Serial:
    """Runs one call at a time. The body is read before, so that a slow caller holds up nobody."""

    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        if environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read()
        else:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self.lock:
            answer = self.application(environ, start_response)
            try:
                return list(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()


class Handler(WSGIRequestHandler):
    """Keeps connections open, and sends what there is at once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True


def end_with_standard_input():
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any that is free)")
    parser.add_argument("--with-parent", action="store_true",
                        help="end when standard input ends, so that no test leaves a server behind")
    parser.add_argument("--verbose", action="store_true", help="log each call to standard error")
    arguments = parser.parse_args()
    if not arguments.verbose:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(arguments.host, arguments.port, Serial(DomainDispatcherApplication(create_backend_app)),
                         threaded=True, request_handler=Handler)
    server.daemon_threads = True
    if arguments.with_parent:
        threading.Thread(target=end_with_standard_input, daemon=True).start()
    print("listening on http://{}:{}".format(arguments.host, server.port), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()

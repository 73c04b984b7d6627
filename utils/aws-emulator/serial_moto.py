#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS for tests: DynamoDB, EC2, S3 and STS by moto, one call at a time.

moto's own server answers several calls at once without locks, and then lets two writers win one conditional put. Here each
body is read whole, and then one call runs after the other. Prints "listening on URL" when it does. POST /moto-api/reset
forgets everything. PUT /moto-api/instances/ACCOUNT/REGION/ID with the name of a state puts an instance into it: moto's run at
once. Signatures, checksums and roles are not checked. With --roles, roles are: see strict_aws.py; what depends on signatures
or on the value of a checksum needs a stricter server.
"""
import argparse
import io
import logging
import os
import re
import sys
import threading

from moto.ec2 import ec2_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import S3Backend, s3_backends
from werkzeug.serving import WSGIRequestHandler, make_server

from strict_aws import RoleFile, StrictAws

INSTANCE_STATES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
INSTANCE = re.compile(r"^/moto-api/instances/(\d{12})/([a-z0-9-]+)/(i-[0-9a-f]+)$")


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


class InstanceStates:
    """Takes the calls that put an instance into a state, and passes all others on."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        named = INSTANCE.match(environ.get("PATH_INFO", ""))
        if named is None or environ["REQUEST_METHOD"] != "PUT":
            return self.application(environ, start_response)
        state = environ["wsgi.input"].read().decode().strip()
        account, region, instance_id = named.groups()
        found = [instance for reservation in ec2_backends[account][region].all_reservations()
                 for instance in reservation.instances if instance.id == instance_id]
        if not found or state not in INSTANCE_STATES:
            start_response("400 Bad Request", [("Content-Length", "0")])
            return []
        found[0]._state.name, found[0]._state.code = state, INSTANCE_STATES[state]
        start_response("204 No Content", [])
        return []


def has_object_lock(bucket):
    if bucket not in s3_backends.bucket_accounts:
        return False
    partition, account = s3_backends.bucket_accounts[bucket]
    return s3_backends[account][partition].buckets[bucket].object_lock_enabled


def skip_nothing_behind_a_key_marker(list_object_versions):
    """Corrects moto, which leaves out the first version behind a key marker that is no key itself: S3 does not.

    A marker of a key alone becomes one of the last version at or below that key.
    """

    def corrected(self, bucket_name, delimiter=None, key_marker=None, max_keys=1000, prefix="", version_id_marker=None):
        if key_marker and not version_id_marker and not delimiter:
            names = [name for name in self.get_bucket(bucket_name).keys if name <= key_marker]
            if names:
                key_marker = max(names)
                versions = self.get_bucket(bucket_name).keys.getlist(key_marker)
                version_id_marker = min(versions, key=lambda version: version.last_modified).version_id
            else:
                key_marker = None
        return list_object_versions(self, bucket_name, delimiter, key_marker, max_keys, prefix, version_id_marker)

    return corrected


S3Backend.list_object_versions = skip_nothing_behind_a_key_marker(S3Backend.list_object_versions)


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
    parser.add_argument("--roles", metavar="FILE",
                        help="check who assumes which role, and what it may do then: a JSON list of objects with arn, and, where "
                        "they apply, externalId and bucket; read again when it changes")
    parser.add_argument("--verbose", action="store_true", help="log each call to standard error")
    arguments = parser.parse_args()
    if not arguments.verbose:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = InstanceStates(DomainDispatcherApplication(create_backend_app))
    if arguments.roles:
        application = StrictAws(application, RoleFile(arguments.roles).read, has_object_lock)
    server = make_server(arguments.host, arguments.port, Serial(application), threaded=True, request_handler=Handler)
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

# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the API and the metadata service, with faults to order. It protects nothing; openssl does its signing."""
import base64
import hashlib
import http.server
import json
import os
import re
import subprocess
import threading

REFUSAL = "Wrapped secret and/or context are incorrect"


class StubApi:
    """Serves on a free port of the loopback address. A fault is a word that a test puts into `faults`."""

    def __init__(self, folder):
        self.faults = set()
        self.requests = []
        self.retry_after = "1"
        self._folder = folder
        self._key = os.path.join(folder, "signing_key.pem")
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", self._key)
        self._sealed = {}
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stub.requests.append((self.command, self.path, dict(self.headers.items()), body))
                status, content = stub.serve(self.command, self.path, body)
                self.send_response(status)
                if status == 503:
                    self.send_header("Retry-After", stub.retry_after)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *arguments):
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.origin = "http://127.0.0.1:{}".format(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def serve(self, method, path, body):
        if path == "/latest/api/token":
            return 200, b"token"
        if path == "/latest/meta-data/instance-id":
            return 200, b"i-0c4f345c91e5cd4a2"
        if "away" in self.faults:
            return 503, json.dumps({"detail": "The HSM is out of reach", "reason": "it restarts"}).encode()
        if path == "/v1/public-signing-key":
            key = self._openssl("pkey", "-in", self._key, "-pubout", "-outform", "DER")
            return 200, json.dumps({"public_key": text(key)}).encode()
        call = re.match(r"/v1/encryption/(i-[0-9a-f]{17})/([a-z]+)-secret$", path)
        if not call:
            return 404, b'{"message": "no such call"}'
        answer = getattr(self, call.group(2))(call.group(1), json.loads(body.decode()))
        if answer is None:
            return 400, json.dumps({"detail": REFUSAL, "message": REFUSAL}).encode()
        return 200, json.dumps(answer).encode()

    def generate(self, instance, body):
        secret = os.urandom(32)
        answer = self._signed("encrypted_secret", self._seal(secret, instance, body["volume_uuid"]))
        answer.update(self._wrapped(secret, body))
        return answer

    def decrypt(self, instance, body):
        secret = self._open(instance, body)
        if secret is not None and "other secret" in self.faults:
            secret = os.urandom(32)
        return secret and self._wrapped(secret, body)

    def convert(self, instance, body):
        secret = self._open(body["source_instance_id"], body)
        return secret and self._signed("encrypted_secret", self._seal(secret, instance, body["volume_uuid"]))

    def _seal(self, secret, instance, volume):
        blob = os.urandom(92)
        self._sealed[blob] = (secret, instance, volume)
        return blob

    def _open(self, instance, body):
        secret, of_instance, of_volume = self._sealed[base64.b64decode(body["encrypted_secret"])]
        right = (of_instance, of_volume) == (instance, body["volume_uuid"])
        return secret if right or "no binding" in self.faults else None

    def _wrapped(self, secret, body):
        public_key = os.path.join(self._folder, "recipient.der")
        with open(public_key, "wb") as file:
            file.write(base64.b64decode(body["rsa_wrapping_key"]))
        return self._signed("wrapped_secret", self._openssl(
            "pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", public_key, "-pkeyopt", "rsa_padding_mode:oaep",
            "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256", content=secret))

    def _signed(self, name, content):
        subject = hashlib.sha256(content).digest() if "bad signature" in self.faults else content
        signature = self._openssl("dgst", "-sha256", "-sign", self._key, content=subject)
        return {name: text(content), name + "_signature": text(signature)}

    @staticmethod
    def _openssl(*arguments, content=b""):
        return subprocess.run(("openssl",) + arguments, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=True).stdout


def text(content):
    return base64.b64encode(content).decode()

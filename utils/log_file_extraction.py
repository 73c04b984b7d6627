#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes an audit entry apart, so that openssl can verify its signature.

Writes FILE.serialized (the text that was signed) and FILE.serialized.sig (the signature, DER). Then:

  openssl dgst -sha256 -verify api_public_key.pem -signature FILE.serialized.sig FILE.serialized

It says "Verified OK", or the entry is not what the HSM signed. This tool itself verifies nothing; it only refuses
what is no entry, or could be read in two ways. Exit codes: 0 written, 1 refused, 2 usage.
"""
import argparse
import base64
import binascii
import json
import os
import re
import sys

MAX_ENTRY_SIZE_BYTES = 1 << 20
COORDINATE_SIZE_BYTES = 48  # P-384

INTEGERS = {"event_version", "vpc_op_seq_num"}
MEMBERS = INTEGERS | {"vpc_id", "op_start", "op_end", "caller", "call", "result", "failure_reason", "signature"}
CALLER_MEMBERS = {"type", "id", "ip", "aws_account_id"}
CALL_MEMBERS = {"name", "parameters"}
PARAMETERS = {"instance_id", "volume_uuid", "rsa_wrapping_key", "source_instance_id"}


class Refused(Exception):
    """The file is not an entry that can be taken apart; the message says why."""


def read_entry(content):
    """The entry in these bytes, checked for its form. Raises Refused."""
    if len(content) > MAX_ENTRY_SIZE_BYTES:
        raise Refused("it is larger than 1 MiB, which no entry is")
    try:
        entry = json.loads(content.decode("utf-8"), object_pairs_hook=_members, parse_float=_no_number,
                           parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Refused("it is not UTF-8 text")
    except RecursionError:
        raise Refused("it is nested too deeply")
    except ValueError as error:
        raise Refused("it is not JSON ({})".format(error))
    if not isinstance(entry, dict) or "event_version" not in entry:
        raise Refused("it is JSON, but no audit entry: an object with event_version is wanted")
    _check_form(entry)
    return entry


def signed_text(entry):
    """The text that was signed: a line a leaf, lower-cased, sorted by code point."""
    lines = list(_lines({name: value for name, value in entry.items() if name != "signature"}, ""))
    return "\n".join(sorted(lines))


def signature_der(text):
    """The signature in minimal DER, and whether superfluous zero bytes had to be taken out. Raises Refused."""
    try:
        der = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Refused("its signature is not base64")
    body, rest = _value(der, 0x30)
    first, body = _value(body, 0x02)
    second, body = _value(body, 0x02)
    if rest or body:
        raise Refused("its signature has bytes behind its end")
    integers = b"".join(_minimal_integer(value) for value in (first, second))
    minimal = bytes([0x30, len(integers)]) + integers
    return minimal, minimal != der


def _members(pairs):
    members = {}
    for name, value in pairs:
        if name in members:
            raise Refused("the member {!r} is there twice".format(name))
        members[name] = value
    return members


def _no_number(text):
    raise Refused("it holds the number {}, which no entry does".format(text[:20]))


def _check_form(entry):
    version = entry["event_version"]
    if type(version) is not int or version != 1:
        raise Refused("its event_version is {!r}; this tool knows version 1 only".format(version))
    _check_members("the entry", entry, MEMBERS)
    _check_members("caller", entry["caller"], CALLER_MEMBERS)
    _check_members("call", entry["call"], CALL_MEMBERS)
    parameters = entry["call"]["parameters"]
    if parameters is not None:
        if not isinstance(parameters, dict):
            raise Refused("call.parameters is neither an object nor null")
        _refuse_unknown("call.parameters", parameters, PARAMETERS)
    number = entry["vpc_op_seq_num"]
    if type(number) is not int or number < 1:
        raise Refused("its vpc_op_seq_num is {!r}; a number from 1 on is wanted".format(number))
    for name, value in _leaves(entry, ""):
        if name not in INTEGERS:
            _check_text(name, value)
    if not entry["signature"]:
        raise Refused("it has no signature")


def _check_members(where, value, wanted):
    if not isinstance(value, dict):
        raise Refused("{} is not an object".format(where))
    missing = sorted(wanted - set(value))
    if missing:
        raise Refused("{} lacks the member {}".format(where, ", ".join(missing)))
    _refuse_unknown(where, value, wanted)


def _refuse_unknown(where, value, known):
    unknown = sorted(set(value) - known)
    if unknown:
        raise Refused("{} has a member that event_version 1 does not know: {!r}".format(where, unknown[0]))


def _check_text(name, value):
    # The signed text does not tell 1 from "1", nor a line break in a value from the next line: both are refused.
    if value is None:
        return
    if not isinstance(value, str):
        raise Refused("{} is neither a string nor null".format(name))
    if re.search("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]", value):
        raise Refused("{} holds a control character, so that its signed text could be read in two ways".format(name))


def _leaves(value, path):
    if isinstance(value, dict):
        for name, inner in value.items():
            for leaf in _leaves(inner, path + "." + name if path else name):
                yield leaf
    else:
        yield path, value


def _lines(value, path):
    for name, leaf in _leaves(value, path):
        yield name + "=" + ("" if leaf is None else str(leaf).lower())


def _value(der, tag):
    """The value of the first element, which must have that tag and a short length, and the bytes behind it."""
    if len(der) < 2 or der[0] != tag or der[1] > 0x7f or len(der) < 2 + der[1]:
        raise Refused("its signature is not the DER of an ECDSA signature")
    end = 2 + der[1]
    return der[2:end], der[end:]


def _minimal_integer(value):
    if not value or value[0] > 0x7f:
        raise Refused("its signature holds a negative or empty integer")
    digits = value.lstrip(b"\x00")
    if not digits or len(digits) > COORDINATE_SIZE_BYTES:
        raise Refused("its signature holds an integer that P-384 does not have")
    if digits[0] > 0x7f:
        digits = b"\x00" + digits
    return bytes([0x02, len(digits)]) + digits


def check_place(path, entry):
    """Refuses an entry that lies under another one's name: each alone would verify."""
    folder, name = os.path.split(os.path.abspath(path))
    number = re.match(r"(\d{9})\.json$", name)
    if number and int(number.group(1)) != entry["vpc_op_seq_num"]:
        raise Refused("the file is named {}, but holds entry number {}".format(name, entry["vpc_op_seq_num"]))
    vpc = os.path.basename(folder)
    if re.match(r"vpc-[0-9a-f]+$", vpc) and vpc != entry["vpc_id"]:
        raise Refused("the file lies in the folder of {}, but is an entry of {}".format(vpc, entry["vpc_id"]))


def extract(path):
    """Writes both files; returns what there is to tell."""
    text_path, signature_path = path + ".serialized", path + ".serialized.sig"
    for stale in (text_path, signature_path):  # so that nothing old is taken for this entry's if it is refused
        if os.path.lexists(stale):
            os.remove(stale)
    with open(path, "rb") as file:
        content = file.read(MAX_ENTRY_SIZE_BYTES + 1)
    entry = read_entry(content)
    check_place(path, entry)
    signature, repaired = signature_der(entry["signature"])
    with open(text_path, "xb") as file:
        file.write(signed_text(entry).encode("utf-8"))
    with open(signature_path, "xb") as file:
        file.write(signature)
    return ["repaired the signature's encoding: a superfluous zero byte, as older entries may have it"] if repaired else []


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE", help="an audit entry, as 000000016.json")
    path = parser.parse_args(arguments).file
    try:
        for remark in extract(path):
            print("{}: {}".format(path, remark), file=sys.stderr)
    except Refused as refusal:
        print("{}: {}".format(path, refusal), file=sys.stderr)
        return 1
    except OSError as error:
        print("{}: {}".format(error.filename or path, error.strerror), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

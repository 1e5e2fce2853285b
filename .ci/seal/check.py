"""Verifies the attestation of a bundle with securesystemslib and reads it with in-toto-attestation.

Usage: check.py BUNDLE AUDIT_PUB. Ends with an error where what is signed is refused, and where what is
changed is not.
"""

import base64
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as Message
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey


def verify(envelope: dict, public: Path) -> bytes:
    keyid = envelope["signatures"][0]["keyid"]
    key = SSlibKey.from_crypto(load_pem_public_key(public.read_bytes()), keyid=keyid)
    read = Envelope.from_dict(json.loads(json.dumps(envelope)))
    read.verify([key], 1)
    return read.payload


def main() -> None:
    bundle, public = Path(sys.argv[1]), Path(sys.argv[2])
    envelope = json.loads((bundle / "attestation.dsse.json").read_bytes())
    payload = verify(envelope, public)

    statement = Statement.copy_from_pb(json_format.Parse(payload, Message()))
    statement.validate()
    predicate = json_format.MessageToDict(statement.pb.predicate)
    # The framework wants fields that a reader does not know to be passed over; those of ours say more.
    result = json_format.ParseDict(predicate, TestResult(), ignore_unknown_fields=True)
    assert result.result in ("PASSED", "WARNED", "FAILED"), result.result
    assert result.configuration, "no configuration"

    changed = dict(envelope, payload=base64.b64encode(payload.replace(b"FAILED", b"PASSED")).decode())
    assert changed != envelope, "nothing to change"
    try:
        verify(changed, public)
    except VerificationError:
        pass
    else:
        sys.exit("a changed statement is accepted")
    print(f"securesystemslib, in-toto-attestation: accepted, {len(statement.pb.subject)} subjects, test-result {result.result}")


main()

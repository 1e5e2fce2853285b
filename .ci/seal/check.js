// Verifies the attestation of a bundle in its Sigstore wrapper, with a key that is managed by whoever
// signs, and sees that a changed one is refused. Usage: node check.js BUNDLE AUDIT_PUB
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity } = require('@sigstore/verify');

const [bundle, pub] = process.argv.slice(2);
const text = fs.readFileSync(path.join(bundle, 'attestation.sigstore.json'), 'utf8');
const trust = {
  certificateAuthorities: [],
  timestampAuthorities: [],
  tlogs: [],
  ctlogs: [],
  publicKey: () => ({
    publicKey: crypto.createPublicKey(fs.readFileSync(pub)),
    validFor: () => true,
  }),
};
const verify = (json) =>
  new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0 })
    .verify(toSignedEntity(bundleFromJSON(json)));

verify(JSON.parse(text));
const changed = JSON.parse(text);
const payload = Buffer.from(changed.dsseEnvelope.payload, 'base64').toString();
changed.dsseEnvelope.payload = Buffer.from(payload.replace('FAILED', 'PASSED')).toString('base64');
if (changed.dsseEnvelope.payload === JSON.parse(text).dsseEnvelope.payload) {
  throw new Error('nothing to change');
}
let refused = false;
try {
  verify(changed);
} catch {
  refused = true;
}
if (!refused) {
  throw new Error('a changed statement is accepted');
}
console.log('@sigstore/verify: accepted, and a changed one refused');

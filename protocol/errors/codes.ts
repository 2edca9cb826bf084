/**
 * Every code with which Chancery refuses something, in one closed table.
 * A code is stable once released: partners, scripts and tests rely on it. Its text here is the general
 * meaning; the error that carries it says what happened, to what, and what to do next.
 */
export const CODES = {
  // encoding
  'encoding.too-large': 'the input is larger than its limit',
  'encoding.malformed': 'the input is not well-formed',
  'encoding.not-canonical': 'the input is well-formed, but not in its one canonical form',
  'encoding.unknown-version': 'the input is of a version that this program does not know',

  // names
  'name.bad-domain': 'not a usable domain name',
  'name.bad-address': 'not a usable member address',

  // DNSSEC proof
  'dnssec.malformed': 'the proof cannot be parsed',
  'dnssec.too-many-records': 'the proof holds more records or signature checks than allowed',
  'dnssec.no-anchor': 'no configured trust anchor matches the root keys of the proof',
  'dnssec.bad-signature': 'a signature in the proof does not verify',
  'dnssec.expired': 'a signature in the proof is past its expiration',
  'dnssec.not-yet-valid': 'a signature in the proof is before its inception',
  'dnssec.unsigned': 'the delegation or record is not signed',
  'dnssec.bad-algorithm': 'a key or digest uses an algorithm that is not accepted',
  'dnssec.revoked-key': 'a key in the proof carries the REVOKE flag',
  'dnssec.wildcard': 'the record was expanded from a wildcard',
  'dnssec.alias': 'the name is an alias (CNAME or DNAME)',
  'dnssec.wrong-name': 'the proof is about another name',
  'dnssec.incomplete': 'the proof lacks a link of the chain',
  'dnssec.not-archived': 'the proof is not in the archive',

  // name service
  'dns.unreachable': 'no name server answered',
  'dns.no-record': 'the name has no such record',
  'dns.bad-record': 'the record at the name is not a usable Chancery record',
  'dns.truncated': 'the answer was truncated and could not be had whole',

  // certificates and identity
  'certificate.malformed': 'the certificate cannot be parsed',
  'certificate.too-large': 'the certificate or chain is larger than its limit',
  'certificate.bad-algorithm': 'the certificate uses another algorithm than Ed25519',
  'certificate.bad-signature': 'the certificate is not signed by its issuer',
  'certificate.broken-chain': 'issuer and subject of two neighbouring certificates do not match',
  'certificate.not-a-ca': 'a certificate in an issuing position is no certification authority',
  'certificate.path-length': 'the chain is longer than a certificate in it allows',
  'certificate.key-usage': 'the certificate may not be used for this',
  'certificate.name-constraint': 'a name lies outside the issuer’s constraints',
  'certificate.wrong-domain': 'the certificate belongs to another domain',
  'certificate.wrong-name': 'the certificate does not carry the name that is needed here',
  'certificate.wrong-kind': 'the certificate is of another kind than is needed here',
  'certificate.expired': 'the certificate is past its validity',
  'certificate.not-yet-valid': 'the certificate is before its validity',
  'certificate.bad-validity': 'the certificate’s validity is too long or exceeds its issuer’s',
  'certificate.unknown-critical': 'the certificate has a critical extension that is not understood',
  'certificate.revoked': 'the certificate was revoked',
  'certificate.superseded': 'the certificate was replaced by a newer one',
  'certificate.missing-extension': 'the certificate lacks an extension that is required here',
  'certificate.not-yet-known': 'the certificate that signed this was not sent along',
  'identity.root-mismatch': 'the organisation’s root is not the one its domain or its pin names',
  'identity.key-mismatch': 'the certificate’s key is not the key of the connection',
  'identity.unproven': 'the organisation’s domain could not be proven',
  'identity.downgrade': 'the organisation was known at a higher level than it can now show',
  'identity.rollback': 'the organisation showed an older sequence number than was seen before',
  'identity.handover-needed': 'the organisation shows another root than is known, without the handover to it',
  'identity.not-published': 'the domain does not publish the record that this step needs',
  'identity.timeout': 'the peer did not prove itself in time',
  'identity.not-archived': 'the archive does not say how the organisation was verified',
  'roster.not-archived': 'the archive holds no roster of the organisation',
  'roster.bad-signature': 'the roster is not signed by its organisation',
  'roster.rollback': 'the roster is older than the one already known',
  'roster.equivocation': 'two different rosters carry the same number',
  'roster.overdue': 'the roster is past its next update and its grace',
  'roster.bad-validity': 'the roster is dated in the future, or holds for longer than allowed',
  'signature.invalid': 'the signature does not verify',

  // federation and messages
  'agreement.missing': 'there is no agreement with that organisation',
  'agreement.mismatch': 'the agreement names other terms or another key',
  'peer.unauthorized': 'the peer may not use this protocol',
  'node.unreachable': 'no address of the node answered',
  'message.malformed': 'the message cannot be parsed',
  'message.too-large': 'the message is larger than agreed',
  'message.not-a-member': 'the sender is not a member of the conversation',
  'message.sender-mismatch': 'the sender is not the holder of the signing device',
  'message.unknown-receiver': 'a receiver is not known to the organisation',
  'message.unknown-conversation': 'the conversation is not known here',
  'message.not-owner': 'only the owning organisation changes a conversation’s membership',
  'message.stale-membership': 'the membership change does not follow the current one',
  'message.clock-skew': 'the message’s time lies outside the accepted window',
  'message.bad-parents': 'the message names too many or duplicate parents',
  'message.unknown-target': 'the message that this one is about is not known here',
  'message.not-author': 'only who wrote a message edits or recalls it',
  'message.recalled': 'the message was recalled',
  'message.id-conflict': 'another message already has this id',
  'attachment.missing': 'the file that the message brings along is not here whole',
  'attachment.too-large': 'the file is larger than the organisation accepts',
  'attachment.bad-type': 'files of this type are not accepted by the organisation',
  'attachment.mismatch': 'the file is not the one that was named',
  'policy.blocked': 'the organisation’s policy does not allow this',
  'limit.exceeded': 'a limit was reached; try again later',

  // members and devices
  'member.unknown': 'no such member',
  'member.exists': 'the member exists already',
  'member.removed': 'the member has left the organisation',
  'member.suspended': 'the member is suspended',
  'device.unknown': 'no such device',
  'device.revoked': 'the device was revoked',
  'device.out-of-rule': 'the device does not meet a rule of its organisation',
  'device.too-many': 'the member has as many devices as the organisation allows',
  'device.session-over': 'the session has lasted as long as the organisation allows',
  'device.bad-attestation': 'the attestation of the device is not usable',
  'device.locked': 'the device is locked',
  'enrolment.bad-code': 'the enrolment code is wrong, used or expired',
  'enrolment.rejected': 'an operator rejected the device',
  'enrolment.expired': 'nobody decided about the device in time',
  'partner.unknown': 'no such partner',
  'partner.exists': 'the partner exists already',

  // archive
  'archive.unavailable': 'the organisation’s archive cannot be reached, so nothing can be sent',
  'archive.locked': 'another process has the archive open',
  'archive.damaged': 'sequence and tree of the archive do not agree',
  'archive.sealed': 'the content is older than the delivery window, and opens on an officer’s device only',
  'archive.overdue': 'a window key is still there although its delivery window is over',
  'archive.wrong-key': 'the archive is sealed under another key',
  'archive.unindexed': 'the views of the archive are not whole',
  'archive.closed': 'the archive is closed',
  'archive.failed': 'the archive could not write',
  'archive.full': 'the disk of the archive is full',
  'archive.conflict': 'the archive’s storage does not hold what a write expects there',
  'archive.retained': 'the content is kept until a date that has not passed',
  'archive.held': 'the content is under a hold',
  'archive.tampered': 'a date or hold of the archive is not as its log says',
  'archive.disposed': 'the content was disposed of, as its disposal certificate says',
  'archive.not-replicated': 'too few nodes hold what was written',
  'archive.behind': 'another node holds more of the archive',
  'archive.deposed': 'another node is the primary of this archive',
  'archive.rolled-back': 'the archive lacks entries that it had when a partner cosigned it',
  'archive.unreconciled': 'the archive and a partner’s do not agree',
  'archive.forked': 'the archive is not the one that a partner cosigned',
  'checkpoint.malformed': 'the checkpoint is not a signed note of the expected form',
  'checkpoint.bad-signature': 'the checkpoint is not signed by its origin’s key',
  'checkpoint.fork': 'two checkpoints of one log and size have different roots',
  'checkpoint.unproven': 'a checkpoint was shown without a valid proof from the one known',
  'checkpoint.shrunk': 'a checkpoint was shown as current that is smaller than the one known',
  'receipt.contradicted': 'a receipt says what the log of who signed it does not show',
  'proof.invalid': 'the Merkle proof does not verify',

  // holds and approvals
  'officer.required': 'only a compliance officer in good standing does this',
  'hold.unknown': 'no such hold is in force',
  'approval.missing': 'no request waits for this approval',
  'approval.own': 'who asked cannot approve',
  'approval.expired': 'the request can no longer be approved',
  'erasure.unknown': 'no such request for erasure',

  // cases
  'case.unknown': 'no such case',
  'case.exists': 'a case of this name is open',
  'case.closed': 'the case is closed',
  'case.not-reviewer': 'only its reviewers read a case, or add to it',
  'case.last-reviewer': 'a case has at least one reviewer',

  // backups
  'backup.missing': 'there is no backup here',
  'backup.other-log': 'the backup is of another log',
  'backup.forked': 'the backup holds other entries than the log',
  'backup.ahead': 'the backup holds entries that the log lacks',
  'backup.damaged': 'a file of the backup is not as it was written',
  'backup.failed': 'the backup could not be written',

  // exports
  'export.not-empty': 'the folder that an export is to be written to is not empty',
  'export.too-many': 'more messages are meant than one export holds',
  'export.damaged': 'an export is not as it was made, or not whole',

  // this program
  'config.invalid': 'the configuration is not valid',
  'config.missing': 'there is no configuration here',
  'home.exists': 'the home already holds an organisation',
  'key.permissions': 'a key file is readable by others',
  'key.malformed': 'a key file is not a usable private key',
  'key.missing': 'a key file is missing',
  'key.unprotected': 'a key that is to leave the home is not under a passphrase',
  'key.passphrase-missing': 'a key is protected, and its passphrase was not given',
  'key.wrong-passphrase': 'the passphrase does not open the key',
  'node.not-running': 'no node runs for this home',
  'node.running': 'a node already runs for this home',
  'doctor.failed': 'a check found something that must be mended',
  'request.invalid': 'the request or argument is not valid',
  'request.unknown': 'the request is not known',
  internal: 'a fault of this program',
} as const;

/** One of the codes of {@link CODES}. */
export type Code = keyof typeof CODES;

/** Whether a string from outside is one of our codes. */
export function isCode(value: string): value is Code {
  return Object.hasOwn(CODES, value);
}

/** The libp2p protocols of Chancery and the limits of their frames. A frame is a varint length and that many bytes of CBOR. */

export const PROTOCOLS = {
  /** Both sides show their identity bundle, once a session; open to everyone. */
  identity: '/chancery/identity/1',
  /** A new device or node trades a single-use code for its certificate; open to everyone. */
  enrolment: '/chancery/enrolment/1',
  /** A member's device and its own organisation. */
  device: '/chancery/device/1',
  /** An organisation hands messages to a partner; one stream a direction. */
  federation: '/chancery/federation/1',
  /** Partners cosign each other's checkpoints, and read each other's trees. */
  witness: '/chancery/witness/1',
  /** Partners compare what their logs hold of each other. */
  reconcile: '/chancery/reconcile/1',
  /** A gateway and its organisation's archive. */
  relay: '/chancery/relay/1',
  /** An archive's primary and its replicas. */
  replication: '/chancery/replication/1',
  /** The private DHT of federated nodes. */
  dht: '/chancery/kad/1.0.0',
} as const;

export type ProtocolName = keyof typeof PROTOCOLS;

/** Bytes of one frame of a certified peer: a bundle of 50 messages of 16 KiB, or 15 of the largest. */
export const MAX_FRAME_BYTES = 1_048_576;

/** Bytes of one frame of a peer that has not proved itself: an identity bundle with a full roster. */
export const MAX_STRANGER_FRAME_BYTES = 163_840;

/** Milliseconds a peer has to prove itself before its connection is dropped. */
export const PROVE_WITHIN_MS = 5_000;

/** Messages in one frame, and messages sent but not yet acknowledged: one receipt covers a frame. */
export const MAX_BUNDLE_MESSAGES = 64;
export const FEDERATION_WINDOW_MESSAGES = 512;

/** Files of one sender that wait for their messages; of more the oldest gives way. */
export const MAX_FILES_WAITING = 8;

/** Bytes of envelopes in one frame: leaves room for certificates and the checkpoint. */
export const MAX_BUNDLE_BYTES = 786_432;

/** Bytes of envelopes sent but not yet acknowledged: half of what a libp2p stream buffers before it gives up. */
export const FEDERATION_WINDOW_BYTES = 2_097_152;

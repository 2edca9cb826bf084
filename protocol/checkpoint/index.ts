export {
  ADD_CHECKPOINT_MAX,
  PROOF_HASHES_MAX,
  decodeAddCheckpoint,
  encodeAddCheckpoint,
  type AddCheckpoint,
} from './add-checkpoint.ts';
export {
  logOrigin,
  openCheckpoint,
  originHash,
  readCheckpoint,
  readDecimal,
  signCheckpoint,
  type Checkpoint,
  type SignedCheckpoint,
} from './checkpoint.ts';
export { cosign, openCosignatures, witnessName, type Cosignature } from './cosignature.ts';
export { epochLines, epochOf } from './epoch.ts';
export { noteKeyId, verifierKey, type NoteKey } from './note-key.ts';
export {
  NOTE_BYTES_MAX,
  NOTE_SIGNATURES_MAX,
  openNote,
  parseNote,
  parseSignatures,
  signNote,
} from './note.ts';

export { logOrigin, openCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.ts';
export { NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, noteKeyId, openNote, signNote, type NoteKey } from './note.ts';

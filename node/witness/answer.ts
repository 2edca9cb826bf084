/** Answers as C2SP tlog-witness and tlog-tiles have them: HTTP's status, content type and body. */
import { fromString } from 'uint8arrays/from-string';
import type { WitnessAnswer } from '../../protocol/wire/index.ts';

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
const SIZE = 'text/x.tlog.size';

export function textAnswer(status: number, text: string): WitnessAnswer {
  return { type: 'answer', status, contentType: TEXT, body: fromString(text) };
}

export function bytesAnswer(body: Uint8Array): WitnessAnswer {
  return { type: 'answer', status: 200, contentType: BYTES, body };
}

/** The size that the witness knows of the log: what the proof has to start from. */
export function conflict(size: number): WitnessAnswer {
  return { type: 'answer', status: 409, contentType: SIZE, body: fromString(`${size}\n`) };
}

/** Why not, as a line for a person. */
export function refusalAnswer(status: 400 | 403 | 404 | 422 | 429 | 503, why: string): WitnessAnswer {
  return textAnswer(status, `${why}\n`);
}

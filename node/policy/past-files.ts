/**
 * Files of archived messages, as policy looks at them: by what is on record of them, and looked into anew for what they say,
 * which is not. Guarantees: one at a time, whoever asks, so that files on their way through find a worker; nothing is kept.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { chunksOf, type Content } from '../../protocol/message/index.ts';
import type { PolicyDocument, TalkFile } from '../../protocol/policy/index.ts';
import type { SealedFiles } from '../attachments/index.ts';
import { Turns, type Declared, type Inspection } from '../inspection/index.ts';
import type { RecordOf } from '../ledger/index.ts';
import { statesOf, statesOn } from './file-states.ts';

/** Who waits for their turn to have a file looked into: as many simulations as go on at a time. */
const MAX_WAITING = 4;

/** Reasons of an inspection that say nothing of the file. */
const PASSING: ReadonlySet<string> = new Set(['busy', 'stopped']);

/** What policies have to know of files. */
export type Sight = 'nothing' | 'states' | 'texts';

export interface PastFile {
  readonly file: TalkFile;
  /** Whether all is known of it that was asked for. */
  readonly whole: boolean;
}

/** What is to be known of a file, for which policies, within how many milliseconds. */
export interface Look {
  readonly sight: Exclude<Sight, 'nothing'>;
  readonly documents: readonly PolicyDocument[];
  readonly withinMs: number;
}

export interface PastFilesOptions {
  readonly files: Pick<SealedFiles, 'chunk'>;
  readonly inspect: (
    bytes: Uint8Array,
    declared: Declared,
    documents: readonly PolicyDocument[],
  ) => Promise<Inspection>;
}

/** What the archive has of a file: the key that it is sealed under, and what was found in it when it came. */
export interface OnRecord {
  readonly key: RecordOf<'message'>['file'];
  readonly inspected: RecordOf<'inspection'> | undefined;
}

export type AttachmentContent = Extract<Content, { kind: 'attachment' }>;

export class PastFiles {
  readonly #options: PastFilesOptions;
  readonly #turns = new Turns(1, MAX_WAITING);

  constructor(options: PastFilesOptions) {
    this.#options = options;
  }

  /** The file of a message, looked into where its record does not say enough. */
  async of(
    { file: content }: AttachmentContent,
    { key, inspected }: OnRecord,
    { sight, documents, withinMs }: Look,
  ): Promise<PastFile> {
    const { name, type, size: bytes } = content;
    const known = { name, bytes, types: typesOf(type, inspected?.type), states: statesOn(inspected) };
    if (inspected !== undefined && sight === 'states') return { file: { ...known, texts: [] }, whole: true };
    const read = async (): Promise<Inspection> => {
      const bytesRead = await this.#read(content, key);
      return this.#options.inspect(bytesRead, content, sight === 'texts' ? documents : []);
    };
    const inspection = await this.#look(read, withinMs);
    if (inspection === undefined) return { file: { ...known, texts: [] }, whole: false };
    const { texts, found } = inspection;
    const said = { texts, ...(found === undefined ? {} : { found }) };
    if (inspected !== undefined) return { file: { ...known, ...said }, whole: true };
    const states = statesOf(inspection, []);
    return { file: { ...known, types: typesOf(type, inspection.type), states, ...said }, whole: true };
  }

  /** Undefined where the file is not there as it was, or it takes too long. */
  async #look(read: () => Promise<Inspection>, withinMs: number): Promise<Inspection | undefined> {
    if (withinMs <= 0) return undefined;
    const stop = new AbortController();
    const looking = this.#turns.take(async () => (stop.signal.aborted ? undefined : read()));
    looking.catch(() => undefined); // it may end when nobody waits for it any more
    const late = sleep(withinMs, undefined, { signal: stop.signal }).catch(() => undefined);
    try {
      const inspection = await Promise.race([looking, late]);
      return PASSING.has(inspection?.failed ?? '') ? undefined : inspection;
    } catch (error) {
      if (error instanceof ChanceryError) return undefined;
      throw error;
    } finally {
      stop.abort();
    }
  }

  async #read(content: AttachmentContent['file'], key: RecordOf<'message'>['file']): Promise<Uint8Array> {
    if (key === undefined)
      throw new ChanceryError('archive.damaged', 'the record does not say where the file is');
    const bytes = new Uint8Array(content.size);
    let at = 0;
    for (let index = 0; index < chunksOf(content); index += 1) {
      const chunk = await this.#options.files.chunk(content, key, index);
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}

function typesOf(declared: string, real: string | undefined): string[] {
  return [...new Set(real === undefined ? [declared] : [declared, real])];
}

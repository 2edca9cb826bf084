/**
 * Messages of the archive as a folder, made by a compliance officer's device alone. Guarantees: that they are handed on,
 * for what purpose and in which case, is on record in the log before any of it is here; everything in the folder was
 * proven and checked here; the manifest is signed by this device, and written last, so that what was cut short is no export.
 */
import { fromString } from 'uint8arrays/from-string';
import type { Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import {
  CASE_FILE,
  MANIFEST,
  RECORDS,
  SIGNATURE,
  SIGNERS,
  checkEvidence,
  formatCase,
  formatManifest,
  formatRecord,
  formatSigner,
  openSignature,
  signManifest,
  type ExportManifest,
} from '../../protocol/export/index.ts';
import { entriesOf } from '../../protocol/oversight/index.ts';
import type { MessageSigner } from '../../protocol/wire/index.ts';
import { canonicalAddress } from '../address-list.ts';
import type { Looking, OfficerArchive, Provenance, Wanted } from '../archive/index.ts';
import type { OfficerCases } from '../cases/index.ts';
import type { Acted, Oversight } from '../oversight/index.ts';
import type { Platform } from '../platform.ts';
import type { Requests } from '../session/index.ts';
import { writeFormats } from './formats.ts';
import { gatherCase, type GatheredCase, type OfCase } from './gather-case.ts';
import { gather, soughtEntries, type Gathered, type OnProgress } from './gather.ts';
import { prove, type Proven } from './prove.ts';
import type { ExportTarget } from './target.ts';
import { WrittenFiles } from './written-files.ts';

export interface ExporterOptions extends Pick<Platform, 'clock'> {
  readonly signer: Signer;
  readonly provenance: Provenance;
  readonly archive: OfficerArchive;
  readonly cases: OfficerCases;
  readonly oversight: Pick<Oversight, 'askFor' | 'request'>;
  /** This device, as it is certified now. */
  readonly device: () => { readonly address: string; readonly chain: readonly Uint8Array[] };
  /** Throws why there is no connection. */
  readonly requests: () => Requests;
}

/** What an export came to. */
export interface Exported {
  readonly messages: number;
  readonly membership: number;
  /** Messages whose files are in it. */
  readonly attachments: number;
  /** Entries that hold something else about the person that was asked for. */
  readonly held: number;
  readonly trail: number;
  readonly withheld: ExportManifest['withheld'];
  readonly files: number;
  /** Signed size of the log, and the partners who cosigned what it goes on from. */
  readonly size: number;
  readonly cosigned: readonly string[];
}

export class Exporter {
  readonly #options: ExporterOptions;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  /**
   * Exports what is sought, or the messages that are tagged in a case. Throws `export.not-empty`, `export.too-many`,
   * `export.damaged` where something that the node handed out does not hold, and what `OfficerArchive.find` throws.
   */
  async export(
    wanted: Omit<Wanted, 'only'> | OfCase,
    looking: Looking,
    target: ExportTarget,
    onProgress: OnProgress = () => undefined,
  ): Promise<Exported> {
    const { requests, provenance, clock } = this.#options;
    await target.begin();
    const ofCase = 'ofCase' in wanted ? await gatherCase(this.#options.cases, wanted, looking) : undefined;
    const sought = 'ofCase' in wanted ? {} : wanted;
    const files = new WrittenFiles(target);
    const sources = {
      ...this.#options,
      write: (name: string, parts: AsyncIterable<Uint8Array>) => files.writeParts(name, parts),
    };
    const entries = ofCase?.entries ?? (await this.#approved(looking));
    const gathered = await gather(sources, entries ?? sought, looking, onProgress);
    const made = clock();
    const all = inOrder([...gathered.records, ...(ofCase?.records ?? [])]);
    const proven = await prove(requests(), all, provenance, Math.floor(made / 1000));
    const facts = {
      ...this.#factsOf(sought, looking, made, target.version, gathered, proven),
      ...(ofCase === undefined ? {} : { ofCase: ofCase.listed }),
    };
    const records = linesOf(proven.records.map(formatRecord));
    const signers = linesOf(gathered.signers.map(signerLine));
    await files.write(RECORDS, records);
    await files.write(SIGNERS, signers);
    const caseFile = ofCase === undefined ? undefined : await this.#writeCase(ofCase, files);
    await writeFormats(facts, gathered, target.composeMail, files);
    const manifest = { ...facts, files: [...files.listed] };
    const exported = await this.#seal(manifest, { records, signers, caseFile }, target);
    return {
      ...exported,
      attachments: gathered.messages.filter(({ attached }) => attached !== null && attached.path !== null)
        .length,
    };
  }

  /**
   * Asks another officer to approve an export, where that takes two. It is of the messages that are found now: the export itself
   * is of those, with the request in `looking.approval`. Throws `approval.needless`, `request.invalid` where nothing is found,
   * and like `export`.
   */
  async ask(wanted: Omit<Wanted, 'only'> | OfCase, looking: Looking): Promise<Acted> {
    const { archive, cases, oversight } = this.#options;
    const entries =
      'ofCase' in wanted
        ? (await gatherCase(cases, wanted, looking)).entries
        : await soughtEntries(archive, wanted, looking);
    if (entries.length === 0)
      throw new ChanceryError('request.invalid', 'nothing is found, so there is nothing to approve');
    const query = Object.entries(wanted).map(([what, value]) => `${what} ${String(value)}`);
    return oversight.askFor('export', entries, looking, query.join(', '));
  }

  /** The entries whose export was approved; undefined where no approval is named. */
  async #approved({ approval }: Looking): Promise<readonly number[] | undefined> {
    if (approval === undefined) return undefined;
    const { asked } = await this.#options.oversight.request(approval);
    if (asked.action !== 'export')
      throw new ChanceryError('approval.other', `request ${approval} is not for an export`);
    return entriesOf(asked.entries);
  }

  #factsOf(
    { about, person, conversation, since, until, query }: Wanted,
    { purpose, case: name = '' }: Looking,
    made: number,
    version: string,
    { messages, trail, held, withheld, accesses }: Gathered,
    { checkpoint, chain, cosigned }: Proven,
  ): Omit<ExportManifest, 'files'> {
    const numbers = (sought: boolean): number[] =>
      messages.filter((one) => one.sought === sought).map(({ event }) => event.sequence);
    return {
      ...{ domain: this.#options.provenance.domain, officer: this.#options.device().address },
      ...{ made: new Date(made).toISOString(), version, purpose, case: name },
      sought: {
        person: person === undefined ? null : canonicalAddress(person),
        conversation: conversation ?? null,
        since: since ?? null,
        until: until ?? null,
        ...(query === undefined ? {} : { query }),
      },
      ...(about === undefined
        ? {}
        : {
            about: { person: canonicalAddress(about), entries: held.map(({ sequence }) => sequence) },
          }),
      ...{ messages: numbers(true), membership: numbers(false) },
      trail: trail.map(({ sequence }) => sequence).sort((a, b) => a - b),
      ...{ accesses: [...accesses], withheld: [...withheld], checkpoint, chain, cosigned },
    };
  }

  /** Throws `archive.damaged` where the node left an event out. */
  async #writeCase({ events }: GatheredCase, files: WrittenFiles): Promise<string> {
    const text = formatCase(events);
    if (text === undefined)
      throw new ChanceryError('archive.damaged', 'the node does not show all that happened in the case');
    await files.write(CASE_FILE, text);
    return text;
  }

  /** Signs what holds, and finishes it. */
  async #seal(
    manifest: ExportManifest,
    written: { readonly records: string; readonly signers: string; readonly caseFile: string | undefined },
    target: ExportTarget,
  ): Promise<Omit<Exported, 'attachments'>> {
    const { signer, device, provenance } = this.#options;
    const { suite } = provenance;
    const text = fromString(formatManifest(manifest));
    const signed = fromString(await signManifest(suite.sha256(text), device().chain, signer));
    const signature = valueOf(openSignature(signed, suite));
    const { records, signers, caseFile } = written;
    const evidence = {
      ...{ manifest, records: fromString(records), signers: fromString(signers) },
      ...(caseFile === undefined ? {} : { caseFile: fromString(caseFile) }),
    };
    const { facts, findings } = checkEvidence(evidence, signature, suite);
    const [finding] = findings;
    if (finding !== undefined || facts === null)
      throw new ChanceryError(
        'export.damaged',
        `what the node handed out does not hold, so this is left unfinished: ${finding?.problem ?? 'no checkpoint'}`,
      );
    await target.write(SIGNATURE, [signed]);
    await target.finish(MANIFEST, text);
    return {
      ...{ messages: manifest.messages.length, membership: manifest.membership.length },
      ...{ held: manifest.about?.entries.length ?? 0 },
      ...{ trail: manifest.trail.length, withheld: manifest.withheld, files: manifest.files.length + 2 },
      ...{ size: facts.size, cosigned: facts.cosigned.map(({ domain }) => domain) },
    };
  }
}

function inOrder<T extends { readonly sequence: number }>(records: readonly T[]): T[] {
  return records.toSorted((a, b) => a.sequence - b.sequence);
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function signerLine({ person, rootId, chain }: MessageSigner): string {
  const { address, level, since } = person;
  return formatSigner({ address, rootId, level, since, chain: [...chain] });
}

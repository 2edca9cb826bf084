/**
 * Sends marked test messages through the policy that decides, and records for each rule whether it bit. Guarantees: no test
 * message is archived as a message, delivered, or recorded as a decision; what it is held against is the policy in force, as
 * every message is, signed, decoded and verified like one.
 */
import { domainToASCII } from 'node:url';
import type { CryptoSuite, Signer } from '../../../protocol/crypto/index.ts';
import type { Conversation } from '../../../protocol/conversation/index.ts';
import { ChanceryError, valueOf } from '../../../protocol/errors/index.ts';
import {
  decodeMessage,
  FILE_CHUNK_BYTES,
  isMediaType,
  MAX_FILE_BYTES,
  signMessage,
  verifyMessage,
  type Content,
} from '../../../protocol/message/index.ts';
import {
  compilePolicy,
  type Decision,
  type PolicyDocument,
  type Rule,
} from '../../../protocol/policy/index.ts';
import { fact, type KnownSigner, type Ledger, type Members, type RecordOf } from '../../ledger/index.ts';
import type { Occasion } from '../../intake/index.ts';
import type { Enforcement, PolicyKeeper, TalkSources } from '../../policy/index.ts';
import type { WatchedScanner } from '../scanners.ts';
import { isMalware, unfoundMalware, type Unfound } from './malware.ts';
import type { Surroundings } from './people.ts';
import { specimensOf, type Specimen } from './specimen.ts';
import { wordingOf } from './wording.ts';

/** Messages made until one is drawn, for a rule about a sample: of one in three hundred one is, nearly for certain. */
const MAX_DRAWS = 2_000;

/** Messages made before others go first. */
const STEP = 16;

/** Characters of what is recorded of a rule. */
const MAX_DETAIL = 512;

/** Letters that another alphabet has as well. */
const TWINS: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  i: 'і',
  o: 'о',
  p: 'р',
  x: 'х',
  y: 'у',
};

export interface CanaryOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly policies: PolicyKeeper;
  readonly enforcement: Enforcement;
  /** Puts the file that all scanners find to each that is set up. */
  readonly checkScanners: () => Promise<readonly WatchedScanner[]>;
  /** Brings what is known of people and domains up to date. */
  readonly prepare: () => Promise<void>;
  readonly rolesOf: (address: string) => readonly string[];
  readonly suite: CryptoSuite;
  readonly signer: (seed: Uint8Array) => Signer;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export type CanaryResult = RecordOf<'canary'>['results'][number];

export class Canary {
  readonly #options: CanaryOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CanaryOptions) {
    this.#options = options;
  }

  /**
   * Tries one rule, or with null all that are on, and records what came of it. Throws `request.invalid` where there is no
   * policy, or no such rule is on, and `archive.*`.
   */
  run(id: string | null, actor: string): Promise<readonly CanaryResult[]> {
    const done = this.#last.then(() => this.#run(id, actor));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #run(id: string | null, actor: string): Promise<readonly CanaryResult[]> {
    const { policies, prepare, ledger, suite } = this.#options;
    const { current, number } = policies;
    if (current === null)
      throw new ChanceryError('request.invalid', 'there is no policy in force; there is nothing to try');
    const { document } = current;
    const rules = document.rules.filter((rule) => rule.on && (id === null || rule.id === id));
    if (id !== null && rules.length === 0) throw notOn(id, document);
    await prepare();
    const around = await this.#around();
    const unfound = await unfoundMalware(rules, this.#options.checkScanners);
    const results: CanaryResult[] = [];
    for (const rule of rules) {
      const { outcome, detail } = await this.#try(rule, document, around, unfound);
      const wording = wordingOf(rule, document, suite.sha256);
      results.push({ rule: rule.id, wording, outcome, detail: detail.slice(0, MAX_DETAIL) });
    }
    await ledger.append([fact('canary', { policy: number, results, actor })]);
    return results;
  }

  async #around(): Promise<Surroundings> {
    const { domain, members, rolesOf } = this.#options;
    const active = (await members.list()).filter(({ state }) => state === 'active');
    return {
      domain,
      lookalike: lookalikeOf(domain),
      memberName: imitated(active.map(({ name }) => name)),
      rolesOf,
    };
  }

  async #try(
    rule: Rule,
    document: PolicyDocument,
    around: Surroundings,
    unfound: Unfound | null,
  ): Promise<Pick<CanaryResult, 'outcome' | 'detail'>> {
    const now = this.#options.clock();
    const { specimens, unmade } = specimensOf({ rule, document, around, now });
    const bit: string[] = [];
    for (const [index, specimen] of specimens.entries()) {
      if (index % STEP === STEP - 1) await new Promise((resolve) => setImmediate(resolve));
      if (unfound !== null && isMalware(specimen)) {
        if ('missed' in unfound) return { outcome: 'missed', detail: `${specimen.about}: ${unfound.missed}` };
        unmade.push(`${specimen.about}: ${unfound.unmade}`);
        continue;
      }
      const came = await this.#send(specimen, rule, document);
      if (came === 'missed') return { outcome: 'missed', detail: specimen.about };
      if (came === 'bit') bit.push(specimen.about);
      else unmade.push(came);
    }
    if (bit.length === 0) return { outcome: 'unmade', detail: unmade.join('; ') };
    const left = unmade.length === 0 ? '' : `; not tried: ${unmade.join('; ')}`;
    return { outcome: 'bit', detail: `${bit.join('; ')}${left}` };
  }

  /** Whether a rule bites on a test message; or why that says nothing. */
  async #send(
    specimen: Specimen,
    rule: Rule,
    document: PolicyDocument,
  ): Promise<'bit' | 'missed' | (string & {})> {
    const { enforcement, suite } = this.#options;
    const isMet = (decision: Decision | null): boolean =>
      decision?.reasons.some((reason) => reason.rule === rule.id) === true;
    const draws = rule.when.sample === undefined ? 1 : MAX_DRAWS;
    let last: { readonly occasion: Occasion; readonly known: Partial<TalkSources> } | undefined;
    for (let drawn = 0; drawn < draws; drawn += 1) {
      if (drawn % STEP === STEP - 1) await new Promise((resolve) => setImmediate(resolve));
      last = await this.#occasion(specimen);
      if (isMet(enforcement.rehearse(last.occasion, last.known))) return 'bit';
    }
    if (rule.when.sample !== undefined) return `${specimen.about}: none of ${draws} messages was drawn`;
    if (rule.unless === undefined || last === undefined) return 'missed';
    const { unless: _unless, ...bare } = rule;
    const without = valueOf(compilePolicy({ ...document, rules: [bare] }, suite.sha256));
    const decided = enforcement.rehearse(last.occasion, last.known, without);
    return isMet(decided) ? `${specimen.about}: the message made is one that the rule excepts` : 'missed';
  }

  /** A message signed by a key that is thrown away, and what is to be taken for known of those whom it names. */
  async #occasion(specimen: Specimen): Promise<{ occasion: Occasion; known: Partial<TalkSources> }> {
    const { suite, signer: signerOf, randomBytes, rolesOf, clock, domain } = this.#options;
    const { sender, receivers, direction, senderName, conversation: type, file, firstContact } = specimen;
    const key = signerOf(randomBytes(32));
    const signer: KnownSigner = {
      ...{ hash: randomBytes(32), publicKey: key.publicKey, address: sender.address, domain: sender.domain },
      ...{ rootId: '', serials: [], name: senderName, roles: sender.roles, chain: [] },
      window: { from: 0, until: Infinity },
    };
    const id = randomBytes(32);
    const after: Conversation = {
      ...{ id, type, title: '', owner: sender.domain, revision: 0, origin: new Uint8Array() },
      members: [...new Set([sender.address, ...receivers.map(({ address }) => address)])].sort(),
    };
    const now = clock();
    const envelope = await signMessage(
      {
        ...{ conversation: id, sender: sender.address, device: signer.hash, parents: [], time: now },
        ...{ salt: randomBytes(16), content: this.#content(specimen) },
      },
      key,
    );
    const decoded = valueOf(decodeMessage(envelope, suite));
    const message = valueOf(verifyMessage(decoded, signer, now, suite));
    const people = new Map(receivers.map(({ address, roles }) => [address, roles] as const));
    return {
      occasion: {
        ...{ message, signer, before: after, after, confirmed: null, hadBack: false },
        direction: direction === 'out' ? 'outbound' : 'inbound',
      },
      known: {
        clock: () => specimen.time,
        rolesOf: (address) => people.get(address) ?? rolesOf(address),
        levelOf: (other) => (other === domain ? 'own' : 'none'),
        isContact: () => !firstContact,
        fileOf: () => file ?? undefined,
      },
    };
  }

  #content({ file, text }: Specimen): Content {
    if (file === null) return { kind: 'text', text };
    const [type = ''] = file.types;
    return {
      kind: 'attachment',
      text,
      file: {
        name: file.name,
        type: isMediaType(type) ? type : 'application/octet-stream',
        size: Math.min(file.bytes, MAX_FILE_BYTES),
        digest: this.#options.randomBytes(32),
        chunkBytes: FILE_CHUNK_BYTES,
      },
    };
  }
}

/** Our domain with one letter of another alphabet, in A-labels; null where it has none that looks the same. */
function lookalikeOf(domain: string): string | null {
  const end = domain.indexOf('.');
  const label = disguised(domain.slice(0, end));
  return label === undefined ? null : domainToASCII(`${label}${domain.slice(end)}`) || null;
}

/** A name that must be taken for a member's: there are many of one word, so such a one is disguised; null where there is none. */
function imitated(names: readonly string[]): string | null {
  const whole = names.find((name) => name.includes(' '));
  return whole ?? names.map(disguised).find((name) => name !== undefined) ?? null;
}

/** A text with one letter of another alphabet that looks the same; undefined where none does. */
function disguised(text: string): string | undefined {
  const letters = Array.from(text);
  const at = letters.findIndex((letter) => Object.hasOwn(TWINS, letter));
  return at < 0 ? undefined : letters.with(at, TWINS[letters[at] ?? ''] ?? '').join('');
}

function notOn(id: string, { rules }: PolicyDocument): ChanceryError {
  return new ChanceryError(
    'request.invalid',
    rules.some((rule) => rule.id === id)
      ? `rule ${id} is off; chancery gaps enable ${id}`
      : `the policy in force has no rule ${id}`,
  );
}

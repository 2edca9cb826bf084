/**
 * What an organisation asks of a device, and how a device falls short of it. Fails closed: a fact that is not known,
 * or only said where it must be attested, does not meet a rule.
 */
import type { Code } from '../errors/index.ts';
import { evidenceOf, type DeviceFacts, type Evidence, type FactName, type KnownFacts } from './facts.ts';

/** Milliseconds in all of them; null where there is no such rule. */
export interface DeviceRules {
  readonly clientVersion: { readonly minimum: string; readonly evidence: Evidence } | null;
  /** The least version by platform; a platform that is not named is not accepted. */
  readonly osVersion: {
    readonly minimum: Readonly<Record<string, string>>;
    readonly evidence: Evidence;
  } | null;
  readonly diskEncryption: { readonly evidence: Evidence } | null;
  readonly managedId: { readonly evidence: Evidence } | null;
  /** How long a session lasts before the device must prove itself again. */
  readonly sessionMs: number;
  /** How long nobody may be at the device before it locks. */
  readonly idleLockMs: number | null;
  /** Devices a member may have in force. */
  readonly maximum: number;
  readonly attestation: {
    /** Raw Ed25519 public keys. */
    readonly keys: readonly Uint8Array[];
    readonly maxAgeMs: number;
  };
}

/** A rule that a device breaks: what is wrong, and what mends it. */
export interface Breach {
  readonly code: Extract<Code, 'device.out-of-rule' | 'device.too-many'>;
  readonly rule: FactName | 'maximum';
  readonly reason: string;
  readonly mend: string;
}

/** Every rule about facts that is broken, in a fixed order; none is met by silence. */
export function judgeFacts(known: KnownFacts, rules: DeviceRules): Breach[] {
  const { facts } = known;
  const breaches: (Breach | undefined)[] = [];
  if (rules.clientVersion !== null) {
    const { minimum, evidence } = rules.clientVersion;
    const fault = tooOld('the client', facts.clientVersion, minimum);
    const mend = `update the client to ${minimum} or later`;
    breaches.push(judge(known, 'clientVersion', evidence, fault, mend));
  }
  if (rules.osVersion !== null) {
    const { minimum, evidence } = rules.osVersion;
    breaches.push(judge(known, 'osVersion', evidence, osFault(facts, minimum), osMend(facts, minimum)));
  }
  if (rules.diskEncryption !== null) {
    const fault = facts.diskEncryption === 'off' ? 'the disk is not encrypted' : undefined;
    const mend = 'encrypt the disk that holds the device’s home';
    breaches.push(judge(known, 'diskEncryption', rules.diskEncryption.evidence, fault, mend));
  }
  if (rules.managedId !== null) {
    const mend = 'have the device taken under the organisation’s device management';
    breaches.push(judge(known, 'managedId', rules.managedId.evidence, undefined, mend));
  }
  return breaches.filter((breach) => breach !== undefined);
}

/** That a member has as many devices as the rules allow. */
export function tooMany(maximum: number): Breach {
  return {
    code: 'device.too-many',
    rule: 'maximum',
    reason: `a member has at most ${maximum} devices here`,
    mend: 'revoke one that is no longer used',
  };
}

/** A breach in one sentence, for whoever is refused. */
export function describeBreach({ reason, mend }: Pick<Breach, 'reason' | 'mend'>): string {
  return `${reason}; ${mend}`;
}

function judge(
  known: KnownFacts,
  rule: FactName,
  needed: Evidence,
  fault: string | undefined,
  mend: string,
): Breach | undefined {
  const code = 'device.out-of-rule';
  if (known.facts[rule] === null) return { code, rule, reason: `${CALLED[rule]} is not known`, mend };
  if (fault !== undefined) return { code, rule, reason: fault, mend };
  if (needed === 'attested' && evidenceOf(known, rule) !== 'attested') {
    const reason = `${CALLED[rule]} is only what the device says of itself`;
    return { code, rule, reason, mend: 'have it attested by the organisation’s device management' };
  }
  return undefined;
}

const CALLED: Readonly<Record<FactName, string>> = {
  clientVersion: 'the version of the client',
  platform: 'the platform',
  osVersion: 'the version of the operating system',
  diskEncryption: 'whether the disk is encrypted',
  managedId: 'the managed id',
};

function tooOld(what: string, version: string | null, minimum: string): string | undefined {
  if (version === null) return undefined;
  return compareVersions(version, minimum) < 0
    ? `${what} is of version ${version}, older than ${minimum}`
    : undefined;
}

function osFault(
  { platform, osVersion }: DeviceFacts,
  minimum: Readonly<Record<string, string>>,
): string | undefined {
  const least = leastOf(platform, minimum);
  return least === undefined
    ? `the platform ${platform ?? 'that is not known'} is not one that this organisation accepts`
    : tooOld(`the operating system (${platform ?? ''})`, osVersion, least);
}

function osMend({ platform }: DeviceFacts, minimum: Readonly<Record<string, string>>): string {
  const least = leastOf(platform, minimum);
  return least === undefined
    ? `use one of ${Object.keys(minimum).join(', ')}`
    : `update the operating system to ${least} or later`;
}

function leastOf(platform: string | null, minimum: Readonly<Record<string, string>>): string | undefined {
  return platform !== null && Object.hasOwn(minimum, platform) ? minimum[platform] : undefined;
}

/**
 * Compares the numbers of two versions, part by part; a missing part is zero, and what follows the numbers, as in
 * `6.1.0-18-amd64`, does not count. A text without numbers is older than everything.
 */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function numbersOf(version: string): number[] {
  const numbers = /^v?(\d{1,9}(?:\.\d{1,9})*)/.exec(version)?.[1];
  return numbers === undefined ? [-1] : numbers.split('.').map(Number);
}

/**
 * What the log holds about a person beside messages: of which kinds its entries are, and whether a content is about one.
 * Left out are holds, and who looked at what for which case: that somebody is in a dispute, or was looked into, is privileged.
 */
import { z } from 'zod';
import { parseCertificate, readSubject } from '../certificate/index.ts';
import { domainOf } from '../conversation/index.ts';
import { bytes, decodeCbor } from '../encoding/index.ts';
import type { EntryKind } from './kinds.ts';

/** Bytes of a content that is looked at: as many as the log has of one. */
const MAX_CONTENT_BYTES = 524_288;

const addressed = z.looseObject({ address: z.string().nullable() });

const namedIn = {
  member: (content, person) => addressOf(content) === person,
  device: (content, person) => addressOf(content) === person,
  'device-report': (content, person) => addressOf(content) === person,
  'device-wipe': (content, person) => addressOf(content) === person,
  invitation: (content, person) => addressOf(content) === person,
  enrolment: (content, person) => addressOf(content) === person,
  erasure: (content, person) => decoded(content, z.looseObject({ person: z.string() }))?.person === person,
  certificate: (content, person) => certified(content, domainOf(person)) === person,
  news: (content, person) => newsIn(content).some((one) => one.person?.address === person),
} as const satisfies Partial<Record<EntryKind, (content: Uint8Array, person: string) => boolean>>;

type AboutKind = keyof typeof namedIn;

/** Whether entries of a kind may be about a person, and are handed on as such. */
export function isAboutKind(kind: string): kind is AboutKind {
  return Object.hasOwn(namedIn, kind);
}

/** Whether the content of an entry is about the person of a canonical address. */
export function isAbout(kind: AboutKind, content: Uint8Array, person: string): boolean {
  return namedIn[kind](content, person);
}

function decoded<T>(content: Uint8Array, shape: z.ZodType<T>): T | undefined {
  const found = decodeCbor(content, MAX_CONTENT_BYTES, shape, 'entry');
  return found.ok ? found.value : undefined;
}

function addressOf(content: Uint8Array): string | undefined {
  return decoded(content, addressed)?.address ?? undefined;
}

function certified(content: Uint8Array, domain: string): string | undefined {
  const { chain: [leaf] = [] } = decoded(content, z.looseObject({ chain: z.array(bytes(2_048)) })) ?? {};
  const certificate = leaf === undefined ? undefined : parseCertificate(leaf);
  const subject = certificate?.ok === true ? readSubject(certificate.value, domain) : undefined;
  return subject?.ok === true && subject.value.kind === 'device' ? subject.value.address.text : undefined;
}

const newsShape = z.looseObject({
  news: z.array(z.looseObject({ person: z.looseObject({ address: z.string() }).nullable() })),
});

function newsIn(content: Uint8Array): z.infer<typeof newsShape>['news'] {
  return decoded(content, newsShape)?.news ?? [];
}

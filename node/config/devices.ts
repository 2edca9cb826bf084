/** What a configuration asks of devices: its schema, and the rules that it becomes. */
import { fromString } from 'uint8arrays/from-string';
import { z } from 'zod';
import { isUsableKey } from '../../protocol/crypto/index.ts';
import { evidenceShape, type DeviceRules } from '../../protocol/device/index.ts';
import {
  ATTESTATION_DAYS,
  IDLE_LOCK_MINUTES,
  MAX_ATTESTATION_KEYS,
  MEMBER_DEVICES,
  SESSION_HOURS,
  whole,
} from './limits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What comes before the raw key in the SubjectPublicKeyInfo of an Ed25519 key (RFC 8410, section 4), in hex. */
const SPKI = '302a300506032b6570032100';

const PLATFORMS = ['linux', 'darwin', 'win32'] as const;

const version = z
  .string()
  .max(64)
  .refine((text) => /^\d+(\.\d+){0,3}$/.test(text), 'is not a version: numbers with dots between')
  .meta({ examples: ['1.2.0'] });

const evidence = evidenceShape.meta({ examples: ['self-reported'] });

const evidenceOrSelf = evidence
  .default('self-reported')
  .describe('Whether the device’s own word will do, or it must be attested: self-reported or attested.');

const attestationKey = z
  .string()
  .max(128)
  .refine((text) => keyIn(text) !== undefined, 'is not an Ed25519 public key: the base64 line of its PEM')
  .meta({ examples: ['MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='] });

export const devicesSchema = z
  .strictObject({
    sessionHours: whole(SESSION_HOURS).describe(
      'Hours a session lasts; then the device must prove itself again, which it does by itself.',
    ),
    idleLockMinutes: whole(IDLE_LOCK_MINUTES).describe(
      'Minutes with nobody at the device after which the client locks; 0: never.',
    ),
    maximumPerMember: whole(MEMBER_DEVICES).describe('Devices a member may have in force at a time.'),
    clientVersion: z
      .strictObject({ minimum: version, evidence: evidenceOrSelf })
      .optional()
      .describe('The least version of the client.'),
    osVersion: z
      .strictObject({
        minimum: z
          .partialRecord(z.enum(PLATFORMS), version)
          .meta({ examples: [{ linux: '6.1', darwin: '23.0' }] })
          .describe('The least version of the kernel by platform; a platform that is not named is refused.'),
        evidence: evidenceOrSelf,
      })
      .optional()
      .describe('The least version of the operating system.'),
    diskEncryption: evidence
      .optional()
      .describe('That the disk is encrypted: self-reported or attested. Left out: not asked for.'),
    managedId: evidence
      .optional()
      .describe(
        'That the device is under device management: self-reported or attested. Left out: not asked for.',
      ),
    attestation: z
      .strictObject({
        keys: z
          .array(attestationKey)
          .max(MAX_ATTESTATION_KEYS)
          .default([])
          .describe('Public keys under which the device management attests facts.'),
        maxAgeDays: whole(ATTESTATION_DAYS).describe('Days an attestation counts.'),
      })
      .prefault({})
      .describe('Who attests facts about devices.'),
  })
  .superRefine((devices, context) => {
    const { clientVersion, osVersion, diskEncryption, managedId, attestation } = devices;
    const needed = [clientVersion?.evidence, osVersion?.evidence, diskEncryption, managedId];
    if (needed.includes('attested') && attestation.keys.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['attestation', 'keys'],
        message: 'is empty, so nothing can be attested, and yet a rule asks for it',
      });
    }
  });

/** The rules in the form in which they are applied. */
export function deviceRulesOf(devices: z.output<typeof devicesSchema>): DeviceRules {
  const { clientVersion, osVersion, diskEncryption, managedId, attestation } = devices;
  const { idleLockMinutes, sessionHours, maximumPerMember } = devices;
  return {
    clientVersion: clientVersion ?? null,
    osVersion: osVersion ?? null,
    diskEncryption: diskEncryption === undefined ? null : { evidence: diskEncryption },
    managedId: managedId === undefined ? null : { evidence: managedId },
    sessionMs: sessionHours * HOUR_MS,
    idleLockMs: idleLockMinutes === 0 ? null : idleLockMinutes * MINUTE_MS,
    maximum: maximumPerMember,
    attestation: {
      keys: attestation.keys.map(keyIn).filter((key) => key !== undefined),
      maxAgeMs: attestation.maxAgeDays * DAY_MS,
    },
  };
}

/** The raw key in the base64 of its SubjectPublicKeyInfo. */
function keyIn(text: string): Uint8Array | undefined {
  try {
    const spki = fromString(text.replace(/=+$/, ''), 'base64');
    const prefix = fromString(SPKI, 'hex');
    const raw = spki.slice(prefix.length);
    const fits = raw.length === 32 && prefix.every((byte, at) => spki[at] === byte);
    return fits && isUsableKey(raw) ? raw : undefined;
  } catch {
    return undefined;
  }
}

/** The operations of the contract about members and their devices. */
import { z } from 'zod';
import { device, member, memberName, reason, roles, waiting } from './contract-shapes.ts';
import { time } from './identity-shapes.ts';

export const MEMBER_OPERATIONS = {
  'member.add': {
    input: z.object({
      address: z.string(),
      name: memberName,
      roles: roles.default(['member']),
    }),
    output: member,
  },
  /** Changes what is given. Devices get a certificate that says so; where a role is taken away, the old ones end at once. */
  'member.update': {
    input: z.object({
      address: z.string(),
      name: memberName.optional(),
      roles: roles.optional(),
      hidden: z.boolean().optional(),
      reason: reason.default(''),
    }),
    output: z.object({
      member,
      /** Certificates made anew, and serials of those that ended. */
      certified: z.number(),
      superseded: z.array(z.string()),
      rosterNumber: z.number(),
    }),
  },
  /** Shuts the member out on every device, here at once and at partners with the next roster, until restored. */
  'member.suspend': {
    input: z.object({ address: z.string(), reason: reason.min(1) }),
    output: z.object({ member, rosterNumber: z.number() }),
  },
  'member.restore': {
    input: z.object({ address: z.string(), reason: reason.default('') }),
    output: z.object({ member, rosterNumber: z.number() }),
  },
  'member.list': { input: z.object({}), output: z.object({ members: z.array(member) }) },
  'member.show': {
    input: z.object({ address: z.string() }),
    output: z.object({ member, devices: z.array(device) }),
  },
  'member.invite': {
    input: z.object({ address: z.string() }),
    output: z.object({
      address: z.string(),
      /** The single-use code, shown once and stored only as a hash. */
      code: z.string(),
      /** Everything a device needs in one string: address, code, node addresses, root fingerprint. */
      invitation: z.string(),
      expires: time,
    }),
  },
  /** Removes the member and revokes every device of theirs. */
  'member.remove': {
    input: z.object({ address: z.string(), reason: z.string().max(256).default('') }),
    output: z.object({ member, revoked: z.array(z.string()), rosterNumber: z.number() }),
  },
  'device.list': {
    input: z.object({ address: z.string().optional() }),
    output: z.object({ devices: z.array(device) }),
  },
  'device.show': {
    input: z.object({ serial: z.string() }),
    output: z.object({ device }),
  },
  /** Devices that showed a code and wait for approval, the oldest first. */
  'device.pending': { input: z.object({}), output: z.object({ pending: z.array(waiting) }) },
  'device.approve': {
    input: z.object({ fingerprint: z.string().max(64), reason: reason.default('') }),
    output: z.object({ device, fingerprint: z.string() }),
  },
  'device.reject': {
    input: z.object({ fingerprint: z.string().max(64), reason: reason.default('') }),
    output: z.object({ rejected: waiting }),
  },
  'device.revoke': {
    input: z.object({ serial: z.string(), reason: z.string().max(256).default('') }),
    output: z.object({ device, rosterNumber: z.number() }),
  },
} as const;

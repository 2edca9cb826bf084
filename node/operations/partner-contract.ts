/** The operations of the contract about partners, and the agreements with them. */
import { z } from 'zod';
import { DIRECTORY_SHARES } from '../../protocol/statement/agreement.ts';
import { partner, retentionFloorDays } from './contract-shapes.ts';
import { identity } from './identity-shapes.ts';

export const PARTNER_OPERATIONS = {
  /** Looks the domain up and shows who it is, without agreeing to anything. */
  'partner.preview': {
    input: z.object({
      domain: z.string(),
      /** The root's fingerprint as compared out of band (the `id` of the TXT record). */
      pin: z.string().optional(),
      /** Multiaddrs to ask when DNS cannot tell, or to reach the partner's node at. */
      addresses: z.array(z.string()).default([]),
    }),
    output: identity.extend({
      /** Whom its domain imitates, us or a partner, and how; null where nobody. */
      imitates: z.object({ domain: z.string(), how: z.string() }).nullable(),
    }),
  },
  'partner.add': {
    input: z.object({
      domain: z.string(),
      /** Must equal what the preview showed, so that what was approved is what is stored. */
      rootId: z.string(),
      pin: z.string().optional(),
      addresses: z.array(z.string()).default([]),
      shareDirectory: z.enum(DIRECTORY_SHARES).default('none'),
      retentionFloorDays: retentionFloorDays.optional(),
      /** The domain that it looks like, where it does: that it is another one was seen. */
      althoughLike: z.string().optional(),
    }),
    output: partner,
  },
  /** Changes the terms that are given: signs a new agreement, and shows it to the partner at once. */
  'partner.update': {
    input: z.object({
      domain: z.string(),
      shareDirectory: z.enum(DIRECTORY_SHARES).optional(),
      retentionFloorDays: retentionFloorDays.optional(),
    }),
    output: partner,
  },
  /** Agrees anew with a partner whose domain has another root that nothing handed over to. */
  'partner.approve': {
    input: z.object({ domain: z.string(), rootId: z.string(), pin: z.string().optional() }),
    output: partner,
  },
  'partner.list': { input: z.object({}), output: z.object({ partners: z.array(partner) }) },
  'partner.show': { input: z.object({ domain: z.string() }), output: z.object({ partner, identity }) },
  'partner.remove': { input: z.object({ domain: z.string() }), output: z.object({ domain: z.string() }) },
} as const;

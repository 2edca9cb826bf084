/**
 * The rules that Relativity publishes for a file of its short message format 2.0, stated anew: what has to be there, of
 * which kind, and what has to refer to what. https://github.com/relativitydev/rsmf-validator-samples (the schema of the
 * manifest), and "Relativity's short message format" in its manual (the mail around it).
 */
import assert from 'node:assert/strict';
import { z } from 'zod';

const custom = z.array(z.object({ name: z.string().min(1), value: z.string().min(1) })).optional();
const id = z.string().min(1);

const manifest = z.object({
  version: z.literal('2.0.0'),
  eventcollectionid: z.string().optional(),
  participants: z.array(
    z.object({
      id,
      display: z.string().optional(),
      email: z.string().optional(),
      account_id: z.string().optional(),
      custom,
    }),
  ),
  conversations: z.array(
    z.object({
      id,
      display: z.string().optional(),
      platform: z.string().min(1),
      type: z.enum(['direct', 'channel']).optional(),
      participants: z.array(id),
      custom,
    }),
  ),
  events: z
    .array(
      z.object({
        id: z.string().optional(),
        type: z.enum(['message', 'disclaimer', 'join', 'leave', 'history', 'unknown']),
        parent: z.string().optional(),
        body: z.string().optional(),
        participant: z.string().optional(),
        conversation: z.string().optional(),
        timestamp: z.iso.datetime({ offset: true }).optional(),
        attachments: z
          .array(z.object({ id, display: z.string().optional(), size: z.int().optional() }))
          .optional(),
        direction: z.enum(['incoming', 'outgoing']).optional(),
        custom,
      }),
    )
    .max(10_000),
});

export type RsmfManifest = z.infer<typeof manifest>;

/** The manifest in a `rsmf_manifest.json`, if it obeys the rules; throws which it breaks. */
export function checkRsmfManifest(json: string): RsmfManifest {
  const checked = manifest.parse(JSON.parse(json));
  const people = new Set(checked.participants.map((one) => one.id));
  const conversations = new Set(checked.conversations.map((one) => one.id));
  const events = new Set(checked.events.map((one) => one.id));
  assert.equal(people.size, checked.participants.length, 'a participant is there twice');
  for (const { participants } of checked.conversations)
    for (const one of participants) assert.ok(people.has(one), `${one} is no participant`);
  for (const { participant, conversation, parent } of checked.events) {
    if (participant !== undefined) assert.ok(people.has(participant), `${participant} is no participant`);
    if (conversation !== undefined) assert.ok(conversations.has(conversation), 'of no conversation');
    if (parent !== undefined) assert.ok(events.has(parent), 'a parent that is no event');
  }
  return checked;
}

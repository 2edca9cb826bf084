import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatInvitation, parseInvitation } from '../../../protocol/wire/index.ts';

const invitation = {
  domain: 'acme.test',
  rootId: 'A'.repeat(43),
  address: 'alice@acme.test',
  code: 'ABCD-EFGH-IJKL-MNOP',
  nodes: ['/ip4/127.0.0.1/tcp/4710/p2p/12D3KooWBbbvoPKh6Gus29P2F2grqGtDc3QXYdTaxJuR3gy45wSS'],
};

test('an invitation comes through a chat or a mail as it was made, with white space around it', () => {
  const parsed = parseInvitation(`\n  ${formatInvitation(invitation)}  \n`);
  assert.ok(parsed.ok);
  assert.deepEqual({ ...parsed.value, v: undefined }, { ...invitation, v: undefined });
});

test('one that was cut off or changed is refused, and never throws', () => {
  const text = formatInvitation(invitation);
  assert.equal(parseInvitation(text.slice(0, -5)).ok, false);
  assert.equal(parseInvitation('hello').ok, false);
  fc.assert(
    fc.property(
      fc.nat(text.length - 1),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
      (at, other) => {
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        const parsed = parseInvitation(changed);
        if (parsed.ok) assert.ok(parsed.value.domain.length > 0);
      },
    ),
  );
});

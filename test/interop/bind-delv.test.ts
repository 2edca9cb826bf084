import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { buildDnssecProof, createDnsClient } from '../../node/dns/index.ts';
import { parseTrustAnchor, verifyDnssecProof } from '../../protocol/dnssec/index.ts';
import { DnsTree } from '../../scripts/dns/index.ts';
import { BIND_COMMANDS, BIND_PACKAGES, delv, startBind, type BindZone } from '../support/bind.ts';
import { dnssecCrypto, TEXT } from '../support/dnssec-chain.ts';
import { requireCommands } from '../support/requirements.ts';

const txt = (name: string): string => `${name} TXT "${TEXT}"`;

/** Children before parents. */
const ZONES: readonly BindZone[] = [
  { name: 'acme.test', parent: 'test', records: [txt('_chancery'), txt('_chancery.not.a.cut')] },
  { name: 'deep.co.test', parent: 'test', records: [txt('_chancery')] },
  { name: 'rsa.test', parent: 'test', records: [txt('_chancery')], algorithm: 'RSASHA256' },
  { name: 'p384.test', parent: 'test', records: [txt('_chancery')], algorithm: 'ECDSAP384SHA384' },
  { name: 'ed25519.test', parent: 'test', records: [txt('_chancery')], algorithm: 'ED25519' },
  {
    name: 'tampered.test',
    parent: 'test',
    records: [txt('_chancery')],
    tamper: (signed) => signed.replace('seq=1', 'seq=2'),
  },
  {
    name: 'expired.test',
    parent: 'test',
    records: [txt('_chancery')],
    signing: ['-s', '20240101000000', '-e', '20240201000000'],
  },
  {
    name: 'future.test',
    parent: 'test',
    records: [txt('_chancery')],
    signing: ['-s', '+864000', '-e', '+1728000'],
  },
  { name: 'island.test', parent: 'test', records: [txt('_chancery')], delegatedSecurely: false },
  { name: 'wildcard.test', parent: 'test', records: [txt('*')] },
  { name: 'alias.test', parent: 'test', records: ['_chancery CNAME _chancery.acme.test.'] },
  { name: 'test', parent: '.' },
  { name: '.' },
];

interface Case {
  readonly name: string;
  /** `proven`, or the code with which the proof is refused, while it is fetched or verified. */
  readonly ours: string;
  readonly delv: RegExp;
}

const SECURE = /^; fully validated/m;

const AGREED: readonly Case[] = [
  { name: '_chancery.acme.test', ours: 'proven', delv: SECURE },
  { name: '_chancery.not.a.cut.acme.test', ours: 'proven', delv: SECURE },
  { name: '_chancery.deep.co.test', ours: 'proven', delv: SECURE },
  { name: '_chancery.rsa.test', ours: 'proven', delv: SECURE },
  { name: '_chancery.p384.test', ours: 'proven', delv: SECURE },
  { name: '_chancery.ed25519.test', ours: 'proven', delv: SECURE },
  { name: '_chancery.tampered.test', ours: 'dnssec.bad-signature', delv: /RRSIG failed to verify|no valid/ },
  {
    name: '_chancery.expired.test',
    ours: 'dnssec.expired',
    delv: /signature has expired|no valid|broken trust chain/,
  },
  {
    name: '_chancery.future.test',
    ours: 'dnssec.not-yet-valid',
    delv: /signature not yet valid|no valid|broken trust chain/,
  },
  { name: '_chancery.island.test', ours: 'dnssec.unsigned', delv: /unsigned answer/ },
];

/** What DNSSEC allows and Chancery does not: the name must be published for itself. */
const STRICTER: readonly Case[] = [
  { name: '_chancery.wildcard.test', ours: 'dnssec.wildcard', delv: SECURE },
  { name: '_chancery.alias.test', ours: 'dnssec.alias', delv: SECURE },
];

/** `proven`, or the code of the refusal. */
async function verdict(address: string, anchorLine: string, name: string): Promise<string> {
  const proof = await buildDnssecProof(name, createDnsClient({ servers: [address] }));
  if (!proof.ok) return proof.refusal.code;
  const anchor = parseTrustAnchor(anchorLine);
  if (!anchor.ok) assert.fail(anchor.refusal.message);
  const result = await verifyDnssecProof(proof.value, name, Date.now() / 1000, [anchor.value], dnssecCrypto);
  if (result.ok) assert.deepEqual(result.value.txt, [TEXT]);
  return result.ok ? 'proven' : result.refusal.code;
}

async function compare(
  t: TestContext,
  address: string,
  anchorLine: string,
  cases: readonly Case[],
): Promise<void> {
  for (const { name, ours, delv: expected } of cases) {
    await t.test(`${name}: ${ours}`, async () => {
      const said = await delv(address, anchorLine, name);
      assert.match(said, expected);
      if (expected !== SECURE) assert.doesNotMatch(said, SECURE);
      assert.equal(await verdict(address, anchorLine, name), ours);
    });
  }
}

test('delv and our verifier agree on zones that BIND signed and serves', async (t) => {
  if (!requireCommands(t, BIND_COMMANDS, BIND_PACKAGES)) return;
  const bind = await startBind(ZONES);
  t.after(() => bind.stop());
  await compare(t, bind.address, bind.anchorLine, AGREED);
  await t.test('we are stricter than delv about wildcards and aliases', (inner) =>
    compare(inner, bind.address, bind.anchorLine, STRICTER),
  );
  const [foreign = ''] = new DnsTree({ zones: [] }).anchorLines;
  await t.test('neither trusts the tree from another root key', (inner) =>
    compare(inner, bind.address, foreign, [
      { name: '_chancery.acme.test', ours: 'dnssec.no-anchor', delv: /broken trust chain|no valid|failed/ },
    ]),
  );
});

test('delv validates what our development name server serves', async (t) => {
  if (!requireCommands(t, BIND_COMMANDS, BIND_PACKAGES)) return;
  const algorithms = [8, 13, 14, 15];
  const signed = algorithms.map((algorithm) => ({ name: `a${algorithm}.test`, algorithm }));
  const tree = new DnsTree({ zones: ['test', ...signed, { name: 'island.test', signed: false }] });
  for (const { name } of [...signed, { name: 'island.test' }, { name: 'not.a.cut.test' }]) {
    tree.setTxt(`_chancery.${name}`, [TEXT]);
  }
  for (const fault of ['expired', 'not-yet-valid', 'tampered'] as const)
    tree.setTxt(`${fault}.test`, [TEXT], fault);
  tree.setCname('_chancery.alias.test', '_chancery.a13.test');
  const server = await tree.serve();
  t.after(() => server.stop());
  const secure = [...signed.map(({ name }) => name), 'not.a.cut.test'].map((name) => `_chancery.${name}`);
  await compare(t, server.address, tree.anchorLines[0]!, [
    ...secure.map((name) => ({ name, ours: 'proven', delv: SECURE })),
    { name: '_chancery.island.test', ours: 'dnssec.unsigned', delv: /unsigned answer/ },
    { name: 'expired.test', ours: 'dnssec.expired', delv: /signature has expired|no valid/ },
    { name: 'not-yet-valid.test', ours: 'dnssec.not-yet-valid', delv: /not yet valid|no valid/ },
    { name: 'tampered.test', ours: 'dnssec.bad-signature', delv: /failed to verify|no valid/ },
    { name: '_chancery.alias.test', ours: 'dnssec.alias', delv: SECURE },
    { name: 'nothing.a13.test', ours: 'dns.no-record', delv: /negative response, fully validated/ },
  ]);
});

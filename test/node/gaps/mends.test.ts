/** What each kind of gap prints as its mend: a command that there is, with arguments that it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditGaps } from '../../../node/gaps/audit.ts';
import { backupGaps } from '../../../node/gaps/backups.ts';
import { certificateGaps } from '../../../node/gaps/certificates.ts';
import { copyGaps, gatewayGaps } from '../../../node/gaps/copies.ts';
import { ruleGaps, type WatchedRule } from '../../../node/gaps/detectors.ts';
import { deviceGaps } from '../../../node/gaps/devices.ts';
import { GAP_KINDS, type Gap } from '../../../node/gaps/gap.ts';
import { findGaps } from '../../../node/gaps/gaps.ts';
import { memberGaps } from '../../../node/gaps/members.ts';
import { partnerGaps } from '../../../node/gaps/partners.ts';
import { policyGaps, type PolicyInForce } from '../../../node/gaps/policy.ts';
import { dispositionGaps } from '../../../node/gaps/retention.ts';
import { scannerGaps } from '../../../node/gaps/scanners.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { wordsOf } from '../../support/node-cli.ts';
import { serveFake, testCli } from '../../support/test-cli.ts';

const NOW = Date.UTC(2026, 4, 4);
const LONG_AGO = NOW - 1_000 * 86_400_000;
const PEER = '12D3KooWNode';
/** Letters that a shell may take for something else. */
const ODD = 'jörg@acme.test';

/** Every kind of gap, in every way in which its mend can read. */
async function allGaps(): Promise<readonly Gap[]> {
  const certificate = { notBefore: 0, notAfter: 1 };
  const certificates = (['root', 'issuer', 'statement'] as const).map((name) => ({ name, ...certificate }));
  const device = {
    ...{ serial: '0a0b', address: ODD, label: 'laptop', expires: NOW + 1, seen: null, reported: NOW },
    breaches: [
      {
        ...{ code: 'device.out-of-rule' as const, rule: 'diskEncryption' as const },
        ...{ reason: 'the disk is not encrypted', mend: 'encrypt it' },
      },
    ],
  };
  const partner = {
    ...{
      domain: 'b.test',
      agreedSince: LONG_AGO,
      ownFloorDays: 10,
      agreedFloorDays: 9,
      conversations: ['quay'],
    },
    compared: null,
    ...{ connected: false, lastSign: LONG_AGO, rosterDue: LONG_AGO, graceMs: 1, backlog: 1, lastError: null },
    ...{ ends: { ours: NOW, theirs: null }, otherRoot: { rootId: 'other', since: NOW } },
  };
  const rule: WatchedRule = {
    ...{ id: 'cards', reason: 'r', on: true, since: LONG_AGO, several: false, hit: null, trial: null },
    bitten: null,
  };
  const missed = { ...rule, trial: { outcome: 'missed' as const, detail: 'd', time: NOW } };
  const rules = [rule, { ...rule, on: false }, missed, { ...missed, bitten: 3 }];
  const replica = {
    peer: PEER,
    connected: false,
    size: 1,
    lastContact: LONG_AGO,
    lacks: LONG_AGO,
    told: null,
  };
  const copied = {
    ...{ copies: 4, size: 9, started: LONG_AGO, isGateway: false },
    replicas: [replica, { ...replica, connected: true }],
    gateways: [replica],
  };
  const newest = { sequence: 5, number: 4, time: LONG_AGO };
  const policy: PolicyInForce = {
    ...{
      newest,
      hash: null,
      problem: 'no',
      readable: 3,
      takesTwo: false,
      draft: null,
      version: 'v',
      began: 0,
    },
  };
  const policies: PolicyInForce[] = [
    policy,
    { ...policy, readable: null },
    { ...policy, takesTwo: true },
    { ...policy, takesTwo: true, readable: null },
    { ...policy, newest: null },
    { ...policy, newest: null, draft: "/srv/it's ours/policy.yaml" },
  ];
  const keys = (isProtected: boolean) => ({
    ...{ home: '/srv/our home', last: null, began: LONG_AGO, uncopied: [{ name: 'issuer', isProtected }] },
  });
  return [
    ...[true, false].flatMap((nextRoot) =>
      certificateGaps(NOW, { domain: 'acme.test', certificates, nextRoot }),
    ),
    ...deviceGaps(NOW, [device]),
    ...memberGaps([{ address: ODD, since: NOW, ended: [], devices: 0 }]),
    ...partnerGaps(NOW, [partner, { ...partner, compared: { time: NOW, whole: false, counts: {} } }]),
    ...dispositionGaps(NOW, { schedules: [{ name: 's', messages: 1, first: 0 }], disposalsPerHour: 1 }),
    ...[true, false].flatMap((takesTwo) => ruleGaps(NOW, rules, NOW, { takesTwo })),
    ...scannerGaps([{ name: 'clamd', problem: 'gone' }]),
    ...copyGaps(NOW, copied),
    ...gatewayGaps(NOW, copied),
    ...policies.flatMap((one) => policyGaps(NOW, one, [replica])),
    ...[true, false].flatMap((isProtected) => backupGaps(NOW, keys(isProtected))),
    ...auditGaps(NOW, { oldestUnread: 0, lastRead: null }),
    ...(await notLookedAt()),
  ];
}

async function notLookedAt(): Promise<readonly Gap[]> {
  const failures = [
    new Error('gone'),
    new ChanceryError('archive.damaged', 'an entry'),
    new ChanceryError('archive.damaged', 'a view', { facts: { views: true } }),
    new ChanceryError('key.malformed', 'a key'),
  ];
  const gaps = failures.map((failure) => {
    const fails = (): never => {
      throw failure;
    };
    return findGaps(NOW, {
      ...{ certificates: fails, people: fails, partners: fails, due: fails, rules: fails, copies: fails },
      ...{ policy: fails, nodes: fails, scanners: fails, backups: fails, audit: fails },
    });
  });
  return (await Promise.all(gaps)).flat();
}

test('every kind of gap prints a command line that the program takes', async (t) => {
  const cli = await testCli(t, { io: { isTerminal: true, confirm: () => Promise.resolve(true) } });
  await serveFake(t, cli);
  const gaps = await allGaps();
  assert.deepEqual([...new Set(gaps.map(({ kind }) => kind))].sort(), [...GAP_KINDS].sort());
  const lines = new Set(gaps.map(({ mend }) => mend));
  const folder = process.cwd();
  process.chdir(cli.home.directory); // some write where they are run
  t.after(() => process.chdir(folder));
  for (const line of lines) {
    const [program, ...words] = wordsOf(line);
    assert.equal(program, 'chancery', line);
    const { code, err } = await cli.run(...words);
    // what it is about may be lacking here, but never a word that it does not know, or one that is left out
    const lacks = /there is no file|is there already/.test(err);
    assert.ok(code !== 2 || lacks, `${line}: ${err}`);
  }
});

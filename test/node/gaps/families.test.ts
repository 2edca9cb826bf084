/** Each family of gaps at its thresholds: a moment before there is none, a moment after there is one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditGaps } from '../../../node/gaps/audit.ts';
import { backupGaps } from '../../../node/gaps/backups.ts';
import { certificateGaps } from '../../../node/gaps/certificates.ts';
import { copyGaps, gatewayGaps, type WatchedReplica } from '../../../node/gaps/copies.ts';
import { ruleGaps, type WatchedRule } from '../../../node/gaps/detectors.ts';
import { deviceGaps } from '../../../node/gaps/devices.ts';
import { bounded, shellWord, type Gap } from '../../../node/gaps/gap.ts';
import { memberGaps } from '../../../node/gaps/members.ts';
import { partnerGaps, type WatchedPartner } from '../../../node/gaps/partners.ts';
import { policyGaps, type AskedReplica, type PolicyInForce } from '../../../node/gaps/policy.ts';
import { dispositionGaps } from '../../../node/gaps/retention.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 4, 4);

const told = (gaps: readonly Gap[]): string[] =>
  gaps.map(
    ({ kind, severity, since }) => `${kind} ${severity} ${since === null ? '-' : (since - NOW) / DAY}`,
  );

test('a certificate is a gap from the last third of its life on, and a critical one in its last tenth', () => {
  const at = (left: number): string[] => {
    const issuer = { name: 'issuer' as const, notBefore: NOW / 1000 - (90 - left) * 86_400 };
    const certificate = { ...issuer, notAfter: issuer.notBefore + 90 * 86_400 };
    return told(certificateGaps(NOW, { domain: 'acme.test', certificates: [certificate], nextRoot: false }));
  };
  assert.deepEqual(at(31), []);
  assert.deepEqual(at(29), ['certificate-expiring warning -1']);
  assert.deepEqual(at(8), ['certificate-expiring critical -22']);
  assert.deepEqual(at(-1), ['certificate-expiring critical -31']);
});

test('a root that is about to expire is prepared first, and then put in force', () => {
  const root = { name: 'root' as const, notBefore: 0, notAfter: NOW / 1000 };
  const mend = (nextRoot: boolean): string | undefined =>
    certificateGaps(NOW, { domain: 'acme.test', certificates: [root], nextRoot })[0]?.mend;
  assert.equal(mend(false), 'chancery identity rotate-root --prepare');
  assert.equal(mend(true), 'chancery identity rotate-root --complete');
});

test('a device is a gap while it breaks a rule, and when its certificate ends within three days', () => {
  const device = {
    ...{ serial: '0a0b', address: 'alice@acme.test', label: 'laptop', seen: null, reported: NOW - DAY },
    ...{ expires: NOW + 4 * DAY, breaches: [] },
  };
  const breach = {
    ...{ code: 'device.out-of-rule' as const, rule: 'diskEncryption' as const },
    ...{ reason: 'the disk is not encrypted', mend: 'encrypt it' },
  };
  assert.deepEqual(told(deviceGaps(NOW, [device])), []);
  assert.deepEqual(told(deviceGaps(NOW, [{ ...device, breaches: [breach] }])), [
    'device-out-of-rule warning -1',
  ]);
  assert.deepEqual(told(deviceGaps(NOW, [{ ...device, expires: NOW + 2 * DAY }])), [
    'device-certificate-expiring info -1',
  ]);
  assert.deepEqual(told(deviceGaps(NOW, [{ ...device, expires: NOW - DAY }])), [], 'it is in force no more');
});

test('a member without device is a gap since they joined, or since their last one ended', () => {
  const member = { address: 'alice@acme.test', since: NOW - 9 * DAY, ended: [], devices: 0 };
  assert.deepEqual(told(memberGaps([member])), ['member-without-device warning -9']);
  assert.deepEqual(told(memberGaps([{ ...member, ended: [NOW - 3 * DAY, NOW - 5 * DAY] }])), [
    'member-without-device warning -3',
  ]);
  assert.deepEqual(told(memberGaps([{ ...member, devices: 1 }])), []);
});

test('a partner is a gap where it keeps for less, is silent, overdue, or its terms end', () => {
  const sound: WatchedPartner = {
    ...{ domain: 'partner.test', agreedSince: NOW - 100 * DAY, ownFloorDays: 10, agreedFloorDays: 10 },
    ...{ conversations: ['quay'], connected: false, lastSign: NOW - DAY, rosterDue: NOW + DAY, graceMs: DAY },
    ...{ ends: { ours: null, theirs: null }, backlog: 0, otherRoot: null, lastError: null },
    compared: { time: NOW - 9 * DAY, whole: true, counts: { 'in-flight': 2, sealed: 1, late: 0 } },
  };
  const of = (change: Partial<WatchedPartner>): string[] => told(partnerGaps(NOW, [{ ...sound, ...change }]));
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ agreedFloorDays: 9 }), ['partner-weaker-retention warning -100']);
  const compared = { time: NOW - 2 * DAY, whole: true, counts: {} };
  assert.deepEqual(of({ compared: null }), ['partner-not-compared info -100']);
  assert.deepEqual(of({ compared: { ...compared, time: NOW - 31 * DAY } }), [
    'partner-not-compared info -31',
  ]);
  assert.deepEqual(of({ compared: null, agreedSince: NOW - 29 * DAY }), []);
  assert.deepEqual(of({ compared: { ...compared, counts: { 'missing-there': 1 } } }), [
    'partner-archive-differs critical -2',
  ]);
  assert.deepEqual(of({ compared: { ...compared, whole: false } }), ['partner-archive-differs critical -2']);
  assert.deepEqual(of({ lastSign: NOW - 6 * DAY }), []);
  assert.deepEqual(of({ lastSign: NOW - 8 * DAY }), ['partner-silent warning -8']);
  assert.deepEqual(of({ lastSign: NOW - 8 * DAY, backlog: 1 }), ['partner-silent critical -8']);
  assert.deepEqual(of({ lastSign: NOW - 8 * DAY, connected: true }), []);
  assert.deepEqual(of({ lastSign: null, agreedSince: NOW - 3 * DAY }), [], 'it has a week to answer');
  assert.deepEqual(of({ rosterDue: NOW - DAY / 2 }), ['partner-roster-overdue warning -0.5']);
  assert.deepEqual(of({ rosterDue: NOW - 2 * DAY }), ['partner-roster-overdue critical -2']);
  assert.deepEqual(of({ ends: { ours: null, theirs: NOW + 31 * DAY } }), []);
  assert.deepEqual(of({ ends: { ours: null, theirs: NOW + 29 * DAY } }), ['agreement-ending warning -1']);
  assert.deepEqual(of({ ends: { ours: NOW - DAY, theirs: null } }), ['agreement-ending critical -31']);
  assert.deepEqual(of({ otherRoot: { rootId: 'other', since: NOW - DAY } }), [
    'partner-changed-root critical -1',
  ]);
});

test('disposition is behind when what must go is there a day later', () => {
  const behind = (first: number): string[] =>
    told(
      dispositionGaps(NOW, { schedules: [{ name: 'default', messages: 3, first }], disposalsPerHour: 60 }),
    );
  assert.deepEqual(behind(NOW - DAY), []);
  assert.deepEqual(behind(NOW - 2 * DAY), ['disposition-behind warning -2']);
});

test('a rule is a gap while it is off, until it was seen to bite, when it was not for 90 days, and when it missed', () => {
  const rule: WatchedRule = {
    id: 'cards',
    reason: 'r',
    on: true,
    since: NOW - 200 * DAY,
    several: false,
    hit: null,
    trial: null,
    bitten: null,
  };
  const trial = (outcome: 'bit' | 'missed' | 'unmade', days: number): WatchedRule['trial'] => ({
    ...{ outcome, detail: 'd', time: NOW - days * DAY },
  });
  const of = (change: Partial<WatchedRule>, passed: number | null = NOW): string[] =>
    told(ruleGaps(NOW, [{ ...rule, ...change }], passed, { takesTwo: false }));
  assert.deepEqual(of({ on: false }), ['rule-off info -200']);
  assert.deepEqual(of({ since: NOW - DAY }), ['rule-unproven info -1']);
  assert.deepEqual(of({}), ['rule-unproven warning -200'], 'messages passed it, and it never bit');
  assert.deepEqual(of({}, null), ['rule-unproven info -200'], 'no message passed');
  assert.deepEqual(of({ hit: NOW - 89 * DAY }), []);
  assert.deepEqual(of({ hit: NOW - 91 * DAY }), ['rule-unproven warning -91']);
  assert.deepEqual(of({ hit: NOW - 91 * DAY }, NOW - 92 * DAY), [], 'nothing has passed since');
  assert.deepEqual(of({ trial: trial('bit', 89) }), []);
  assert.deepEqual(of({ trial: trial('bit', 91) }), ['rule-unproven warning -91']);
  assert.deepEqual(of({ trial: trial('unmade', 1), since: NOW - DAY }), ['rule-unproven info -1']);
  assert.deepEqual(of({ trial: trial('missed', 1) }), ['rule-not-biting critical -1']);
  assert.deepEqual(of({ trial: trial('missed', 2), hit: NOW - DAY }), [], 'it bit in earnest since');
  const [several, hit] = [true, NOW - DAY];
  assert.deepEqual(of({ several, hit }), ['rule-unproven warning -200'], 'one detector of several bit');
  assert.deepEqual(of({ several, hit, trial: trial('bit', 2) }), []);
  assert.deepEqual(of({ several, hit, trial: trial('missed', 2) }), ['rule-not-biting critical -2']);
});

test('a copy is missing where fewer nodes hold the archive than must, and where no other does', () => {
  const replica: WatchedReplica = {
    ...{ peer: '12D3Koo', connected: true, size: 5, lastContact: NOW, lacks: null },
  };
  const rest = { started: NOW - DAY, gateways: [], isGateway: true };
  const of = (copies: number, replicas: readonly WatchedReplica[]): string[] =>
    told(copyGaps(NOW, { copies, size: 5, replicas, ...rest }));
  assert.deepEqual(of(1, []), ['copy-missing info -']);
  assert.deepEqual(of(2, []), ['copy-missing critical -']);
  assert.deepEqual(of(2, [replica]), []);
  const away = { ...replica, connected: false, lastContact: NOW - DAY };
  assert.deepEqual(of(1, [away]), ['replica-away warning -1']);
  assert.deepEqual(of(2, [away]), ['replica-away critical -1']);
  assert.deepEqual(of(1, [{ ...away, lastContact: NOW - 60_000 }]), [], 'it may just be starting');
  const behind = { ...replica, size: 3, lacks: NOW - DAY };
  assert.deepEqual(of(1, [behind]), ['copy-behind warning -1']);
  assert.deepEqual(of(2, [behind]), ['copy-behind critical -1']);
  assert.deepEqual(of(1, [{ ...behind, lacks: NOW - 60_000 }]), [], 'it is on its way');
  assert.deepEqual(of(1, [{ ...away, lacks: NOW - DAY }]), ['replica-away warning -1'], 'it is named once');
});

test('a gateway that is away is a gap, and a critical one where no other is here', () => {
  const away = { peer: '12D3Koo', connected: false, lastContact: NOW - DAY };
  const of = (isGateway: boolean, ...gateways: (typeof away)[]): string[] =>
    told(gatewayGaps(NOW, { copies: 1, size: 5, started: NOW - DAY, replicas: [], gateways, isGateway }));
  assert.deepEqual(of(true, away), ['gateway-away warning -1']);
  assert.deepEqual(of(false, away), ['gateway-away critical -1']);
  assert.deepEqual(of(false, away, { ...away, connected: true }), ['gateway-away warning -1']);
  assert.deepEqual(of(false, { ...away, lastContact: NOW - 60_000 }), []);
});

test('a policy is a gap where there is none, where it cannot be read, and where another node would not decide by it', () => {
  const [hash, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const newest = { sequence: 6, number: 3, time: NOW - DAY };
  const inForce: PolicyInForce = {
    ...{ newest, hash, problem: null, readable: null, takesTwo: false, draft: null },
    ...{ version: '2.0.0', began: NOW - 9 * DAY },
  };
  const replica: AskedReplica = {
    ...{ peer: '12D3Koo', connected: true, size: 7, lastContact: NOW, lacks: null },
    told: { policy: 3, hash, version: '2.0.0' },
  };
  const of = (change: Partial<PolicyInForce>, asked: Partial<AskedReplica> = {}): readonly Gap[] =>
    policyGaps(NOW, { ...inForce, ...change }, [{ ...replica, ...asked }]);
  const heard = (change: Partial<{ policy: number; hash: Uint8Array | null }>): string =>
    of({}, { told: { policy: 3, hash, version: '1.0.0', ...change } })[0]?.text ?? '';
  assert.deepEqual(of({}), []);
  assert.deepEqual(told(of({ newest: null })), ['no-policy critical -9']);
  assert.deepEqual(told(of({ hash: null, problem: 'no' })), ['policy-unreadable critical -1']);
  assert.deepEqual(told(of({}, { size: 6 })), ['policy-differs warning -1']);
  assert.deepEqual(of({}, { connected: false, told: null }), [], 'it holds it, and is away');
  assert.match(heard({ policy: 2 }), /would decide by policy 2, not 3/);
  assert.match(heard({ hash: null }), /cannot read the policy in force: it runs 1\.0\.0, this node 2\.0\.0/);
  assert.match(heard({ hash: other }), /reads the policy in force otherwise/);
  assert.equal(heard({}), '', 'another version that reads the same');
  const silent = (isOlder: boolean): string => of({}, { told: { silent: 'why', isOlder } })[0]?.text ?? '';
  assert.match(silent(true), /bring its program to 2\.0\.0/);
  assert.match(silent(false), /see chancery status there/);
  const justNow = { ...newest, time: NOW - 30_000 };
  assert.deepEqual(of({ newest: justNow }, { size: 6 }), [], 'it is on its way');
});

test('a backup is old after a week, and that is critical after a month', () => {
  const home = '/srv/it’s here';
  const of = (days: number | null): Gap[] => {
    const last = days === null ? null : { directory: '/mnt/b', time: NOW - days * DAY, size: 1 };
    return backupGaps(NOW, { home, last, uncopied: [], began: NOW - 2 * DAY });
  };
  assert.deepEqual(told(of(6)), []);
  assert.deepEqual(told(of(8)), ['backup-old warning -8']);
  assert.deepEqual(told(of(31)), ['backup-old critical -31']);
  assert.equal(of(8)[0]?.mend, 'chancery backup /mnt/b');
  assert.deepEqual(told(of(null)), ['backup-old warning -2']);
  assert.equal(of(null)[0]?.mend, `chancery backup '${home}-backup'`);
});

test('acts of oversight may go unread for 30 days', () => {
  const of = (oldestUnread: number | null): string[] =>
    told(auditGaps(NOW, { oldestUnread, lastRead: null }));
  assert.deepEqual(of(null), []);
  assert.deepEqual(of(NOW - 29 * DAY), []);
  assert.deepEqual(of(NOW - 31 * DAY), ['audit-unread warning -31']);
});

test('gaps of one kind are bounded, the worst are kept, and how many there are is said', () => {
  const [gap] = memberGaps([{ address: 'a@acme.test', since: 0, ended: [], devices: 0 }]);
  assert.ok(gap !== undefined);
  const many = Array.from({ length: 300 }, (_, at): Gap => ({
    ...gap,
    subject: String(at),
    severity: at === 299 ? 'critical' : 'warning',
  }));
  const kept = bounded(many);
  assert.deepEqual([kept.length, kept[0]?.subject], [200, '299']);
  assert.match(kept.at(-1)?.text ?? '', /and 100 more of this kind/);
});

test('a printed command means the same to a shell, whatever is in a name', () => {
  assert.equal(shellWord('12D3Koo-a_b.c/d'), '12D3Koo-a_b.c/d');
  assert.equal(shellWord("it's; rm -rf $HOME"), String.raw`'it'\''s; rm -rf $HOME'`);
});

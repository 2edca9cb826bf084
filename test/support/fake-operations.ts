/** Operations for tests of the admin socket and the command line: every one answers something plausible, at once. */
import { ACCESSES, ENTRY, TIME } from './fake-archive.ts';
import { fakeCases } from './fake-cases.ts';
import { fakeFound, fakeSearch } from './fake-search.ts';
import type { OperationOutput, Operations } from '../../node/operations/contract.ts';
import { fakePolicy } from './fake-policy.ts';
import { fakeGaps } from './fake-gaps.ts';
import { fakePreservation } from './fake-preservation.ts';
import { ABSENCE, fakeRecording } from './fake-recording.ts';
import { fakeRetention } from './fake-retention.ts';
import { fakeReviews } from './fake-reviews.ts';

const BACKED_UP = { next: null, copied: 42, size: 42, written: 1, root: 'ab12', lost: [], damaged: null };
const LATER = '2026-05-05T03:02:01Z';
export const ROOT_ID = 'Pq3x0m7dYdQ2p8K3vXyR1b6uTnWcZsLgJhFeDaSiOqU';

const CERTIFICATE = {
  kind: 'device' as const,
  subject: 'alice@acme.test',
  serial: '0a0b',
  fingerprint: 'ff00',
  window: { from: TIME, until: LATER },
};

const IDENTITY: OperationOutput<'identity.show'> = {
  domain: 'acme.test',
  level: 'dnssec',
  rootId: ROOT_ID,
  sequence: 1,
  since: TIME,
  zones: ['.', 'test', 'acme.test'],
  proofWindow: { from: TIME, until: LATER },
  certificates: [CERTIFICATE],
  rosterNumber: 7,
};

const EVIDENCE = { sequence: 42, time: TIME, domain: 'partner.test', kind: 'equivocation' as const };

const SIDE: OperationOutput<'evidence.show'>['first'] = {
  number: 5,
  issued: TIME,
  nextUpdate: LATER,
  nodes: [],
  revoked: [],
  signed: 'AAAA',
  signature: 'AAAA',
  certificates: ['-----BEGIN CERTIFICATE-----\n', '', ''],
};

const CHECKPOINT_SIDE = {
  size: 5,
  root: 'ab12',
  note: 'partner.test/chancery\n5\nqxI=\n\n— partner.test/chancery AAAA\n',
  signature: 'AAAA',
  certificates: ['-----BEGIN CERTIFICATE-----\n', '', ''],
};

const MEMBER: OperationOutput<'member.add'> = {
  address: 'alice@acme.test',
  name: 'Alice',
  roles: ['member'],
  hidden: false,
  state: 'active',
  joined: TIME,
  since: TIME,
  reason: '',
  actor: 'operator',
  devices: 1,
};

const DEVICE: OperationOutput<'device.revoke'>['device'] = {
  serial: '0a0b',
  address: 'alice@acme.test',
  name: 'Alice',
  label: 'laptop',
  peer: '12D3KooWDevice',
  enrolled: TIME,
  expires: LATER,
  state: 'active',
  seen: TIME,
  revoked: null,
  wiped: null,
  facts: [{ name: 'diskEncryption', value: 'on', source: 'attested' }],
  attested: TIME,
  breaches: [],
};

const WAITING: OperationOutput<'device.reject'>['rejected'] = {
  address: 'alice@acme.test',
  name: 'Alice',
  label: 'phone',
  fingerprint: 'ABCD-EFGH-IJKL-MNOP',
  peer: '12D3KooWPhone',
  since: TIME,
  until: LATER,
};

export const PARTNER: OperationOutput<'partner.add'> = {
  domain: 'partner.test',
  level: 'dnssec',
  rootId: ROOT_ID,
  agreedSince: TIME,
  mutual: false,
  addresses: ['/ip4/127.0.0.1/tcp/4711'],
  sharesDirectory: 'none',
  retentionFloor: { ours: null, theirs: null, days: 0 },
  connected: true,
  backlog: 3,
  lastContact: TIME,
  lastError: { code: 'node.unreachable', message: 'no address answers' },
};

const ROTATION: Awaited<ReturnType<Operations['identity.rotate-root']>> = {
  state: 'done',
  rootId: 'root-new',
  sequence: 2,
  nextRootId: null,
  records: [{ name: '_chancery.acme.test', value: 'v=chancery1; …' }],
  request: null,
  rosterNumber: 8,
};

/* eslint-disable @typescript-eslint/require-await -- an operation is asynchronous, a fake one needs not wait */
export function fakeOperations(changed: Partial<Operations> = {}): Operations {
  const invitation = { code: 'ABCD-EFGH', invitation: 'chancery-invitation:abc', expires: LATER };
  return {
    status: async () => ({
      domain: 'acme.test',
      peer: '12D3KooWNode',
      version: '0.1.0',
      roles: ['gateway', 'archive'],
      addresses: ['/ip4/127.0.0.1/tcp/4710'],
      started: TIME,
      rosterNumber: 7,
      log: { size: 42, root: 'ab12' },
      archiveConnected: true,
      devicesConnected: 2,
      partners: [PARTNER],
      alarms: [],
      absence: ABSENCE,
      waits: ['partner.test asks that messages be preserved'],
    }),
    'identity.show': async () => IDENTITY,
    'evidence.list': async () => ({ evidence: [{ ...EVIDENCE, first: 5, second: 5 }] }),
    'evidence.show': async ({ sequence }) => ({
      ...EVIDENCE,
      sequence,
      first: SIDE,
      second: SIDE,
      differences: [{ what: 'revoked 8a', first: null, second: `key-compromise, ${TIME}` }],
    }),
    'identity.crl': async () => ({
      number: 7,
      thisUpdate: TIME,
      nextUpdate: LATER,
      revoked: 1,
      crl: 'MAA=',
    }),
    'identity.rotate-issuer': async () => ROTATION,
    'identity.rotate-root': async ({ step }) => ({
      ...ROTATION,
      state: step === 'prepare' ? 'prepared' : 'done',
    }),
    'identity.revoke-root': async () => ROTATION,
    'identity.verify': async ({ domain }) => ({ ...IDENTITY, domain }),
    'identity.history': async ({ domain }) => ({
      domain,
      changes: [
        {
          sequence: 4,
          time: TIME,
          until: null,
          change: 'verified',
          rootId: ROOT_ID,
          rootSequence: 1,
          level: 'dnssec',
          certificates: [{ ...CERTIFICATE, kind: 'root' }],
          proof: { hash: 'ee', zones: ['.', 'test'], window: { from: TIME, until: LATER }, fault: null },
          rosters: { first: 1, last: 7 },
        },
      ],
      next: 4,
    }),
    'identity.events': async () => ({
      events: [
        {
          sequence: 9,
          time: TIME,
          what: 'name',
          severity: 'warning',
          person: { address: 'bob@partner.test', name: 'Bob Brown' },
          domain: 'partner.test',
          level: 'dnssec',
          since: TIME,
          before: 'Bob',
          after: 'Bob Brown',
        },
      ],
      next: 9,
    }),
    'member.add': async ({ address, name, roles }) => ({ ...MEMBER, address, name, roles }),
    'member.list': async () => ({ members: [MEMBER] }),
    'member.show': async () => ({ member: MEMBER, devices: [DEVICE] }),
    'member.invite': async ({ address }) => ({ address, ...invitation }),
    'member.remove': async () => ({
      member: { ...MEMBER, state: 'removed' },
      revoked: ['0a0b'],
      rosterNumber: 8,
    }),
    'member.update': async ({ address }) => ({
      member: { ...MEMBER, address },
      certified: 1,
      superseded: ['0a0b'],
      rosterNumber: 8,
    }),
    'member.suspend': async ({ reason }) => ({
      member: { ...MEMBER, state: 'suspended', reason },
      rosterNumber: 8,
    }),
    'member.restore': async () => ({ member: MEMBER, rosterNumber: 9 }),
    'device.list': async () => ({ devices: [DEVICE] }),
    'device.show': async () => ({ device: DEVICE }),
    'device.pending': async () => ({ pending: [WAITING] }),
    'device.approve': async ({ fingerprint }) => ({ device: DEVICE, fingerprint }),
    'device.reject': async () => ({ rejected: WAITING }),
    'device.revoke': async () => ({ device: { ...DEVICE, state: 'revoked' }, rosterNumber: 8 }),
    'node.invite': async () => invitation,
    'node.list': async () => ({
      nodes: [
        { peer: '12D3KooWNode', roles: ['gateway', 'archive'], addresses: ['/ip4/127.0.0.1/tcp/4710'] },
      ],
    }),
    'node.remove': async ({ peer }) => ({ peer, rosterNumber: 9 }),
    'partner.preview': async ({ domain }) => ({ ...IDENTITY, domain, since: null, imitates: null }),
    'partner.add': async ({ domain, rootId }) => ({ ...PARTNER, domain, rootId }),
    'partner.update': async ({ domain, shareDirectory, retentionFloorDays = null }) => ({
      ...PARTNER,
      domain,
      sharesDirectory: shareDirectory ?? 'none',
      retentionFloor: { ours: retentionFloorDays, theirs: 30, days: Math.max(30, retentionFloorDays ?? 0) },
    }),
    'partner.approve': async ({ domain, rootId }) => ({ ...PARTNER, domain, rootId }),
    'partner.list': async () => ({ partners: [PARTNER] }),
    'partner.show': async () => ({ partner: PARTNER, identity: { ...IDENTITY, domain: 'partner.test' } }),
    'partner.remove': async ({ domain }) => ({ domain }),
    'archive.list': async () => ({ entries: [ENTRY], next: 5 }),
    'archive.search': fakeSearch(ENTRY),
    'archive.accesses': async () => ACCESSES,
    ...fakeRecording(),
    'archive.show': async () => ({
      entry: ENTRY,
      versions: [],
      leafHash: 'ff',
      certificate: CERTIFICATE,
      accepted: {
        domain: 'acme.test',
        rootId: ROOT_ID,
        level: 'dnssec',
        proof: 'ee',
        roster: 7,
        entries: [1, 4],
        device: 'ff00',
      },
      detail: { v: 1 },
    }),
    'archive.conversations': async () => ({
      conversations: [
        {
          id: 'cc',
          type: 'group',
          title: 'Plans',
          owner: 'acme.test',
          members: ['alice@acme.test', 'bob@partner.test'],
          revision: 2,
        },
      ],
    }),
    ...fakeRetention(),
    ...fakePolicy(),
    ...fakePreservation(),
    ...fakeReviews(),
    ...fakeGaps(),
    ...fakeCases(fakeFound(ENTRY)),
    'archive.disown': async () => ({ partner: 'b.test', size: 42, root: 'ab12' }),
    'archive.replicas': async () => ({
      epoch: 0,
      primary: '12D3KooWNode',
      size: 42,
      copies: 2,
      replicas: [{ peer: '12D3KooWCopy', connected: true, size: 40, lag: 2, lastContact: TIME }],
    }),
    'archive.promote': async () => ({ peer: '12D3KooWCopy', epoch: 1, size: 42 }),
    'archive.verify': async () => ({
      size: 42,
      root: 'ab12',
      checkpoint: 'signed note',
      messages: 40,
      sealed: 0,
      disposed: 0,
      files: 2,
      faults: [],
    }),
    'archive.checkpoint': async () => ({
      checkpoint: 'acme.test/chancery\n42\nqxI=\n\n— acme.test/chancery AAAA\n',
      size: 42,
      root: 'ab12',
      logSize: 44,
      cosignatures: [{ domain: 'partner.test', time: TIME }],
      verifierKeys: ['acme.test/chancery+00000000+AAAA'],
    }),
    'archive.tile': async ({ path }) => ({ path, bytes: 'q6ur' }),
    'archive.evidence': async () => ({
      evidence: [
        {
          sequence: 43,
          time: TIME,
          domain: 'partner.test',
          kind: 'fork',
          first: CHECKPOINT_SIDE,
          second: { ...CHECKPOINT_SIDE, root: 'cd34' },
          proof: [],
        },
      ],
      receipts: [
        {
          sequence: 44,
          time: TIME,
          domain: 'partner.test',
          message: 'aa',
          position: 9,
          receipt: { signed: 'AAAA', signature: 'AAAA' },
          checkpoint: CHECKPOINT_SIDE,
          shown: null,
        },
      ],
    }),
    'archive.reconcile': async ({ partner, run }) =>
      run === undefined
        ? { run: '1', compared: 40, phase: 'theirs', at: 41, of: 42, outcome: null }
        : {
            run: null,
            compared: 41,
            phase: 'done',
            at: 43,
            of: 43,
            outcome: {
              partner,
              agrees: true,
              theirs: { size: 42, root: 'ab12', state: 'consistent' },
              compared: 41,
              counts: {
                'missing-there': 0,
                'missing-here': 0,
                late: 0,
                different: 0,
                'in-flight': 1,
                refused: 0,
                sealed: 0,
              },
              findings: [
                {
                  state: 'in-flight',
                  message: 'aa',
                  direction: 'sent',
                  conversation: 'cc',
                  sender: 'alice@acme.test',
                  here: { sequence: 42, time: TIME },
                  there: null,
                  reason: 'it is on its way there',
                },
              ],
              complete: true,
            },
          },
    'archive.lost': async () => ({
      size: 42,
      until: 45,
      stopped: true,
      partners: [{ domain: 'partner.test', known: 44, held: 1, fault: null }],
      messages: [
        { id: 'aa', position: 43, partner: 'partner.test', sender: 'bob@partner.test', at: 9, time: TIME },
      ],
    }),
    'archive.accept-loss': async () => ({ size: 42, until: 45, unasked: [] }),
    'archive.take-back': async () => ({
      taken: [
        { id: 'aa', partner: 'partner.test', before: 43, now: 47, refused: null },
        {
          id: 'bb',
          partner: 'partner.test',
          before: 44,
          now: null,
          refused: { code: 'device.revoked', message: 'the device was revoked' },
        },
      ],
      unasked: [],
    }),
    'partner.accept-loss': async ({ domain, size }) => ({ domain, size, baseline: 40 }),
    backup: async ({ keys }) => ({ ...BACKED_UP, keys: keys ? ['node'] : [] }),
    'doctor.node': async () => ({
      checks: [{ name: 'roster', state: 'ok', message: 'roster 7 holds', mend: '' }],
    }),
    ...changed,
  };
}

/** The look that comes again and again: what it logs, and what it does where something cannot be looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { GapWatch } from '../../../node/gaps/gap-watch.ts';
import type { GapSources } from '../../../node/gaps/gaps.ts';

const NOW = Date.UTC(2026, 4, 4);

const SOUND: GapSources = {
  certificates: () => ({ domain: 'acme.test', certificates: [], nextRoot: false }),
  people: () => Promise.resolve({ members: [], devices: [] }),
  partners: () => Promise.resolve([]),
  due: () => Promise.resolve({ schedules: [], disposalsPerHour: 60 }),
  rules: () => Promise.resolve({ rules: [], passed: null }),
  copies: () => ({
    ...{ copies: 1, size: 0, started: NOW },
    replicas: [{ peer: 'p', connected: true, size: 0, lastContact: NOW }],
  }),
  policy: () => Promise.resolve(null),
  scanners: () => Promise.resolve([{ name: 'clamav', health: { ok: true, engine: 'ClamAV 1' } }]),
  backups: () =>
    Promise.resolve({ home: '/h', last: { directory: '/b', time: NOW, size: 0 }, uncopied: [], began: NOW }),
  audit: () => Promise.resolve({ oldestUnread: null, lastRead: null }),
};

interface Line {
  readonly level: number;
  readonly gap: string;
  readonly msg: string;
  readonly alarm?: boolean;
}

function watching(change: Partial<GapSources>): { watch: GapWatch; lines: Line[] } {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  return { watch: new GapWatch({ sources: { ...SOUND, ...change }, clock: () => NOW, log }), lines };
}

test('a gap is logged once while it lasts, and once when it is gone', async () => {
  const member = { address: 'alice@acme.test', since: NOW, ended: [], devices: 0 };
  let members = [member];
  const { watch, lines } = watching({ people: () => Promise.resolve({ members, devices: [] }) });
  assert.deepEqual(watch.last, []);
  await watch.look();
  await watch.look();
  assert.deepEqual(
    watch.last.map(({ kind }) => kind),
    ['member-without-device'],
  );
  members = [];
  await watch.look();
  assert.deepEqual(watch.last, []);
  assert.deepEqual(
    lines.map(({ level, gap, msg }) => [level, gap, msg.slice(0, 11)]),
    [
      [40, 'member-without-device', 'gap: alice@'],
      [30, 'member-without-device', 'gap is gone'],
    ],
  );
});

test('what cannot be looked at is a critical gap itself, an alarm, and hides none of the others', async () => {
  const { watch, lines } = watching({
    certificates: () => {
      throw new Error('the disk is gone');
    },
    audit: () => Promise.resolve({ oldestUnread: 0, lastRead: null }),
  });
  const gaps = await watch.look();
  assert.deepEqual(
    gaps.map(({ kind, severity }) => [kind, severity]),
    [
      ['not-looked-at', 'critical'],
      ['audit-unread', 'warning'],
    ],
  );
  assert.match(gaps[0]?.text ?? '', /certificates could not be looked at: the disk is gone/);
  assert.equal(lines[0]?.alarm, true);
});

test('whoever asks after something was mended is not told of a look that began before', async () => {
  const [first, began] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  let copied = false;
  let looks = 0;
  const { watch } = watching({
    partners: async () => {
      looks += 1;
      began.resolve(undefined);
      if (looks === 1) await first.promise;
      return [];
    },
    backups: () =>
      Promise.resolve({
        ...{ home: '/h', last: null, began: NOW },
        uncopied: copied ? [] : [{ name: 'issuer', isProtected: true }],
      }),
  });
  const before = watch.look();
  await began.promise;
  copied = true;
  const [after, also] = [watch.look(), watch.look()];
  first.resolve(undefined);
  await before;
  assert.ok(!(await after).some(({ kind }) => kind === 'key-not-copied'));
  assert.equal(await after, await also, 'one look does for all who wait');
  assert.equal(looks, 2);
});

/**
 * The adversarial suite's one form: a table of attacks a file, each with the code that must stop it. An attack is made
 * through a door of the real program; it must be refused, with its own code, and leave no record behind.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isCode, type Code, type Result } from '../../protocol/errors/index.ts';

/** What is attacked, made anew for each attack: how much it has written down so far, and its end. */
export interface Attacked {
  readonly records: number;
  close(): Promise<void>;
}

export interface Attack<World> {
  /** What the attacker does, as an auditor reads it. */
  readonly attack: string;
  readonly code: Code;
  /** How things stand before. */
  readonly given?: (world: World) => unknown;
  readonly attempt: (world: World) => Result<unknown> | Promise<Result<unknown>>;
  /** Whether it proves a fault of whoever signed, and is recorded as evidence; nothing else is ever left behind. */
  readonly convicts?: boolean;
}

/** Attacks on doors behind which nothing is ever written. */
export function attacks(door: string, table: readonly Attack<undefined>[]): void {
  run(door, table, () =>
    Promise.resolve({ world: undefined, records: () => 0, close: () => Promise.resolve() }),
  );
}

/** Attacks on a world that is opened for each of them. */
export function attacksOn<World extends Attacked>(
  door: string,
  table: readonly Attack<World>[],
  open: () => Promise<World>,
): void {
  run(door, table, async () => {
    const world = await open();
    return { world, records: () => world.records, close: () => world.close() };
  });
}

interface Opened<World> {
  readonly world: World;
  readonly records: () => number;
  readonly close: () => Promise<void>;
}

function run<World>(door: string, table: readonly Attack<World>[], open: () => Promise<Opened<World>>): void {
  describe(door, () => {
    for (const { attack, code, given, attempt, convicts = false } of table) {
      test(`${attack}: ${code}`, async () => {
        const { world, records, close } = await open();
        try {
          await given?.(world);
          const before = records();
          const result = await attempt(world);
          assert.equal(result.ok ? 'it got through' : result.refusal.code, code);
          assert.ok(!result.ok && isCode(result.refusal.code) && result.refusal.message.length > 0);
          assert.equal(
            records(),
            before + (convicts ? 1 : 0),
            'the attack left another record than evidence',
          );
        } finally {
          await close();
        }
      });
    }
    test('no attack stands there twice', () => {
      assert.equal(new Set(table.map(({ attack }) => attack)).size, table.length);
    });
  });
}

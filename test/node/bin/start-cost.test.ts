/** What a start of either command costs, in modules: a command that needs little loads little. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROGRAMS } from '../../../scripts/processes/command.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const COUNTER = fileURLToPath(new URL('../../support/count-modules.ts', import.meta.url));

/** Modules for the words of a command line alone: its help, its version, its errors. A fifth of it is the parser's. */
const FEW = 40;

/** Modules of the member's program without its device: what its commands say of messages, but no network and no store. */
const NO_DEVICE = 430;

/** Modules for asking a running node: the contract with its schemas as well, of which zod has ninety. */
const TO_ASK = 260;

type Case = readonly [program: keyof typeof PROGRAMS, args: string[], code: number, most: number];

const CASES: readonly Case[] = [
  ['chancery', ['--help'], 0, FEW],
  ['chancery', ['--version'], 0, FEW],
  ['chancery', ['destroy'], 2, FEW],
  ['chancery', ['archive', 'verify', '--fast'], 2, FEW + 15],
  ['chancery', ['status'], 1, TO_ASK],
  ['chancery', ['policy', 'show'], 1, TO_ASK],
  ['chancery-chat', ['--help'], 0, NO_DEVICE],
  ['chancery-chat', ['send'], 2, NO_DEVICE],
];

describe('a start loads what its command needs, and no more', () => {
  for (const [program, args, code, most] of CASES) {
    it(`${program} ${args.join(' ')}: at most ${most} modules`, async (t) => {
      const { directory } = await temporaryHome(t);
      const file = join(directory, '..', 'modules');
      const ran = spawnSync(
        process.execPath,
        ['--import', COUNTER, PROGRAMS[program], '--home', directory, ...args],
        { encoding: 'utf8', env: { ...process.env, CHANCERY_MODULE_COUNT: file } },
      );
      assert.equal(ran.status, code, ran.stderr);
      const count = Number(await readFile(file, 'utf8'));
      assert.ok(count > 0 && count <= most, `${count} modules`);
    });
  }
});

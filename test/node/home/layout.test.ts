import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { findHome } from '../../../node/home/index.ts';

it('finds the home by what is said, else by CHANCERY_HOME, else in the user’s own', () => {
  assert.equal(findHome('/a', { CHANCERY_HOME: '/b' }).directory, '/a');
  assert.equal(findHome(undefined, { CHANCERY_HOME: '/b' }).directory, '/b');
  for (const env of [{}, { CHANCERY_HOME: '' }]) {
    assert.equal(findHome(undefined, env).directory, join(homedir(), '.chancery'));
  }
});

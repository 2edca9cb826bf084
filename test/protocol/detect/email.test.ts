import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detector } from '../../../protocol/detect/index.ts';

const find = detector('email');

function addressesIn(text: string): string[] {
  return find(text).map(({ start, end }) => text.slice(start, end));
}

test('addresses are found in the midst of text, without what stands around them', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['write to alice@acme.example.', ['alice@acme.example']],
    ['<alice.b+tag@mail.acme.example>, (bob@globex.test)', ['alice.b+tag@mail.acme.example', 'bob@globex.test']],
    ['mailto:o\'neil@acme.example?subject=x', ["o'neil@acme.example"]],
    ['"alice"@acme.example', []],
    ['grüße@münchen.example und 用户@例子.公司', ['grüße@münchen.example', '用户@例子.公司']],
    ['alice＠acme．example', ['alice＠acme．example']],
    ['x@xn--bcher-kva.example', ['x@xn--bcher-kva.example']],
    ['a@b.example,c@d.example', ['a@b.example', 'c@d.example']],
  ]; // prettier-ignore
  for (const [text, addresses] of cases) assert.deepEqual(addressesIn(text), addresses, text);
});

test('what only has an @ in it is no address', () => {
  for (const text of [
    '@alice',
    'a@b',
    'npm i @scope/name@1.2.3',
    'a@-b.example',
    'a.@b.example',
    'a@1.2',
    'git@host:repo',
    'a@@b.example',
    'a@b..example',
  ]) {
    assert.deepEqual(addressesIn(text), [], text);
  }
});

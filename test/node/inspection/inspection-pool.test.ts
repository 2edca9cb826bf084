import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { InspectionPool, type InspectionPoolOptions } from '../../../node/inspection/index.ts';
import { compilePolicyFile } from '../../../node/policy/index.ts';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { bytesOf, pdfOf, saidIn, wordDocument } from '../../support/inspected.ts';

/** A worker that does what a reader with a fault would do, by the name of the file it is given. */
const FAULTY = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    const held = [];
    parentPort.on('message', ({ declared: { name } }) => {
      if (name === 'loop') for (;;);
      if (name === 'throw') setImmediate(() => { throw new Error('fault'); });
      if (name === 'exit') process.exit(3);
      if (name === 'heap') for (;;) held.push(new Array(1e6).fill(name + held.length));
      if (name === 'bytes') for (;;) held.push(new Uint8Array(64 * 1024 * 1024).fill(1));
      if (name === 'recurse') (function deeper() { return deeper() + 1; })();
      if (name === 'fine') parentPort.postMessage({ type: 'text/plain', failed: null, texts: [], found: [] });
    });
  `)}`,
);

const FILE = { name: 'fine', type: '' };

function faulty(options: InspectionPoolOptions = {}): InspectionPool {
  return new InspectionPool({ program: FAULTY, workers: 1, ...options });
}

describe('the inspection of files in workers', () => {
  it('finds what is found without them, and leaves the bytes to whoever gave them', async () => {
    await using pool = new InspectionPool();
    const bytes = wordDocument('words');
    const before = Buffer.from(bytes);
    const found = await pool.inspect(bytes, { name: 'a.docx', type: '' });
    assert.deepEqual([found.failed, saidIn(found)], [null, 'words\n']);
    assert.deepEqual(Buffer.from(bytes), before);
    const parts = Buffer.from('xwordsx').subarray(1, 6);
    assert.equal(saidIn(await pool.inspect(parts, { name: 'a.txt', type: '' })), 'words');
  });

  it('answers all who ask at once', async () => {
    await using pool = new InspectionPool();
    const asked = Array.from({ length: 20 }, (_, index) =>
      pool.inspect(bytesOf(`words ${index}`), { name: 'a.txt', type: '' }),
    );
    assert.deepEqual(
      (await Promise.all(asked)).map(saidIn),
      asked.map((_, index) => `words ${index}`),
    );
  });

  it('finds what policies look for in the texts, so that nobody else has to', async () => {
    await using pool = new InspectionPool();
    const rule = 'when: { direction: in, contains: [{ detector: payment-card }] }, then: block';
    const text = `version: 1\nrules: [{ id: one, reason: R., ${rule} }]\n`;
    const { document } = valueOf(compilePolicyFile(text, 'p.yaml', nobleSuite.sha256)).policy;
    const file = bytesOf('card 4111 1111 1111 1111, and no more');
    for (let time = 0; time < 2; time += 1) {
      const { found } = await pool.inspect(file, { name: 'a.txt', type: '' }, [document]);
      const places = found
        ?.get(document)
        ?.get('payment-card')
        ?.map(({ place, start }) => [place, start]);
      assert.deepEqual(places, [['a.txt', 5]]);
    }
  });

  it('ends over a file that never ends, and goes on with the next', async () => {
    await using pool = faulty({ fileWithinMs: 2_000 });
    const looping = pool.inspect(bytesOf('x'), { name: 'loop', type: '' });
    const next = pool.inspect(bytesOf('x'), FILE);
    assert.equal((await looping).failed, 'timeout');
    assert.equal((await next).failed, null);
  });

  for (const name of ['throw', 'exit', 'heap', 'recurse']) {
    it(`answers where a worker ends over a file (${name}), and goes on with the next`, async () => {
      await using pool = faulty();
      const ending = pool.inspect(bytesOf('x'), { name, type: '' });
      const next = pool.inspect(bytesOf('x'), FILE);
      assert.equal((await ending).failed, 'crashed');
      assert.equal((await next).failed, null);
    });
  }

  it('ends over a file that unpacks without end outside of the heap', async () => {
    await using pool = faulty();
    assert.equal((await pool.inspect(bytesOf('x'), { name: 'bytes', type: '' })).failed, 'memory');
    assert.equal((await pool.inspect(bytesOf('x'), FILE)).failed, null);
  });

  it('turns away what it has no room for, at once', async () => {
    await using pool = faulty({ maxWaiting: 1 });
    const first = pool.inspect(bytesOf('x'), { name: 'loop', type: '' });
    const second = pool.inspect(bytesOf('x'), FILE);
    assert.equal((await pool.inspect(bytesOf('x'), FILE)).failed, 'busy');
    await pool.stop();
    assert.deepEqual([(await first).failed, (await second).failed], ['stopped', 'stopped']);
    assert.equal((await pool.inspect(bytesOf('x'), FILE)).failed, 'stopped');
  });

  it('answers where there is no worker to be had', async () => {
    await using pool = new InspectionPool({ program: new URL('./nowhere.ts', import.meta.url) });
    assert.equal((await pool.inspect(bytesOf('x'), FILE)).failed, 'crashed');
  });

  it('goes on past the number of files after which a worker makes way', async () => {
    await using pool = faulty();
    for (let file = 0; file < 120; file += 1)
      assert.equal((await pool.inspect(bytesOf('x'), FILE)).failed, null);
  });

  it('fetches nothing that a file names', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('words');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    const rels = `<Relationships><Relationship Id="r" Type="http://x/image" Target="${url}" TargetMode="External"/></Relationships>`;
    await using pool = new InspectionPool();
    const files: readonly (readonly [string, string | Uint8Array])[] = [
      ['a.html', `<html><script src="${url}"></script><img src="${url}"><link rel=stylesheet href="${url}">`],
      ['a.svg', `<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}"/></svg>`],
      ['a.xml', `<?xml version="1.0"?><!DOCTYPE a SYSTEM "${url}"><a>x</a>`],
      ['a.xml', `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "${url}">]><a>&e;</a>`],
      ['a.docx', wordDocument('x', { 'word/_rels/document.xml.rels': rels })],
      ['a.pdf', pdfOf('x', `/OpenAction << /S /URI /URI (${url}) >>`)],
      ['a.pdf', pdfOf('x', `/OpenAction << /S /GoToR /F << /FS /URL /F (${url}) >> /D [0 /Fit] >>`)],
    ];
    for (const [name, content] of files) {
      const found = await pool.inspect(bytesOf(content), { name, type: '' });
      assert.equal(found.failed, null, name);
    }
    server.close();
    await once(server, 'close');
    assert.deepEqual(asked, []);
  });
});

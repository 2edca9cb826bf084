/** Loaded before a program (`--import`): at its end, writes how many modules it loaded into the file that is named for it. */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const loaded = new Set<string>();

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('node:')) loaded.add(url);
    return nextLoad(url, context);
  },
});

process.on('exit', () => writeFileSync(process.env['CHANCERY_MODULE_COUNT'] ?? '', String(loaded.size)));

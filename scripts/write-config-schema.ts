/** Writes `node/config/chancery.schema.json` anew. Run after a change of the configuration's schema. */
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../node/config/index.ts';

writeFileSync(new URL('../node/config/chancery.schema.json', import.meta.url), configJsonSchema());

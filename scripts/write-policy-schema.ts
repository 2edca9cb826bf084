/** Writes `node/policy/policy.schema.json` anew. Run after a change of the shape of policies. */
import { writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../node/policy/index.ts';

writeFileSync(new URL('../node/policy/policy.schema.json', import.meta.url), policyJsonSchema());

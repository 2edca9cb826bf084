/** The JSON Schema of the configuration, for editors. The committed copy is checked to be the current one. */
import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The text of `chancery.schema.json`. */
export function configJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2)}\n`;
}

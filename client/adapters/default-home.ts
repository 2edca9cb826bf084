import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a device lives unless told otherwise. */
export function defaultHome(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['CHANCERY_CHAT_HOME'] ?? join(homedir(), '.chancery-chat');
}

/**
 * Every check of one home on this machine, in the order in which faults are best mended. Changes nothing, needs no
 * running node, and never throws: what cannot be checked is a failed check.
 */
import { readConfig, type Config } from '../config/index.ts';
import { checkBackups } from './backup.ts';
import { checkCertificates } from './certificates.ts';
import { attempt, ok, type Check } from './check.ts';
import { checkDisk } from './disk.ts';
import { checkDomain } from './domain.ts';
import type { DoctorInput } from './input.ts';
import { checkKeys } from './keys.ts';
import { checkNodeVersion } from './node-version.ts';
import { checkPermissions } from './permissions.ts';
import { checkPorts } from './ports.ts';

export async function examine(input: DoctorInput): Promise<readonly Check[]> {
  const { home, env } = input;
  const checks: Check[] = [checkNodeVersion(input.nodeVersion)];
  let config: Config | undefined;
  checks.push(
    ...(await attempt('configuration', `edit ${home.config}`, async () => {
      config = await readConfig(home.config, env);
      return [ok('configuration', `${home.config} is valid, for ${config.domain}`)];
    })),
    ...(await attempt('permissions', `see ls -l ${home.directory}`, () => checkPermissions(home))),
  );
  if (config === undefined) return checks; // there is no saying what the rest should be
  const known = config;
  checks.push(
    ...(await attempt('keys', 'restore the keys folder from your copy', () => checkKeys(input, known))),
    ...(await attempt('certificates', 'restore the certificates folder from your copy', () =>
      checkCertificates(input, known),
    )),
    ...(await attempt('disk', 'check the disk', () => checkDisk(home))),
    ...(await attempt('backup', `see ls -l ${home.backupRecord}`, () =>
      known.roles.includes('archive') ? checkBackups(home, input.clock()) : Promise.resolve([]),
    )),
    ...(await attempt('ports', `edit listen in ${home.config}`, () => checkPorts(home, known))),
    ...(await attempt('domain', `edit dns in ${home.config}`, () => checkDomain(input, known))),
  );
  return checks;
}

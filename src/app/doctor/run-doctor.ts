import { InvalidEnvironmentError } from '../../platform/config/env.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { existingSecrets } from '../check/open-checked-hub.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';
import { parseEnv } from '../../platform/config/env.js';
import { hubVersion } from '../../platform/config/load-config.js';
import type { Environment } from '../../platform/config/variable.js';
import { reachableAt } from '../reachable-at.js';
import { examineAddress } from './examine-addresses.js';
import { examineBucket } from './examine-bucket.js';
import { examineClient, type ClientSettings } from './examine-client.js';
import { examineDatabase } from './examine-database.js';
import { examineDisk } from './examine-disk.js';
import { examineLimits } from './examine-limits.js';
import { examineOwner } from './examine-owner.js';
import { examineRedis } from './examine-redis.js';
import { examineSettings, invalidSettings, unknownSettings } from './examine-settings.js';
import { examineSources } from './examine-sources.js';
import { findingsOf, type Area, type Finding } from './finding.js';
import { LocalHub } from './local-hub.js';
import { ProbeRepository } from './probe-repository.js';

/** The environment of the hub, and the address to test. */
export interface DoctorOptions {
  readonly env: Environment;
  /** Instead of the configured addresses, or the addresses of this machine. */
  readonly url?: string;
}

/** Examines the installation. Findings are passed on as soon as they are known. */
export async function* runDoctor({ env, url }: DoctorOptions): AsyncGenerator<Finding> {
  const config = readConfig(env);
  if (config instanceof InvalidEnvironmentError) {
    yield* invalidSettings(config);
    yield* unknownSettings(env);
    return;
  }
  yield* examineSettings(config, env);
  yield* await guarded('limits', () => examineLimits());
  const disk = await guarded('disk', () => examineDisk(config));
  yield* disk;
  yield* await guarded('database', () => examineDatabase(config));
  yield* await guarded('redis', () => examineRedis(config));
  const bucket = await guarded('bucket', () => examineBucket(config));
  yield* bucket;
  if (![...disk, ...bucket].some(({ level }) => level === 'problem'))
    // otherwise its problem is the same
    yield* await guarded(config.s3 ? 'bucket' : 'disk', () => examineOwner(config));
  const hub = await LocalHub.find(config);
  yield* await guarded('sources', () => examineSources(config, hub));
  yield* hub === undefined
    ? [notRunning(config)]
    : examineRunningHub(hub, url === undefined ? reachableAt(config) : [url], {
        env,
        certificateAuthorities: config.certificateAuthorities,
      });
}

function readConfig(env: Environment): HubConfig | InvalidEnvironmentError {
  try {
    return parseEnv(env, { version: hubVersion(), secretsIn: existingSecrets, sourceTypes: SOURCE_TYPES });
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error;
    throw error;
  }
}

const notRunning = ({ port }: HubConfig): Finding =>
  findingsOf('addresses').warning(
    `The hub does not run on port ${port} of this machine, so its addresses, uploads and downloads were not tested.`,
    'Start it, and run doctor again with the same environment.',
  );

/** An unexpected error of one part must not hide the others. */
async function guarded(area: Area, examine: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.replace(/\.$/, '');
    return [
      findingsOf(area).problem(`The examination failed: ${reason}.`, 'Fix the problems above, and run doctor again.'),
    ];
  }
}

async function* examineRunningHub(
  hub: LocalHub,
  urls: readonly string[],
  own: ClientSettings,
): AsyncGenerator<Finding> {
  const { warning } = findingsOf('addresses');
  let probe: ProbeRepository | undefined;
  try {
    if (hub.isAdministered) probe = await ProbeRepository.create(hub);
    else
      yield warning(
        'The admin API is disabled, so uploads and downloads were not tested.',
        'Enable it while you run doctor.',
      );
  } catch (error) {
    yield warning(
      `No repository could be created for tests: ${(error as Error).message.replace(/\.$/, '')}.`,
      'Fix the problems above, and check KOHAKU_HUB_ADMIN_SECRET_TOKEN.',
    );
  }
  try {
    const works: string[] = [];
    for (const url of urls) {
      const finding = await examineAddress(hub.at(url), probe);
      if (finding.level !== 'problem') works.push(url);
      yield finding;
    }
    if (probe && works[0] !== undefined) yield await examineClient(works[0], probe, own);
  } finally {
    await probe?.remove();
  }
}

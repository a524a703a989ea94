import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { SourceSecrets } from '../../domain/source.js';
import { FallbackSource } from '../../fallback/sources/fallback-source.entity.js';
import { loadSources } from '../../fallback/sources/load-sources.js';
import type { SourceRecord } from '../../fallback/sources/source-record.js';
import { TokenCipher } from '../../fallback/sources/token-cipher.js';
import { ConnectionTester } from '../../fallback/upstream/connection-test.service.js';
import { OutboundHttpModule } from '../../fallback/upstream/outbound-http.module.js';
import { INSTANCE_ID } from '../../platform/identity/instance-id.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { ConfigModule } from '../../platform/config/config.module.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { existingKeys, openExistingDatabase } from '../check/open-checked-hub.js';
import { clockFinding } from './clock-findings.js';
import { findingsOf, type Finding } from './finding.js';
import type { LocalHub } from './local-hub.js';

const { ok, warning, problem } = findingsOf('sources');
const CONCURRENCY = 8;
/** The header `Date` has whole seconds. */
const DATE_RESOLUTION_MS = 1000;

/** The result of the connection test of a source, of this process or of the running hub. */
interface Tested {
  readonly name: string;
  readonly ok: boolean;
  readonly token: string;
  readonly detail: string;
}

/** Examines the enabled sources. The running hub tests them if only it can open the database. */
export async function examineSources(config: HubConfig, hub: LocalHub | undefined): Promise<Finding[]> {
  if (!config.fallback.enabled) return [ok('Sources are not used (KOHAKU_HUB_FALLBACK_ENABLED=false).')];
  const found = config.databaseUrl === undefined && hub?.isAdministered ? await testByHub(hub) : await testHere(config);
  return found.length > 0 ? found : [ok('There are no enabled sources.')];
}

function sourceFinding({ name, ok: works, token, detail }: Tested): Finding {
  const message = `Source "${name}": ${detail}`;
  if (token === 'rejected') return problem(message, 'Update its token in Admin → Fallback sources.');
  return works
    ? ok(message)
    : problem(message, 'See docs/sources.md. Proxies are set with HTTPS_PROXY, HTTP_PROXY and NO_PROXY.');
}

async function testByHub(hub: LocalHub): Promise<Finding[]> {
  const sources = await hub.asAdmin<{ id: number | string; name: string; enabled: boolean }[]>({
    path: '/admin/api/fallback-sources',
  });
  return mapConcurrently(
    sources.filter(({ enabled }) => enabled),
    CONCURRENCY,
    async ({ id, name }) => {
      const path = `/admin/api/fallback-sources/${encodeURIComponent(id)}/test`;
      return sourceFinding({ name, ...(await hub.asAdmin<Omit<Tested, 'name'>>({ method: 'POST', path })) });
    },
  );
}

/** The connection test without the hub. The ID in its requests is not that of a hub, because they must not look like a loop. */
@Module({
  imports: [OutboundHttpModule],
  providers: [ConnectionTester, { provide: INSTANCE_ID, useValue: 'doctor' }],
})
class SourcesContext {}

async function testHere(config: HubConfig): Promise<Finding[]> {
  const { records, credentials } = loadSources(
    config.fallback.sources ?? [],
    await storedSources(config),
    new TokenCipher(existingKeys(config)),
  );
  const secrets = new Map(credentials.map(([key, entry]) => [key, entry.secrets]));
  const imports = [ConfigModule.forRoot(config)];
  const app = await NestFactory.createApplicationContext(
    { module: SourcesContext, imports },
    { logger: false, abortOnError: false },
  );
  try {
    const tester = app.get(ConnectionTester, { strict: false });
    const enabled = records.filter(({ source }) => source.enabled);
    const found = await mapConcurrently(enabled, CONCURRENCY, (record) =>
      testSource(tester, record, secrets.get(record.source.key) ?? {}),
    );
    return found.flat();
  } finally {
    await app.close();
  }
}

/** Sources in the database. Problems of the database itself are reported elsewhere. */
async function storedSources(config: HubConfig): Promise<FallbackSource[]> {
  try {
    const database = await openExistingDatabase(config, [FallbackSource]);
    try {
      return await database.getRepository(FallbackSource).find({ order: { id: 'ASC' } });
    } finally {
      await database.destroy();
    }
  } catch {
    return [];
  }
}

async function testSource(
  tester: ConnectionTester,
  { source }: SourceRecord,
  secrets: SourceSecrets,
): Promise<Finding[]> {
  if (source.isUnreadable)
    return [
      problem(
        `Source "${source.name}" is not used, because its credentials cannot be decrypted with KOHAKU_HUB_SECRET_KEY.`,
        'Add the key that was used before, or enter them again in Admin → Fallback sources.',
      ),
    ];
  const { serverTime, latency, ...result } = await tester.test(source, secrets);
  const found = [sourceFinding({ name: source.name, ...result })];
  if (
    source.url.startsWith('http:') &&
    secrets.token !== undefined &&
    !/^http:\/\/(localhost|127\.|\[::1\])/.test(source.url)
  )
    found.push(warning(`The token of source "${source.name}" is sent unencrypted.`, 'Use a URL with https://.'));
  if (serverTime !== undefined)
    found.push(
      clockFinding({
        name: `source "${source.name}"`,
        theirs: serverTime.theirs + DATE_RESOLUTION_MS / 2,
        ours: serverTime.ours,
        tolerance: (latency + DATE_RESOLUTION_MS) / 2,
      }),
    );
  return found;
}

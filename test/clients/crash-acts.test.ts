import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { FULL_RUN } from '../support/full-run.js';
import { PostgresServer } from '../support/postgres-server.js';
import { ActingHub, KINDS } from './crash-acts.js';

/** Each kill needs a restart, which takes seconds. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? (FULL_RUN ? 20 : 3));

let postgres: PostgresServer;
let database: pg.Client;
let receiver: Server;
/** Ids of the deliveries that have arrived. */
const delivered = new Set<string>();
let hub: ActingHub;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    delivered.add(String(request.headers['x-delivery-id']));
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  postgres = await PostgresServer.start();
  const url = await postgres.newDatabase();
  const env = {
    KOHAKU_HUB_DATABASE_URL: url,
    KOHAKU_HUB_SECRET_KEY: 'a-key-for-this-test-0123456789abcdef',
    KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
    KOHAKU_HUB_RATE_LIMIT_FACTOR: '0',
  };
  const { port } = receiver.address() as AddressInfo;
  hub = await ActingHub.start(env, `http://127.0.0.1:${port}/`);
  database = new pg.Client(url);
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await hub?.close();
  await postgres?.stop();
  receiver.closeAllConnections();
  receiver.close();
});

/** The events of each kind of act, and its state. They are equal if there is no act without its event, and no event without its act. */
const PAIRS: Readonly<Record<string, readonly [events: string, state: string]>> = {
  'repositories that were created and not deleted': [
    `SELECT repo_name AS value FROM audit_events WHERE action IN ('repo.create', 'repo.delete') GROUP BY repo_name
     HAVING count(*) FILTER (WHERE action = 'repo.create') - count(*) FILTER (WHERE action = 'repo.delete') = 1`,
    `SELECT namespace || '/' || name AS value FROM repositories`,
  ],
  'commits of these repositories, except the first ones': [
    `SELECT data->>'newSha' AS value FROM audit_events e WHERE action = 'repo.commit'
       AND EXISTS (SELECT FROM repositories WHERE namespace || '/' || name = e.repo_name)`,
    'SELECT oid AS value FROM commits WHERE parent_oid IS NOT NULL',
  ],
  'private repositories': [
    `SELECT repo_name AS value FROM audit_events e WHERE action = 'repo.update_settings' AND data->>'private' = 'true'
       AND EXISTS (SELECT FROM repositories WHERE namespace || '/' || name = e.repo_name)`,
    `SELECT namespace || '/' || name AS value FROM repositories WHERE private`,
  ],
  branches: [
    `SELECT repo_name AS value FROM audit_events e WHERE action = 'repo.create_branch'
       AND EXISTS (SELECT FROM repositories WHERE namespace || '/' || name = e.repo_name)`,
    `SELECT namespace || '/' || r.name AS value FROM refs JOIN repositories r ON r.id = repository_id WHERE refs.name = 'refs/heads/b'`,
  ],
  'members with their role': [
    `SELECT object || ' ' || role AS value FROM (
       SELECT DISTINCT ON (object) object, data->>'role' AS role FROM audit_events
       WHERE action IN ('org.add_user', 'org.change_role', 'org.remove_user') ORDER BY object, id DESC) last WHERE role IS NOT NULL`,
    `SELECT a.name || ' ' || role AS value FROM memberships JOIN accounts a ON a.id = user_id WHERE a.name <> 'alice'`,
  ],
  'access tokens': [
    `SELECT data->>'id' AS value FROM audit_events WHERE action = 'token.create'`,
    'SELECT id::text AS value FROM access_tokens',
  ],
};

const valuesOf = async (query: string): Promise<string[]> =>
  (await database.query<{ value: string }>(query)).rows.map(({ value }) => value).sort();

async function expectEventsOfActs(): Promise<void> {
  for (const [name, [events, state]] of Object.entries(PAIRS))
    expect([name, await valuesOf(events)]).toEqual([name, await valuesOf(state)]);
  // each act of a watched repository has a notification, and each notification an act
  const acts = `'repo.create', 'repo.delete', 'repo.commit', 'repo.update_settings', 'repo.create_branch'`;
  const [{ count: notified }] = (await database.query(`SELECT count(*) FROM audit_events WHERE action IN (${acts})`))
    .rows;
  const [{ count: deliveries }] = (await database.query('SELECT count(*) FROM webhook_deliveries')).rows;
  expect(deliveries).toBe(notified);
}

it(`after ${KILLS} kills during acts, each act has its event, each event its act, and webhooks are delivered`, async () => {
  for (let n = 0; n < KILLS; n += 1) {
    await hub.actUntilKilled();
    await expectEventsOfActs();
    await hub.restart();
    await expectEventsOfActs();
  }
  expect(Object.keys(hub.acknowledged).sort()).toEqual(KINDS);
  // instead of waiting for the lease of deliveries that killed processes had begun
  await database.query('UPDATE webhook_deliveries SET next_at = now() WHERE next_at IS NOT NULL');
  await eventually(
    async () => (await valuesOf('SELECT id AS value FROM webhook_deliveries WHERE next_at IS NOT NULL')).length === 0,
  );
  expect(await valuesOf('SELECT id::text AS value FROM webhook_deliveries WHERE status = 200')).toEqual(
    await valuesOf('SELECT id::text AS value FROM webhook_deliveries'),
  );
  expect([...delivered].sort()).toEqual(await valuesOf('SELECT id::text AS value FROM webhook_deliveries'));
}, 900_000);

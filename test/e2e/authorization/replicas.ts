import { temporaryFolder } from '../../support/temporary-folder.js';
import { startHub, type RunningHub } from '../../support/hub-app.js';
import { PostgresServer } from '../../support/postgres-server.js';
import { RedisServer } from '../../support/redis-server.js';
import { sendRequest, type HttpResponse } from '../../support/send-request.js';

export type Headers = Readonly<Record<string, string>>;
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** One or several replicas of a hub in this process. Requests are spread over them in turn. */
export class Replicas {
  private sent = 0;

  private constructor(
    readonly hubs: readonly RunningHub[],
    private readonly stopServices: () => Promise<unknown>,
  ) {}

  /** One replica with an embedded database. */
  static async single(env: Headers): Promise<Replicas> {
    return new Replicas([await startHub({ env })], () => Promise.resolve());
  }

  /** Three replicas that share a PostgreSQL server, Redis and the files. */
  static async three(env: Headers): Promise<Replicas> {
    const [postgres, redis] = await Promise.all([PostgresServer.start(), RedisServer.start()]);
    const shared = {
      ...env,
      KOHAKU_HUB_DATABASE_URL: await postgres.newDatabase(),
      KOHAKU_HUB_REDIS_URL: redis.hubUrl,
      KOHAKU_HUB_REDIS_TIMEOUT: '2', // on a machine that is busy with other tests
      KOHAKU_HUB_SECRET_KEY: 'the-key-that-all-replicas-share-0123456789',
      KOHAKU_HUB_DATA_DIR: await temporaryFolder(),
    };
    const hubs = [await startHub({ env: shared })]; // it migrates the database
    hubs.push(...(await Promise.all([1, 2].map(() => startHub({ env: shared })))));
    return new Replicas(hubs, () => Promise.all([postgres.stop(), redis.kill()]));
  }

  /** Sends a request to the next replica. */
  send(method: Method, path: string, headers: Headers, json?: unknown): Promise<HttpResponse> {
    return this.sendTo(this.sent++ % this.hubs.length, { method, path, headers, json });
  }

  /** Sends a request to a replica. */
  sendTo(
    at: number,
    { method, path, headers, json }: { method: Method; path: string; headers: Headers; json?: unknown },
  ): Promise<HttpResponse> {
    return sendRequest(this.hubs[at]!.url, path, { method, headers, ...(json !== undefined && { json }) });
  }

  async close(): Promise<void> {
    for (const hub of this.hubs) await hub.close();
    await this.stopServices();
  }
}

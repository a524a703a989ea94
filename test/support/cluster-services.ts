import { PostgresServer } from './postgres-server.js';
import { RedisServer } from './redis-server.js';
import { S3FaultProxy } from './s3-fault-proxy.js';
import { S3Server } from './s3-server.js';
import { s3Variables } from './s3-variables.js';
import { TcpProxy } from './tcp-proxy.js';

/** PostgreSQL, Redis and S3 servers for a cluster. */
export class ClusterServices {
  private constructor(
    readonly postgres: PostgresServer,
    /** In front of the PostgreSQL server. */
    readonly postgresProxy: TcpProxy,
    readonly redis: RedisServer,
    readonly s3: S3Server,
    /** In front of the S3 server. */
    readonly s3Proxy: S3FaultProxy,
    /** Environment variables of the replicas, with an empty database and bucket. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<ClusterServices> {
    const [postgres, redis, s3] = await Promise.all([PostgresServer.start(), RedisServer.start(), S3Server.start()]);
    const bucket = await s3.newBucket({ timeoutMs: 3000 });
    const proxy = await S3FaultProxy.start(bucket);
    const database = new URL(await postgres.newLimitedDatabase());
    const databaseProxy = await TcpProxy.start(Number(database.port));
    database.port = String(databaseProxy.port);
    return new ClusterServices(postgres, databaseProxy, redis, s3, proxy, {
      KOHAKU_HUB_DATABASE_URL: database.href,
      KOHAKU_HUB_REDIS_URL: redis.hubUrl,
      ...s3Variables({ ...bucket, endpoint: proxy.endpoint }),
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.redis.kill(), this.s3Proxy.close(), this.postgresProxy.close()]);
    await this.postgres.stop();
    await this.s3.stop();
  }
}

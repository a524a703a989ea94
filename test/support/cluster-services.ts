import { PostgresServer } from './postgres-server.js';
import { RedisServer } from './redis-server.js';
import { S3FaultProxy } from './s3-fault-proxy.js';
import { S3Server } from './s3-server.js';
import { s3Variables } from './s3-variables.js';

/** PostgreSQL, Redis and S3 servers for a cluster. */
export class ClusterServices {
  private constructor(
    readonly postgres: PostgresServer,
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
    return new ClusterServices(postgres, redis, s3, proxy, {
      KOHAKU_HUB_DATABASE_URL: await postgres.newLimitedDatabase(),
      KOHAKU_HUB_REDIS_URL: redis.url,
      ...s3Variables({ ...bucket, endpoint: proxy.endpoint }),
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.redis.kill(), this.s3Proxy.close()]);
    await this.s3.stop();
  }
}

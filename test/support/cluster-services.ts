import { PostgresServer } from './postgres-server.js';
import { RedisServer } from './redis-server.js';
import { S3Server } from './s3-server.js';
import { s3Variables } from './s3-variables.js';

/** PostgreSQL, Redis and S3 servers for a cluster. */
export class ClusterServices {
  private constructor(
    readonly postgres: PostgresServer,
    readonly redis: RedisServer,
    readonly s3: S3Server,
    /** Environment variables of the replicas, with an empty database and bucket. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<ClusterServices> {
    const [postgres, redis, s3] = await Promise.all([PostgresServer.start(), RedisServer.start(), S3Server.start()]);
    return new ClusterServices(postgres, redis, s3, {
      KOHAKU_HUB_DATABASE_URL: await postgres.newDatabase(),
      KOHAKU_HUB_REDIS_URL: redis.url,
      ...s3Variables(await s3.newBucket()),
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.redis.kill(), this.s3.stop()]);
  }
}

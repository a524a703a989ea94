import { freePort } from './free-port.js';
import { HubProcess, type EnvSource, type HubProcessOptions } from './hub-process.js';

/** Differences of new replicas to the others: variables, or the program of another version. */
export type ReplicaChanges = Pick<HubProcessOptions, 'env' | 'program'>;
import { Nginx } from './nginx.js';

export interface HubClusterOptions {
  readonly replicas: number;
  readonly sources: readonly EnvSource[];
  /** Variables for database, Redis and storage. */
  readonly env: Readonly<Record<string, string>>;
  /** Shared data directory if the storage is not S3. */
  readonly dataDir?: string;
}

/** Several replicas of the hub, one process each, behind nginx. */
export class HubCluster {
  private constructor(
    readonly replicas: HubProcess[],
    private readonly nginx: Nginx,
    private readonly launch: (changes?: ReplicaChanges) => Promise<HubProcess>,
  ) {}

  static async start({ replicas: count, sources, env, dataDir }: HubClusterOptions): Promise<HubCluster> {
    const port = await freePort();
    const shared = { KOHAKU_HUB_SECRET_KEY: 'the-key-that-all-replicas-share-0123456789', ...env };
    const launch = ({ env: more, program }: ReplicaChanges = {}): Promise<HubProcess> => {
      const variables = { ...shared, KOHAKU_HUB_BASE_URL: `http://127.0.0.1:${port}`, ...more };
      return HubProcess.start({ sources, dataDir, program, env: variables });
    };
    // Started together, to test that only one of them migrates the empty database.
    const replicas = await Promise.all(Array.from({ length: count }, () => launch()));
    return new HubCluster(
      replicas,
      await Nginx.start(
        replicas.map(({ url }) => url),
        port,
      ),
      launch,
    );
  }

  get url(): string {
    return this.nginx.url;
  }

  get adminToken(): string {
    return this.replicas[0]!.adminToken;
  }

  /** Adds a replica to the load balancer. */
  async addReplica(changes?: ReplicaChanges): Promise<HubProcess> {
    const replica = await this.launch(changes);
    this.replicas.push(replica);
    await this.nginx.setReplicas(this.replicas.map(({ url }) => url));
    return replica;
  }

  /** Replaces each replica by a new one. As in Kubernetes, it is stopped and removed from the load balancer at the same time. */
  async rollingUpdate(changes?: ReplicaChanges): Promise<void> {
    for (const old of [...this.replicas]) {
      await this.addReplica(changes);
      this.replicas.splice(this.replicas.indexOf(old), 1);
      await Promise.all([old.close(), this.nginx.setReplicas(this.replicas.map(({ url }) => url))]);
    }
  }

  async close(): Promise<void> {
    await this.nginx.stop();
    await Promise.all(this.replicas.map((replica) => replica.close()));
  }
}

import { freePort } from './free-port.js';
import { HubProcess, type EnvSource } from './hub-process.js';
import { Nginx } from './nginx.js';

export interface HubClusterOptions {
  readonly replicas: number;
  readonly sources: readonly EnvSource[];
  /** Where database, Redis and storage are. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder that all replicas share, where the storage is one. */
  readonly dataDir?: string;
}

/** Several replicas of the hub, one process each, behind nginx; together they look like one hub. */
export class HubCluster {
  private constructor(
    readonly replicas: HubProcess[],
    private readonly nginx: Nginx,
    private readonly launch: () => Promise<HubProcess>,
  ) {}

  static async start({ replicas: count, sources, env, dataDir }: HubClusterOptions): Promise<HubCluster> {
    const port = await freePort();
    const shared = { KOHAKU_HUB_SECRET_KEY: 'the-key-that-all-replicas-share-0123456789', ...env };
    const launch = (): Promise<HubProcess> =>
      HubProcess.start({ sources, dataDir, env: { ...shared, KOHAKU_HUB_BASE_URL: `http://127.0.0.1:${port}` } });
    // All at once: they must agree on who migrates the empty database.
    const replicas = await Promise.all(Array.from({ length: count }, launch));
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

  /** One more, which takes its part of the requests at once. */
  async grow(): Promise<HubProcess> {
    const replica = await this.launch();
    this.replicas.push(replica);
    await this.nginx.lead(this.replicas.map(({ url }) => url));
    return replica;
  }

  /** Each replica gives way to a new one, as in Kubernetes: it is told to stop and taken off the list at the same time. */
  async replaceAll(): Promise<void> {
    for (const old of [...this.replicas]) {
      await this.grow();
      this.replicas.splice(this.replicas.indexOf(old), 1);
      await Promise.all([old.close(), this.nginx.lead(this.replicas.map(({ url }) => url))]);
    }
  }

  async close(): Promise<void> {
    await this.nginx.stop();
    await Promise.all(this.replicas.map((replica) => replica.close()));
  }
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '../../src/platform/config/hub-config.js';
import { freePort } from './free-port.js';

const PROGRAMS = ['radosgw', 'radosgw-admin', 'ceph', 'ceph-mon', 'ceph-osd', 'ceph-authtool', 'monmaptool'];
const KEYS = { accessKeyId: 'AKHUBFALLTEST', secretAccessKey: 'secret-of-the-tests' };
const REGION = 'us-east-1';
const START_MS = 60_000;

/** The reason to skip S3 tests; `undefined` if all programs are installed. */
export function missingS3Programs(): string | undefined {
  const missing = PROGRAMS.filter((program) => !existsSync(join('/usr/bin', program)));
  return missing.length === 0 ? undefined : `no ${missing.join(', ')}: apt-get install radosgw ceph-mon ceph-osd`;
}

/**
 * An S3 server (Ceph's object gateway with a monitor and an in-memory store) in a temporary folder, on the loopback address. It checks
 * signatures, link expiry, part sizes and digests. See docs/adr/0009-s3-tested-on-ceph.md for what it does not check.
 */
export class S3Server {
  private gateway: ChildProcess | undefined;
  private readonly daemons: ChildProcess[] = [];

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<S3Server> {
    const [port, monitorPort] = [await freePort(), await freePort()];
    const server = new S3Server(mkdtempSync(join(tmpdir(), 'hubfall-s3-')), port);
    try {
      server.startCluster(monitorPort);
      server.run('radosgw-admin', 'user', 'create', '--uid=hub', '--display-name=hub', ...server.keyOptions());
      await server.resume();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Creates an empty bucket and returns its configuration. */
  async newBucket(more: Partial<S3Config> = {}): Promise<S3Config> {
    return { ...(await this.namedBucket(`hub-${randomUUID()}`)), ...more };
  }

  /** Creates an empty bucket with this name and returns its configuration. */
  async namedBucket(name: string): Promise<S3Config> {
    const config = this.config(name);
    const client = this.client();
    await client.send(new CreateBucketCommand({ Bucket: config.bucket }));
    client.destroy();
    return config;
  }

  /** The configuration of a bucket, which need not exist. */
  config(bucket: string): S3Config {
    const endpoint = `http://127.0.0.1:${this.port}`;
    return {
      endpoint,
      publicEndpoint: undefined,
      bucket,
      region: REGION,
      keys: KEYS,
      forcePathStyle: true,
      timeoutMs: 7000,
    };
  }

  /** A client for direct access to the server. */
  client(): S3Client {
    const { endpoint, region, keys, forcePathStyle } = this.config('');
    return new S3Client({ endpoint, region, credentials: keys, forcePathStyle });
  }

  /** Kills the gateway. Connections are refused; stored data is kept. */
  async crash(): Promise<void> {
    await ended(this.gateway!, 'SIGKILL');
  }

  /** Freezes the gateway: connections are accepted, but requests hang. */
  freeze(): void {
    this.gateway!.kill('SIGSTOP');
  }

  thaw(): void {
    this.gateway!.kill('SIGCONT');
  }

  /** Starts the gateway again after `crash`. */
  async resume(): Promise<void> {
    this.gateway = this.daemon('radosgw', '-n', 'client.admin');
    const deadline = Date.now() + START_MS;
    while (!(await answers(this.port))) {
      if (Date.now() > deadline || this.gateway.exitCode !== null) throw new Error('radosgw does not respond');
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    const processes = [this.gateway, ...this.daemons].filter((child) => child !== undefined);
    await Promise.all(processes.map((child) => ended(child, 'SIGKILL')));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private startCluster(monitorPort: number): void {
    const [conf, cluster, keyring] = [join(this.folder, 'ceph.conf'), randomUUID(), join(this.folder, 'keyring')];
    const osd = randomUUID();
    for (const name of ['mon', 'osd']) mkdirSync(join(this.folder, name));
    writeFileSync(conf, settings(this.folder, { cluster, monitorPort, port: this.port }));
    this.run('ceph-authtool', keyring, '--create-keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
    for (const name of ['client.admin', 'osd.0']) {
      const all = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'];
      this.run('ceph-authtool', keyring, '--gen-key', '-n', name, ...all);
    }
    const map = join(this.folder, 'monmap');
    this.run('monmaptool', '--create', '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, '--fsid', cluster, map);
    this.run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);
    this.daemons.push(this.daemon('ceph-mon', '-i', 'a'));
    this.run('ceph', 'osd', 'create', osd);
    this.run('ceph', 'auth', 'import', '-i', keyring);
    this.run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
    this.daemons.push(this.daemon('ceph-osd', '-i', '0'));
  }

  private keyOptions(): string[] {
    return [`--access-key=${KEYS.accessKeyId}`, `--secret-key=${KEYS.secretAccessKey}`];
  }

  private run(program: string, ...args: string[]): void {
    const done = spawnSync(program, ['-c', join(this.folder, 'ceph.conf'), ...args], {
      encoding: 'utf8',
      timeout: START_MS,
    });
    if (done.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${done.stderr}`);
  }

  private daemon(program: string, ...args: string[]): ChildProcess {
    return spawn(program, ['-c', join(this.folder, 'ceph.conf'), ...args, '-f'], { stdio: 'ignore' });
  }
}

/** One daemon of each kind, without replication and logs. Monitor proposals are immediate instead of once a second. */
function settings(folder: string, { cluster, monitorPort, port }: Record<string, string | number>): string {
  const lines = {
    fsid: cluster,
    'mon host': `[v2:127.0.0.1:${monitorPort}]`,
    'public addr': '127.0.0.1',
    keyring: `${folder}/keyring`,
    'run dir': folder,
    'admin socket': `${folder}/$name.asok`,
    'mon data': `${folder}/mon`,
    'osd data': `${folder}/osd`,
    'log file': '/dev/null',
    'mon cluster log file': '/dev/null',
    'mon initial members': 'a',
    'mon data avail crit': 1,
    'mon data avail warn': 2,
    'mon max pg per osd': 1000,
    'paxos propose interval': 0.01,
    'paxos min wait': 0.01,
    'mon allow pool size one': true,
    'osd pool default size': 1,
    'osd pool default min size': 1,
    'osd crush chooseleaf type': 0,
    'osd pool default pg num': 1,
    'osd pool default pg autoscale mode': 'off',
    'osd objectstore': 'memstore',
    'memstore device bytes': 64 * 2 ** 30,
    'rgw frontends': `beast endpoint=127.0.0.1:${port}`,
    'rgw run sync thread': false,
    'rgw gc obj min wait': 1,
  };
  const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}`);
  return ['[global]', ...text, ''].join('\n');
}

async function answers(port: number): Promise<boolean> {
  try {
    await (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) })).text();
    return true;
  } catch {
    return false;
  }
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

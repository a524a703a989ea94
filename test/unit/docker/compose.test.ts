import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { VARIABLES } from '../../../src/platform/config/variables.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const COMPOSE = join(ROOT, 'docker/compose.yaml');
const REQUIRED = /\$\{(\w+):\?/g;

interface Service {
  readonly environment?: Record<string, string>;
  readonly ports?: readonly string[];
  readonly networks?: { readonly default?: { readonly ipv4_address?: string; readonly aliases?: readonly string[] } };
}

type Settings = Readonly<Record<string, string | undefined>>;

/** Replaces `${NAME:-default}` and `${NAME:?message}`, as Compose does. */
const interpolate = (text: string, settings: Settings): string =>
  text.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_all, name: string, kind: string, rest: string) => {
    const value = settings[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} ${rest}`);
    return value;
  });

const services = (settings: Settings): Record<string, Service> =>
  (
    parse(interpolate(readFileSync(COMPOSE, 'utf8'), settings), { merge: true }) as {
      services: Record<string, Service>;
    }
  ).services;

const settingsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));

describe('docker/compose.yaml', () => {
  let file: string;
  let settings: Record<string, string>;
  const create = (): ReturnType<typeof spawnSync> => spawnSync('sh', [join(ROOT, 'docker/create-env.sh'), file]);
  beforeAll(async () => {
    file = join(await temporaryFolder(), '.env');
    expect(create().status).toBe(0);
    settings = settingsIn(readFileSync(file, 'utf8'));
  });

  it('has no default secrets: without docker/.env, it does not start, and names the command that creates it', () => {
    expect(() => services({})).toThrow('HUBFALL_SECRET_KEY Run sh docker/create-env.sh');
    const names = [...readFileSync(COMPOSE, 'utf8').matchAll(REQUIRED)].map(([, name]) => name!);
    expect([...new Set(names)].sort()).toEqual(Object.keys(settings).sort());
  });

  it('gets random secrets from create-env.sh, which does not replace them', () => {
    const values = Object.values(settings);
    expect(values.filter((value) => !/^[0-9a-f]{64}$/.test(value))).toEqual([]);
    expect(new Set(values).size).toBe(values.length);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(create()).toMatchObject({ status: 1 });
    expect(settingsIn(readFileSync(file, 'utf8'))).toEqual(settings);
  });

  it('publishes one port, to this machine only', () => {
    const ports = Object.values(services(settings)).flatMap((service) => service.ports ?? []);
    expect(ports).toEqual(['127.0.0.1:8080:8080']);
    expect(services({ ...settings, HUBFALL_ADDRESS: '0.0.0.0' }).nginx!.ports).toEqual(['0.0.0.0:8080:8080']);
  });

  it('runs two replicas of the same hub under the name that nginx uses, with settings that exist', () => {
    const { 'hub-1': first, 'hub-2': second } = services(settings);
    expect(first).toEqual(second);
    expect(first!.networks!.default!.aliases).toEqual(['hub']);
    const known = new Set(Object.values(VARIABLES).map(({ name }) => name));
    expect(Object.keys(first!.environment!).filter((name) => !known.has(name))).toEqual([]);
  });

  it('trusts the address of nginx as a proxy, and no other of the network', () => {
    const { 'hub-1': hub, nginx } = services(settings);
    expect(hub!.environment!.KOHAKU_HUB_TRUSTED_PROXIES).toBe(nginx!.networks!.default!.ipv4_address);
  });

  it('is replaced one replica at a time by update.sh', async () => {
    const folder = await temporaryFolder();
    const docker = '#!/bin/sh\necho "$@" >>"$CALLS"\n';
    execFileSync('sh', ['-c', 'cat >docker && chmod +x docker'], { cwd: folder, input: docker });
    const env = { PATH: `${folder}:${process.env.PATH}`, CALLS: join(folder, 'calls') };
    execFileSync('sh', [join(ROOT, 'docker/update.sh')], { env });
    const calls = readFileSync(env.CALLS, 'utf8').trim().split('\n');
    const up = (name: string): string => `compose up --detach --no-deps --no-build --wait ${name}`;
    expect(calls).toEqual(['compose build hub-1', up('hub-1'), up('hub-2')]);
  });

  it('can be checked for images without a digest', () => {
    const check = (input: string): [number | null, string, string] => {
      const { status, stdout, stderr } = spawnSync('node', [join(ROOT, 'tools/check-digests.mjs')], {
        input,
        encoding: 'utf8',
      });
      return [status, stdout, stderr];
    };
    const [status, , problems] = check(interpolate(readFileSync(COMPOSE, 'utf8'), settings));
    expect(status).toBe(1);
    expect(problems.split('\n').filter((line) => line.includes('has no digest'))).toHaveLength(5);
    const pinned = `nginx:1@sha256:${'a'.repeat(64)}`;
    const release = Object.fromEntries(
      ['NGINX', 'POSTGRES', 'REDIS', 'S3', 'AWS_CLI'].map((name) => [`HUBFALL_${name}_IMAGE`, pinned]),
    );
    expect(check(interpolate(readFileSync(COMPOSE, 'utf8'), { ...settings, ...release }))).toEqual([
      0,
      '1 of 1 images have a digest.\n',
      '',
    ]);
  });
});

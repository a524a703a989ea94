import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HubProgram } from '../support/hub-program.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TraceCollector } from '../support/trace-collector.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAX_BYTES = 130e6;
const MAX_INSTALL_MS = 300_000;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

interface Sbom {
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

// Docker does not run in CI. This takes the same steps as the stages of docker/Dockerfile, with the same tools.
describe('the production installation of the image', () => {
  let folder: string;
  let names: string[];
  beforeAll(async () => {
    folder = await temporaryFolder();
    for (const file of ['package.json', 'package-lock.json', '.npmrc', 'dist'])
      cpSync(join(ROOT, file), join(folder, file), { recursive: true });
    const install = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    execFileSync('npm', install, { cwd: folder, stdio: 'pipe' });
    const all = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx'], { cwd: ROOT, maxBuffer: 1e9 });
    writeFileSync(join(folder, 'all.cdx.json'), all);
    execFileSync('node', [join(ROOT, 'tools/image/prepare.mjs'), 'all.cdx.json'], { cwd: folder });
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    names = Object.keys(dependencies);
  }, MAX_INSTALL_MS);

  const sbom = (): Sbom => JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8')) as Sbom;

  it('takes at most 130 MB, without TypeScript, gRPC and source maps', () => {
    const modules = join(folder, 'node_modules');
    expect(sizeOf(modules)).toBeLessThan(MAX_BYTES);
    expect(
      ['typescript', '@grpc', '@opentelemetry/sdk-node'].filter((name) => existsSync(join(modules, name))),
    ).toEqual([]);
    expect(readdirSync(modules, { recursive: true }).filter((path) => String(path).endsWith('.map'))).toEqual([]);
  });

  it('has every package that the hub imports', () => {
    const script = `await Promise.all(${JSON.stringify(names)}.map((name) => import(name)))`;
    expect(() => execFileSync('node', ['--input-type=module', '-e', script], { cwd: folder })).not.toThrow();
  });

  describe('running', () => {
    let collector: TraceCollector;
    let hub: HubProgram;
    beforeAll(async () => {
      collector = await TraceCollector.start();
      const data = { KOHAKU_HUB_DATA_DIR: join(await temporaryFolder(), 'data'), KOHAKU_HUB_FALLBACK_SOURCES: '[]' };
      hub = new HubProgram(
        { ...data, PORT: '0', ...collector.env, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
        [],
        folder,
      );
    });
    afterAll(async () => {
      await hub.stop();
      await collector.close();
    });

    it('serves pages, API docs, metrics and accounts, and sends traces', async () => {
      const [, url = ''] = /"addresses":\["([^"]+)"/.exec(await hub.waitForOutput('Admin token:')) ?? [];
      const statusOf = async (path: string): Promise<number> =>
        (await fetch(`${url}${path}`, { headers: { accept: 'text/html' } })).status;
      const paths = ['/', '/docs', '/docs-json', '/metrics', '/api/models', '/health/ready'];
      const body = JSON.stringify({ username: 'ada', password: 'correct horse battery' });
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`${url}/api/auth/register`, { method: 'POST', headers, body });
      expect([...(await Promise.all(paths.map(statusOf))), status]).toEqual(Array<number>(7).fill(200));
      expect(await hub.stop()).toMatchObject({ code: 0, stderr: '' });
      expect(collector.upstream.requests.length).toBeGreaterThan(0);
    });
  });

  it('lists all packages, and those inside the web pages', () => {
    const listed = new Map(sbom().components.map(({ name, version }) => [name, version]));
    expect(sbom().metadata.component.name).toBe('hubfall');
    expect(names.filter((name) => !listed.has(name))).toEqual([]);
    expect([listed.has('vue-router'), listed.has('typescript'), listed.has('jest')]).toEqual([true, false, false]);
  });

  it('has the licenses of all these packages', () => {
    const text = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const missing = sbom().components.filter(
      ({ name, version }) => !text.includes(`\n${name} ${version}\n`) && !text.includes(`\n## ${name} - ${version} (`),
    );
    expect(missing).toEqual([]);
    expect(text).toContain('Permission is hereby granted, free of charge');
  });
});

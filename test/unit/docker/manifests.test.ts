import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dumpYaml, loadYaml } from '@kubernetes/client-node';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { VARIABLES } from '../../../src/platform/config/variables.js';

const FOLDER = resolve(import.meta.dirname, '../../../docker/kubernetes');
const PRODUCTION = join(FOLDER, 'overlays/production');
const KNOWN: ReadonlySet<string> = new Set(Object.values(VARIABLES).map(({ name }) => name));

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: Record<string, unknown>;
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
}

const read = (text: string): Manifest[] => parseAllDocuments(text).map((document) => document.toJS() as Manifest);

/** The schema of a kind is a class whose `validate` throws. Unknown fields are lost when the client loads and dumps a manifest. */
async function validate(manifest: Manifest): Promise<void> {
  expect(parse(dumpYaml(loadYaml(stringify(manifest))))).toEqual(manifest);
  const isMonitoring = manifest.apiVersion.startsWith('monitoring.coreos.com');
  const models = isMonitoring ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  const file = `${models}/${manifest.apiVersion}/${manifest.kind}`;
  const { [manifest.kind]: Kind } = (await import(file)) as Record<
    string,
    new (data: Manifest) => { validate(): void }
  >;
  new Kind!(manifest).validate();
}

const kubectl = (() => {
  try {
    execFileSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const files = (folder: string): string[] =>
  readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .map((name) => join(folder, name));

describe('the reverse proxy of the manifests is trusted', () => {
  const fileText = (path: string): string => readFileSync(join(FOLDER, '..', path), 'utf8');

  it.each(['For $proxy_add_x_forwarded_for', 'Proto $scheme', 'Host $http_host', "Prefix ''"])(
    'by nginx.conf, which sets X-Forwarded-%s',
    (header) => {
      expect(fileText('nginx.conf')).toContain(`proxy_set_header X-Forwarded-${header};`);
    },
  );

  it('in the Kubernetes overlay', () => {
    expect(readFileSync(join(PRODUCTION, 'hub.env'), 'utf8')).toMatch(/^KOHAKU_HUB_TRUSTED_PROXIES=[\d.]+\/\d+$/m);
  });
});

describe('Kubernetes manifests', () => {
  it.each([...files('base'), ...files('components/monitoring')])('%s match the Kubernetes schemas', async (file) => {
    for (const manifest of read(readFileSync(join(FOLDER, file), 'utf8'))) await validate(manifest);
  });

  it.each(['base/hub.env', 'overlays/production/hub.env'])('%s set only known variables', (file) => {
    const names = readFileSync(join(FOLDER, file), 'utf8')
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split('=')[0]!);
    expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
  });

  it('require only known secrets', () => {
    const [secret] = read(readFileSync(join(FOLDER, 'base/secret.example.yaml'), 'utf8'));
    expect(Object.keys(secret!.stringData!).filter((name) => !KNOWN.has(name))).toEqual([]);
  });

  it('list every file of the base', () => {
    const { resources } = parse(readFileSync(join(FOLDER, 'base/kustomization.yaml'), 'utf8')) as {
      resources: string[];
    };
    expect(
      files('base')
        .map((file) => file.slice('base/'.length))
        .sort(),
    ).toEqual([...resources, 'secret.example.yaml'].sort());
  });

  // Rendering requires kubectl. The separate files are checked above.
  (kubectl ? describe : describe.skip)('rendered for production', () => {
    const rendered = kubectl ? read(execFileSync('kubectl', ['kustomize', PRODUCTION], { encoding: 'utf8' })) : [];
    const find = (kind: string, key?: string): Manifest =>
      rendered.find((manifest) => manifest.kind === kind && (key === undefined || key in manifest.data!))!;

    it('match the Kubernetes schemas', async () => {
      expect(rendered.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining([
          'Deployment',
          'HorizontalPodAutoscaler',
          'PodDisruptionBudget',
          'Service',
          'Ingress',
          'Job',
          'NetworkPolicy',
          'ServiceMonitor',
          'PrometheusRule',
        ]),
      );
      for (const manifest of rendered) await validate(manifest);
    });

    it('run as non-root with a read-only root file system', () => {
      const { template } = find('Deployment').spec as { template: { spec: Record<string, never> } };
      const pod = template.spec as unknown as {
        securityContext: object;
        containers: { securityContext: object; volumeMounts: { mountPath: string }[] }[];
      };
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(pod.containers[0]!.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
      expect(pod.containers[0]!.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(['/data', '/tmp']);
    });

    it('include the Grafana dashboard', () => {
      const { metadata, data } = find('ConfigMap', 'hubfall.json');
      expect(metadata).toMatchObject({ name: 'hubfall-dashboard', labels: { grafana_dashboard: '1' } });
      expect(JSON.parse(data!['hubfall.json']!)).toMatchObject({ title: 'Hubfall' });
    });

    it('have a termination grace period longer than the shutdown of the hub', () => {
      const { KOHAKU_HUB_SHUTDOWN_DELAY: delay, KOHAKU_HUB_SHUTDOWN_TIMEOUT: drain } = find(
        'ConfigMap',
        'KOHAKU_HUB_DATA_DIR',
      ).data!;
      const { template } = find('Deployment').spec as { template: { spec: { terminationGracePeriodSeconds: number } } };
      expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(delay) + Number(drain));
    });
  });
});

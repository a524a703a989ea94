import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { VARIABLES } from '../../../src/platform/config/variables.js';
import { areInstalled, programOf } from '../../support/kubernetes-programs.mjs';
import {
  expectRestricted,
  podOf,
  readManifests,
  validateManifest,
  type Manifest,
} from '../../support/kubernetes-manifests.js';

const FOLDER = resolve(import.meta.dirname, '../../../docker/kubernetes');
const PRODUCTION = join(FOLDER, 'overlays/production');
const KNOWN: ReadonlySet<string> = new Set(Object.values(VARIABLES).map(({ name }) => name));

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
  it.each([...files('base'), ...files('components/monitoring'), ...files('components/gateway')])(
    '%s match the Kubernetes schemas',
    async (file) => {
      for (const manifest of readManifests(readFileSync(join(FOLDER, file), 'utf8'))) await validateManifest(manifest);
    },
  );

  it.each(['base/hub.env', 'overlays/production/hub.env'])('%s set only known variables', (file) => {
    const names = readFileSync(join(FOLDER, file), 'utf8')
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split('=')[0]!);
    expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
  });

  it('require only known secrets', () => {
    const [secret] = readManifests(readFileSync(join(FOLDER, 'base/secret.example.yaml'), 'utf8'));
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

  const PRIVATE = ['/admin', '/metrics', '/docs', '/docs-json', '/docs-yaml'];

  it('send private paths of the Gateway API route to the private Service', () => {
    const [route] = readManifests(readFileSync(join(FOLDER, 'components/gateway/http-route.yaml'), 'utf8'));
    const { rules } = route!.spec as {
      rules: { matches: { path: { value: string } }[]; backendRefs: { name: string }[] }[];
    };
    expect(rules.map(({ matches, backendRefs }) => [matches.map(({ path }) => path.value), backendRefs])).toEqual([
      [PRIVATE, [{ name: 'hubfall-private', port: 80 }]],
      [['/'], [{ name: 'hubfall', port: 80 }]],
    ]);
  });

  it('open fewer database connections than PostgreSQL allows by default, also during an update', () => {
    const [autoscaler, deployment] = [
      readManifests(readFileSync(join(PRODUCTION, 'autoscaler.yaml'), 'utf8'))[0]!.spec as { maxReplicas: number },
      readManifests(readFileSync(join(FOLDER, 'base/deployment.yaml'), 'utf8'))[0]!.spec as unknown as {
        strategy: { rollingUpdate: { maxSurge: number } };
      },
    ];
    const replicas = autoscaler.maxReplicas + deployment.strategy.rollingUpdate.maxSurge;
    const [, poolSize] = /POOL_SIZE=(\d+)/.exec(readFileSync(join(PRODUCTION, 'hub.env'), 'utf8'))!;
    const { migrate, reserved } = { migrate: 2, reserved: 3 };
    expect(replicas * Number(poolSize) + migrate + reserved).toBeLessThan(100);
  });

  // Rendering requires kubectl: node test/support/kubernetes-programs.mjs. The separate files are checked above.
  (areInstalled() ? describe : describe.skip)('rendered for production', () => {
    const rendered = areInstalled()
      ? readManifests(execFileSync(programOf('kubectl'), ['kustomize', PRODUCTION], { encoding: 'utf8' }))
      : [];
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
          'NetworkPolicy',
          'ServiceMonitor',
          'PrometheusRule',
        ]),
      );
      for (const manifest of rendered) await validateManifest(manifest);
    });

    it('run restricted pods, which request ephemeral storage', () => {
      const { spec } = podOf(find('Deployment'))!;
      expectRestricted(spec);
      expect(spec.containers[0]!.volumeMounts!.map(({ mountPath }) => mountPath)).toEqual(['/data', '/tmp']);
      expect(spec.containers[0]!.resources.requests).toHaveProperty('ephemeral-storage');
    });

    it('select only pods of the hub, also if others run in the namespace', () => {
      const selectors = rendered.flatMap(({ kind, spec }) => {
        const { selector, podSelector } = (spec ?? {}) as { selector?: object; podSelector?: object };
        const given = podSelector ?? selector;
        return given === undefined
          ? []
          : [[kind, JSON.stringify(given).includes('"app.kubernetes.io/name":"hubfall"')]];
      });
      expect(selectors.length).toBeGreaterThan(4);
      expect(selectors.filter(([, isOwn]) => !isOwn)).toEqual([]);
    });

    it('have the probes, resources, security contexts and spread of the Helm chart', () => {
      const chart = execFileSync(
        programOf('helm'),
        ['template', 'hubfall', '.', '--values', 'examples/production.yaml'],
        { cwd: join(FOLDER, '../helm/hubfall'), encoding: 'utf8' },
      );
      const [ours, theirs] = [find('Deployment'), readManifests(chart).find(({ kind }) => kind === 'Deployment')!];
      const compared = (manifest: Manifest): object => {
        const { containers, securityContext, topologySpreadConstraints, ...rest } = podOf(manifest)!
          .spec as unknown as {
          containers: Record<string, unknown>[];
          securityContext: object;
          topologySpreadConstraints: { labelSelector: unknown }[];
          terminationGracePeriodSeconds: number;
        };
        const { startupProbe, readinessProbe, livenessProbe, resources, securityContext: own } = containers[0]!;
        const spread = topologySpreadConstraints.map(({ labelSelector: _, ...constraint }) => constraint);
        const grace = rest.terminationGracePeriodSeconds;
        return { startupProbe, readinessProbe, livenessProbe, resources, own, securityContext, spread, grace };
      };
      expect(compared(ours)).toEqual(compared(theirs));
    });

    it('migrate before the hub starts, with the same image', () => {
      const { initContainers, containers } = podOf(find('Deployment'))!.spec;
      expect(initContainers![0]!.args!.at(-1)).toBe('migrate');
      expect(initContainers![0]!.image).toBe(containers[0]!.image);
    });

    it('send private paths of the Ingress to a Service that selects no pods', () => {
      const { rules } = find('Ingress').spec as {
        rules: { http: { paths: { path: string; backend: { service: { name: string } } }[] } }[];
      };
      const paths = rules[0]!.http.paths.map(({ path, backend }) => [path, backend.service.name]);
      expect(paths).toEqual([...PRIVATE.map((path) => [path, 'hubfall-private']), ['/', 'hubfall']]);
      const service = rendered.find(({ metadata }) => metadata.name === 'hubfall-private')!;
      const { selector } = service.spec as { selector: Record<string, string> };
      const { labels } = podOf(find('Deployment'))!;
      expect(labels).not.toMatchObject(selector);
    });

    it('scrape metrics with the token', () => {
      const { endpoints } = find('ServiceMonitor').spec as { endpoints: object[] };
      expect(endpoints[0]).toMatchObject({
        authorization: { credentials: { name: 'hubfall', key: 'KOHAKU_HUB_METRICS_TOKEN' } },
      });
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

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { startHub } from '../support/hub-app.js';
import { scrape } from '../support/scrape.js';

const FOLDER = resolve(import.meta.dirname, '../../docker/helm/hubfall/monitoring');
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

interface Rules {
  readonly spec: { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] };
}

const dashboard = JSON.parse(read('dashboard.json')) as Dashboard;
const rules = parse(read('alerts.yaml')) as Rules;
const dashboardQueries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const alertQueries = rules.spec.groups.flatMap((group) => group.rules.map(({ expr }) => expr));

const SUFFIXES: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] };

/** All series names in a scrape, including the suffixes of histograms. */
function namesIn(text: string): Set<string> {
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(types.flatMap(([, name, type]) => (SUFFIXES[type!] ?? ['']).map((suffix) => `${name}${suffix}`)));
}

const metricsIn = (expressions: readonly string[]): string[] =>
  expressions.flatMap((expression) => expression.match(/\b(hubfall|nodejs|process)_\w+/g) ?? []);

describe('the Grafana dashboard and the Prometheus alerts', () => {
  it('use only metrics that a hub exports, and the dashboard shows all hubfall metrics', async () => {
    const hub = await startHub();
    const { text } = await scrape(hub.url).finally(() => hub.close());
    const names = namesIn(text);
    expect([...new Set(metricsIn([...dashboardQueries, ...alertQueries]))].filter((name) => !names.has(name))).toEqual(
      [],
    );

    const own = [...text.matchAll(/^# TYPE (hubfall_\w+)/gm)].map(([, name]) => name!);
    expect(own.filter((name) => !dashboardQueries.some((expression) => expression.includes(name)))).toEqual([]);
  });

  it('use a metric in each panel and alert', () => {
    expect(dashboardQueries.length).toBeGreaterThan(20);
    expect([...dashboardQueries, ...alertQueries].filter((expression) => metricsIn([expression]).length === 0)).toEqual(
      [],
    );
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (file: string): unknown => parse(readFileSync(join(ROOT, file), 'utf8'));

interface Alert {
  readonly alert: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface Rules {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
}

interface Tests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts?: readonly object[] }[];
  }[];
}

const { spec } = read('docker/helm/hubfall/monitoring/alerts.yaml') as Rules;
const alerts = spec.groups.flatMap(({ rules }) => rules);
const names = [...new Set(alerts.map(({ alert }) => alert))].sort();
const cases = (read('test/unit/docker/alerts.promtool.yaml') as Tests).tests.flatMap((test) => test.alert_rule_test);

// promtool is part of the Debian package prometheus, which .ci/run installs; its test is skipped without it
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

describe('the alerts', () => {
  it('each have a test in which they are raised, and one in which they are not', () => {
    const isRaised = ({ exp_alerts = [] }: (typeof cases)[number]): boolean => exp_alerts.length > 0;
    const namesOf = (tests: typeof cases): string[] => [...new Set(tests.map(({ alertname }) => alertname))].sort();
    expect(namesOf(cases.filter(isRaised))).toEqual(names);
    expect(namesOf(cases.filter((test) => !isRaised(test)))).toEqual(names);
  });

  it('each have a section in docs/runbooks.md', () => {
    const sections = [...readFileSync(join(ROOT, 'docs/runbooks.md'), 'utf8').matchAll(/^## (\w+)$/gm)];
    expect(sections.map(([, name]) => name).sort()).toEqual(names);
    for (const { alert, annotations } of alerts)
      expect(annotations.runbook).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
  });

  // promtool is part of Debian's package prometheus, which .ci/run installs.
  (hasPromtool ? it : it.skip)('pass their tests with promtool', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'rules.yaml'), stringify(spec));
    writeFileSync(join(folder, 'tests.yaml'), readFileSync(join(import.meta.dirname, 'alerts.promtool.yaml')));
    for (const args of [
      ['check', 'rules', 'rules.yaml'],
      ['test', 'rules', 'tests.yaml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
      expect([status, status === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);
    }
  });
});

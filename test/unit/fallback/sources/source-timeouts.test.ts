import { requireTimeoutWithin, validateSetting } from '../../../../src/fallback/sources/validate-setting.js';
import { environmentRecord } from '../../../../src/fallback/sources/source-record.js';
import { sourceWarnings } from '../../../../src/fallback/sources/source-warnings.js';

const setting = validateSetting({
  name: 'Slow hub',
  url: 'https://slow.example',
  source_type: 'huggingface',
  timeout_seconds: 60,
});

it('a stored timeout remains valid after the deadline was shortened', () => {
  expect(() => requireTimeoutWithin(20_000, [setting], [{ timeoutSeconds: 60 }])).not.toThrow();
  expect(() => requireTimeoutWithin(20_000, [setting], [{ timeoutSeconds: 59 }])).toThrow();
});

it('a timeout beyond the deadline is logged', () => {
  const records = [environmentRecord(setting, 1)];
  expect(sourceWarnings(records, 60_000)).toEqual([]);
  expect(sourceWarnings(records, 20_000)).toEqual([
    'The timeout of source Slow hub (60 seconds) has no effect beyond KOHAKU_HUB_FALLBACK_DEADLINE (20 seconds).',
  ]);
});

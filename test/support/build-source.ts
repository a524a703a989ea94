import type { Source } from '../../src/domain/source.js';

/** Builds a source with defaults. */
export const buildSource = (facts: Partial<Source> = {}): Source => ({
  key: 'db:1',
  name: 'S1',
  url: 'http://127.0.0.1:1',
  type: 'huggingface',
  priority: 100,
  namespace: '',
  enabled: true,
  requireAuth: false,
  delivery: 'redirect',
  rules: [],
  xet: null,
  onError: 'next',
  include: [],
  exclude: [],
  timeoutSeconds: null,
  freshSeconds: null,
  offline: false,
  maxBytesPerSecond: null,
  hasCredentials: false,
  isUnreadable: false,
  keepsReplies: false,
  ...facts,
});

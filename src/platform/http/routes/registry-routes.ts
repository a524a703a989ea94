import { del, get, post, put, type RouteRow } from './route.js';

const repo = (path: string): readonly string[] => [`v2/:namespace/:name/${path}`, `v2/:name/${path}`];

/** The read-only registry API for GGUF models (OCI distribution-spec 1.1). */
export const REGISTRY_ROUTES = {
  'registry.version': get('v2'),
  'registry.token': get('v2/token', { callers: 'registry', rate: 'check' }),
  'registry.manifest': get(repo('manifests/:reference'), { rate: 'check' }),
  'registry.blob': get(repo('blobs/:digest'), { rate: 'check' }),
  'registry.tags': get(repo('tags/list'), { rate: 'check' }),
  'registry.other': get('v2/*rest'),
  'registry.push': post('v2/*rest'),
  'registry.upload': put('v2/*rest'),
  'registry.delete': del('v2/*rest'),
} as const satisfies Record<string, RouteRow>;

import { announcedStream, json, KB, MB, stream } from './bodies.js';
import { del, get, post, put, type RouteRow } from './route.js';

const REPO = 'api/:types/:namespace/:name';
const LFS = [':types/:namespace/:name.git/info/lfs', ':namespace/:name.git/info/lfs'];
const UPLOAD = { callers: 'link', needs: 'storage', body: announcedStream } as const;
const lfs = (path: string): readonly string[] => LFS.map((base) => `${base}/${path}`);

/** Transfers of large files over Git LFS and Xet, and git itself. */
export const TRANSFER_ROUTES = {
  // At most 1000 objects. Anonymous callers download: git-lfs sends 100 objects at a time.
  'lfs.batch': post(lfs('objects/batch'), {
    rate: 'check',
    body: json({ bytes: MB, anonymousBytes: 256 * KB, elements: 5000 }),
  }),
  'lfs.verifyObject': post(lfs('objects/verify'), { capability: 'read repository', rate: 'check', body: json() }),
  'lfs.locks': post(lfs('locks/verify')),
  'lfs.copy': post(`${REPO}/lfs-files/duplicate`, {
    callers: 'writer',
    capability: 'read if local',
    rate: 'write',
    body: json({ bytes: 4 * MB, elements: 50_000 }),
  }),
  'lfs.files': get(`${REPO}/lfs-files`, { callers: 'account', rate: 'search' }),
  // At most 1000 hashes.
  'lfs.deleteFiles': post(`${REPO}/lfs-files/batch`, {
    callers: 'writer',
    capability: 'write repository',
    rate: 'write',
    body: json({ bytes: 256 * KB, elements: 2000 }),
  }),
  'lfs.deleteFile': del(`${REPO}/lfs-files/:sha`, { callers: 'writer', capability: 'write repository', rate: 'write' }),
  'lfs.upload': put('lfs/upload/:capability', UPLOAD),
  'lfs.uploadPart': put('lfs/upload/:capability/parts/:number', UPLOAD),
  // At most 10,000 parts.
  'lfs.complete': post('lfs/upload/:capability/complete', {
    callers: 'link',
    capability: 'upload link',
    needs: 'storage',
    body: json({ bytes: 2 * MB, elements: 30_100 }),
  }),
  'lfs.verify': post('lfs/verify/:capability', {
    callers: 'link',
    capability: 'upload link',
    needs: 'storage',
    body: json(),
  }),
  'lfs.download': get('lfs/download/:capability', { callers: 'link' }),
  'xet.token': get(`${REPO}/xet-write-token/*rest`, { callers: 'writer', rate: 'check', needs: 'storage' }),
  'xet.readToken': get([`${REPO}/xet-read-token/*rest`, 'api/:types/:name/xet-read-token/*rest'], { rate: 'check' }),
  'xet.reconstruction': get('xet/v1/reconstructions/:id', { callers: 'grant' }),
  'xet.reconstructionV2': get('xet/v2/reconstructions/:id', { callers: 'grant' }),
  'xet.xorbPart': get('xet/xorbs/:capability/:part', { callers: 'link' }),
  // The protocol's limit of 64 MiB (hub-docs docs/xet/xorb.md), plus space for a footer that newer clients may append.
  'xet.xorb': post('xet/v1/xorbs/:prefix/:hash', { callers: 'grant', needs: 'storage', body: stream(66 * MB) }),
  // The protocol's limit (hub-docs docs/xet/upload-protocol.md).
  'xet.shard': post('xet/v1/shards', { callers: 'grant', needs: 'storage', body: stream(64 * MB) }),
  'git.refs': get('*id/info/refs'),
  // Enough for the ids of 160,000 commits.
  'git.uploadPack': post('*id/git-upload-pack', { body: stream(8 * MB) }),
} as const satisfies Record<string, RouteRow>;

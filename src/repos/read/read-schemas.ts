/** An OpenAPI object schema. All properties are required except the ones listed as optional. */
const object = (properties: Record<string, unknown>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const text = { type: 'string' };
const number = { type: 'integer' };
const flag = { type: 'boolean' };
const date = { type: 'string', format: 'date-time' };
const commitId = { type: 'string', pattern: '^[0-9a-f]{40}$' };
const listOf = (items: unknown) => ({ type: 'array', items });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** OpenAPI schemas of the read responses; the types are in `domain/wire` and `repos/store/wire`. */
export const READ_SCHEMAS = {
  Error: object(
    {
      error: text,
      detail: text,
      sources: listOf(object({ name: text, status: { type: 'integer', nullable: true }, category: text })),
      fields: listOf(object({ field: text, message: text })),
    },
    ['detail', 'sources', 'fields'],
  ),
  Sibling: object(
    { rfilename: text, size: number, blobId: text, lfs: object({ sha256: text, size: number, pointerSize: number }) },
    ['size', 'blobId', 'lfs'],
  ),
  RepoInfo: {
    ...object(
      {
        _id: text,
        id: text,
        modelId: text,
        author: text,
        sha: { ...commitId, nullable: true },
        lastModified: date,
        createdAt: date,
        private: flag,
        disabled: flag,
        gated: { description: '`false`, `"auto"` or `"manual"`' },
        downloads: number,
        likes: number,
        tags: listOf(text),
        siblings: listOf(ref('Sibling')),
        _source: {
          ...text,
          description: 'Name of the source that has the repository. Missing or "local" for repositories of this hub.',
        },
        _source_url: { ...text, description: 'Base URL of the source' },
        _author_avatar: {
          ...text,
          description:
            'In lists: version of the avatar of a local author, `/api/avatars/{author}?v={version}`. Omitted without an avatar',
        },
      },
      ['modelId', '_source', '_source_url', '_author_avatar'],
    ),
    additionalProperties: true,
  },
  TreeEntry: object(
    {
      type: { type: 'string', enum: ['file', 'directory'] },
      oid: text,
      size: number,
      path: text,
      lfs: object({ oid: text, size: number, pointerSize: number }),
      xetHash: { ...text, description: 'Id of a large file that can be downloaded over Xet' },
      lastCommit: { ...object({ id: commitId, title: text, date }), nullable: true },
    },
    ['lfs', 'xetHash', 'lastCommit'],
  ),
  RefEntry: object({ name: text, ref: text, targetCommit: commitId }),
  Refs: object(
    {
      branches: listOf(ref('RefEntry')),
      converts: listOf(ref('RefEntry')),
      tags: listOf(ref('RefEntry')),
      pullRequests: listOf(ref('RefEntry')),
    },
    ['pullRequests'],
  ),
  CommitEntry: object({
    id: commitId,
    title: text,
    message: text,
    date,
    authors: listOf(object({ user: text, avatar: text }, ['avatar'])),
  }),
  Discussions: object({ discussions: listOf({ type: 'object' }), count: number, start: number }),
  TreeSize: object({ path: text, size: number }),
  Liker: object({ user: text, fullname: text, avatarUrl: text, type: text }),
};

import { DataSource } from 'typeorm';
import { commitBody, fileLine } from '../support/commit-body.js';
import { listResponder } from '../support/fake-huggingface-lists.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import type { HttpResponse } from '../support/send-request.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

let fixture: HubWithSources;
let alice: TestUser;

const get = (path: string): Promise<HttpResponse> => fixture.sendRequest(path, { headers: alice.headers });
const namesOf = (response: HttpResponse): string[] => {
  expect([response.status, response.body.toString().slice(0, 300)]).toEqual([200, expect.any(String)]);
  return (response.json() as { id: string }[]).map(({ id }) => id.split('/')[1]!).toSorted();
};
const errorOf = (response: HttpResponse) => ({
  status: response.status,
  ...(response.json() as { error: string; fields?: { field: string }[] }),
});

async function create(type: string, name: string, card: string): Promise<void> {
  const { headers } = alice;
  const json = { name, type, sdk: type === 'space' ? 'gradio' : undefined };
  await fixture.sendRequest('/api/repos/create', { method: 'POST', headers, json });
  const body = commitBody('card', fileLine('README.md', `---\n${card}\n---\n`));
  const path = `/api/${type}s/alice/${name}/commit/main`;
  expect((await fixture.sendRequest(path, { method: 'POST', headers, body })).status).toBe(200);
}

beforeAll(async () => {
  // A source answers every list with these entries. The second one is a KohakuHub, which ignores filters.
  const entries = [{ id: 'ext/entry', tags: ['pytorch', 'license:mit'], pipeline_tag: 'text-generation' }];
  fixture = await startHubWithSources(
    [listResponder(() => entries), listResponder(() => [{ id: 'kohaku/entry', tags: ['pytorch', 'license:mit'] }])],
    { facts: [{}, { source_type: 'kohakuhub' }] },
  );
  alice = await createTestUser(fixture.hub, 'alice');
  await create('model', 'torch', 'license: mit\nlibrary_name: pytorch\nlanguage: en\ndatasets:\n- alice/rows');
  await create('model', 'plain', 'license: apache-2.0');
  await create('dataset', 'rows', 'license: mit\nlanguage: en\ntask_categories:\n- text-classification');
  await create('dataset', 'other', 'license: apache-2.0');
  await create('space', 'demo', 'sdk: gradio\nmodels:\n- alice/torch\n- alice/plain\ndatasets: alice/rows');
  await create('space', 'empty', 'sdk: static');
});
afterAll(() => fixture.close());
beforeEach(() => fixture.sources.forEach((source) => source.forget()));

describe('filters of local repositories', () => {
  it.each<[string, string, string[]]>([
    ['models', 'gated=true', []],
    ['models', 'gated=manual', []],
    ['models', 'gated=false', ['plain', 'torch']],
    ['models', 'gated=', ['plain', 'torch']],
    ['models', 'inference=warm', []],
    ['models', 'inference_provider=all', []],
    ['models', 'inference_provider=nebius,novita', []],
    ['models', 'num_parameters=min:6B,max:128B', []],
    ['models', 'apps=ollama', []],
    ['models', 'apps=ollama&apps=vllm', []],
    ['models', 'trained_dataset=alice/rows', ['torch']],
    ['models', 'trained_dataset=dataset:alice/rows', ['torch']],
    ['models', 'library=pytorch', ['torch']],
    ['models', 'library=pytorch&language=fr', []],
    ['models', 'license=license:mit', ['torch']],
    ['models', 'filter=pytorch&language=en', ['torch']],
    ['datasets', 'gated=True', []],
    ['datasets', 'gated=false', ['other', 'rows']],
    ['datasets', 'task_categories=task_categories:text-classification', ['rows']],
    ['datasets', 'language=language:en', ['rows']],
    ['datasets', 'format=format:csv', []],
    ['spaces', 'models=alice/torch', ['demo']],
    ['spaces', 'models=alice/other&models=alice/plain', ['demo']],
    ['spaces', 'models=alice/nothing', []],
    ['spaces', 'datasets=alice/rows', ['demo']],
    ['spaces', 'datasets=alice/rows&models=alice/nothing', []],
    ['spaces', 'linked=True', ['demo']],
    ['spaces', 'linked=false', ['demo', 'empty']],
  ])('%s?%s', async (list, query, names) => {
    expect(namesOf(await get(`/api/${list}?${query}&fallback=false`))).toEqual(names);
    const merged = namesOf(await get(`/api/${list}?${query}`));
    expect(merged.filter((name) => name !== 'entry')).toEqual(names);
  });

  it('are also sent to sources of huggingface.co, and entries of a hub that ignores them are left out', async () => {
    const list = (await get('/api/models?gated=true&apps=ollama&limit=5')).json() as { id: string }[];
    expect(list.map(({ id }) => id)).toEqual(['ext/entry']);
    expect(fixture.sources[0]!.requests[0]!.url).toMatch(/\bgated=true&apps=ollama$/);
    await get('/api/models?library=pytorch&license=license:mit&trained_dataset=a/b');
    expect(fixture.sources[0]!.requests[1]!.url).toContain(
      'filter=pytorch&filter=license%3Amit&filter=dataset%3Aa%2Fb&',
    );
  });

  it('apply to all pages', async () => {
    const first = await get('/api/models?license=license:mit&limit=1&fallback=false&language=en');
    expect(namesOf(first)).toEqual(['torch']);
    expect(first.headers['link']).toBeUndefined();
    const page = await get('/api/models?gated=false&limit=1&fallback=false&other=');
    const next = /<([^>]+)>/.exec(page.headers['link'] ?? '')![1]!.slice(fixture.hub.url.length);
    expect(next).toContain('gated=false&limit=1');
    expect([...namesOf(page), ...namesOf(await get(next))].toSorted()).toEqual(['plain', 'torch']);
  });
});

describe('unknown parameters', () => {
  it.each([
    ['/api/models?foo=1', 'foo', 'gated'],
    ['/api/models?Author=alice', 'Author', 'author'],
    ['/api/models?linked=true', 'linked', 'inference'],
    ['/api/datasets?inference=warm', 'inference', 'gated'],
    ['/api/spaces?gated=true', 'gated', 'linked'],
    ['/api/models?token=secret', 'token', 'author'],
    ['/api/models?constructor=1', 'constructor', 'author'],
    ['/api/models?gated=maybe', 'gated', 'auto'],
    ['/api/models?expand=foo', 'expand', 'cardData'],
    ['/api/models?expand=author,foo', 'expand', 'cardData'],
    ['/api/models?expand[]=pipeline_tag&expand[]=sdk', 'expand', 'safetensors'],
    ['/api/datasets?expand=pipeline_tag', 'expand', 'citation'],
    ['/api/spaces?expand=safetensors', 'expand', 'runtime'],
    ['/api/users/alice/repos?foo=1', 'foo', 'sort'],
    ['/api/models/alice/torch?expand=foo', 'expand', 'cardData'],
    ['/api/models/alice/torch/revision/main?expand=likes&expand=foo', 'expand', 'cardData'],
    ['/api/spaces/alice/demo?expand=pipeline_tag', 'expand', 'runtime'],
    ['/api/models/stranger/external?expand=foo', 'expand', 'cardData'],
    ['/api/datasets/stranger/external/revision/main?expand[]=foo', 'expand', 'citation'],
    ['/api/models/stranger/external/commits/main?expand=foo', 'expand', 'formatted'],
  ])('%s is refused, and the error names %s and what is known', async (path, field, known) => {
    const { status, error, fields } = errorOf(await get(path));
    expect({ status, field: fields?.[0]?.field }).toEqual({ status: 400, field });
    expect(error).toMatch(new RegExp(`^Invalid parameter "${field}": `));
    expect(error).toContain(known);
    expect(fixture.sources.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('an access token as a name is not repeated', async () => {
    const { status, error } = errorOf(await get('/api/models?hf_abcdefghijklmnop=1'));
    expect({ status, error }).toMatchObject({ status: 400, error: expect.not.stringContaining('hf_abc') as string });
  });

  it.each([
    [
      'models',
      'author baseModels cardData childrenModelCount config createdAt disabled downloads downloadsAllTime evalResults gated gguf inference inferenceProviderMapping lastModified library_name likes mask_token model-index pipeline_tag private resourceGroup safetensors sha siblings spaces tags transformersInfo trendingScore usedStorage widgetData xetEnabled gitalyUid',
    ],
    [
      'datasets',
      'author cardData citation createdAt description disabled downloads downloadsAllTime gated lastModified likes mainSize paperswithcode_id private resourceGroup sha siblings tags trendingScore usedStorage xetEnabled gitalyUid',
    ],
    [
      'spaces',
      'author cardData createdAt datasets disabled lastModified likes models private region resourceGroup runtime sdk sha siblings subdomain tags trendingScore usedStorage xetEnabled gitalyUid',
    ],
  ])('all fields of %s that clients know are accepted', async (list, fields) => {
    const query = fields
      .split(' ')
      .map((field) => `expand=${field}`)
      .join('&');
    expect((await get(`/api/${list}?${query}`)).status).toBe(200);
    const id = { models: 'alice/torch', datasets: 'alice/rows', spaces: 'alice/demo' }[list];
    expect((await get(`/api/${list}/${id}?${query}`)).status).toBe(200);
  });

  it('fields that a list of huggingface.co does not have are not requested from it', async () => {
    expect((await get('/api/spaces?expand=downloads&expand=gated&expand=sdk&sort=likes')).status).toBe(200);
    expect(fixture.sources[0]!.requests[0]!.url).toMatch(/\?sort=likes&limit=100&expand=sdk&expand=likes$/);
  });
});

describe('sort orders of the JavaScript client', () => {
  const idsOf = (response: HttpResponse): string[] => (response.json() as { id: string }[]).map(({ id }) => id);
  const allPages = async (path: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const response = await get(next);
      ids.push(...idsOf(response));
      const link = /<([^>]*)>/.exec(String(response.headers['link'] ?? ''))?.[1];
      next = link?.replace(fixture.hub.url, '');
    }
    return ids;
  };

  it('by id, on pages', async () => {
    const all = ['alice/plain', 'alice/torch', 'ext/entry', 'kohaku/entry'];
    expect(await allPages('/api/models?sort=id&limit=1')).toEqual(all.toReversed());
    expect(await allPages('/api/models?sort=id&limit=1&direction=1')).toEqual(all);
  });

  it.each<[string, string, string]>([
    ['models', 'likes30d', 'likes'],
    ['models', 'num_parameters', 'trending'],
    ['datasets', 'mainSize', 'trending'],
    ['datasets', 'datasetsServerInfo.numRows', 'trending'],
    ['spaces', 'mainSize', 'trending'],
  ])('%s by %s, which only sources know', async (type, sort, similar) => {
    const ids = idsOf(await get(`/api/${type}?sort=${sort}`));
    expect(ids.slice(0, 2)).toEqual(['ext/entry', 'kohaku/entry']);
    expect(ids.slice(2).every((id) => id.startsWith('alice/'))).toBe(true);
    const sent = fixture.sources.map(({ requests }) => requests.map(({ url }) => url).join(' '));
    expect(sent).toEqual([expect.stringContaining(`sort=${sort}`), expect.stringContaining(`sort=${similar}`)]);
  });

  it('local repositories by the likes of the last 30 days, on pages, after sources', async () => {
    const bob = await createTestUser(fixture.hub, 'bob');
    const like = (name: string, { headers }: TestUser) =>
      fixture.sendRequest(`/api/models/alice/${name}/like`, { method: 'POST', headers });
    const old = [await like('plain', alice), await like('plain', bob)];
    const database = fixture.hub.app.get(DataSource, { strict: false });
    await database.query(`UPDATE likes SET created_at = now() - interval '31 days'`);
    expect([...old, await like('torch', bob)].map(({ status }) => status)).toEqual([200, 200, 200]);
    const byLikes = await allPages('/api/models?author=alice&sort=likes&limit=1');
    expect(byLikes).toEqual(['alice/plain', 'alice/torch']);
    const recent = ['alice/torch', 'alice/plain'];
    expect((await allPages('/api/models?sort=likes30d&limit=1')).slice(-2)).toEqual(recent);
    expect(idsOf(await get('/api/models?sort=likes30d')).slice(-2)).toEqual(recent);
    expect(await allPages('/api/models?author=alice&sort=likes30d&direction=1&limit=1')).toEqual(recent.toReversed());
  });

  it('by another value is an error', async () => {
    expect(errorOf(await get('/api/models?sort=best'))).toMatchObject({ status: 400, fields: [{ field: 'sort' }] });
    expect(errorOf(await get('/api/spaces?sort=num_parameters'))).toMatchObject({ status: 400 });
  });
});

// The requests that the installed clients send to a hub, as `METHOD /path/{placeholder}`, read from the clients' own sources.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { javascriptRequests } from './javascript-urls.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXTRACTOR = fileURLToPath(new URL('python-urls.py', import.meta.url));

/** One name for what clients call differently. */
const PYTHON_NAMES = {
  '{repo_type}': '{type}',
  '{src_repo_type}': '{type}',
  '{api_prefix}': '{type}s',
  '{REPO_TYPES_URL_PREFIXES}': '{prefix}',
  '{url_prefix}': '{prefix}',
  '{repo_id}': '{repo}',
  '{src_repo_id}': '{repo}',
  '{from_id}': '{repo}',
  '{encoded_path_in_repo}': '/{path}',
  '{encoded_prefix}': '/{path}',
  '{filename}': '{path}',
  '{remote_path}': '{path}',
  '{server_object}': '{path}',
  '{bucket_id}': '{namespace}/{name}',
  '{SANDBOX_SERVER_BUCKET}': '{namespace}/{name}',
  '{collection_slug}': '{slug}',
  '{item_object_id}': '{item}',
  '{discussion_num}': '{number}',
  '{num}': '{number}',
  '{job_id}': '{job}',
  '{scheduled_job_id}': '{job}',
  '{webhook_id}': '{webhook}',
  '{username}': '{user}',
  '{value}': '{access}',
  'LINK /{repo}/': 'LINK /{prefix}{repo}/',
  'LINK /{type}s/{repo}/': 'LINK /{prefix}{repo}/',
  'LINK /{repo}': 'LINK /{prefix}{repo}',
};
const JAVASCRIPT_NAMES = {
  '{type}s/{name}': '{type}s/{repo}',
  '{prefix}{name}': '{prefix}{repo}',
  'models/{name}': 'models/{repo}',
  'datasets/{name}': 'datasets/{repo}',
  'spaces/{name}': 'spaces/{repo}',
  '{repoName}': '{name}',
  '{jobId}': '{job}',
  '{itemId}': '{item}',
  '{originalHash}': '{hash}',
  '/preupload/{branch}': '/preupload/{revision}',
  '/commit/{branch}': '/commit/{revision}',
};

const rename = (requests, names) =>
  requests.map((request) =>
    Object.entries(names).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), request),
  );

function pythonRequests(env) {
  const library = join(ROOT, '.venvs', env, 'lib');
  if (!existsSync(library)) throw new Error(`${env} is not installed. Run: node test/clients/python-envs.mjs`);
  const [python] = readdirSync(library);
  const folder = join(library, python, 'site-packages', 'huggingface_hub');
  const output = execFileSync('python3', [EXTRACTOR, folder], { encoding: 'utf8' });
  return rename(output.trim().split('\n'), PYTHON_NAMES);
}

/** Clients by request. */
export function clientRequests() {
  const clients = {
    'huggingface_hub 1': pythonRequests('hf1'),
    'huggingface_hub 2': pythonRequests('hf2'),
    '@huggingface/hub': rename(javascriptRequests(join(ROOT, 'node_modules/@huggingface/hub')), JAVASCRIPT_NAMES),
  };
  const found = new Map();
  for (const [client, requests] of Object.entries(clients))
    for (const request of new Set(requests)) found.set(request, [...(found.get(request) ?? []), client]);
  return found;
}
